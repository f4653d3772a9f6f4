"""The archive checked anew: is everything that was signed still what was signed?

Kept for decades (process.md), so that nobody need believe the database: the bytes are hashed and
the signatures verified again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from asn1crypto import x509
from django.conf import settings

from priyom.audit.actions import record
from priyom.conclusions import printing, signer
from priyom.conclusions.models import Conclusion, Signature
from priyom.conclusions.queries import archive
from priyom.conclusions.queries.revocation import revocation_lists, standing_of
from priyom.conclusions.rules import SignatureForm, SignatureRole
from priyom.conclusions.signing import container
from priyom.conclusions.signing.checking import Verdict, verify_detached
from priyom.conclusions.signing.faults import Unfit
from priyom.conclusions.signing.revocation import Link, Standing
from priyom.files import actions as files
from priyom.files.models import Blob
from priyom.files.queries import is_whole
from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM

Roots = list[x509.Certificate]
Ask = Callable[[tuple[Link, ...]], Standing]

EVERY = 1_000
"""Things between two words of progress."""


@dataclass(frozen=True, slots=True)
class Report:
    """How much was looked at: signed versions, their signatures, files; and what is wrong."""

    versions: int
    signatures: int
    files: int
    faults: tuple[str, ...]


def verify(say: Callable[[str], None], *, with_files: bool = True) -> Report:
    """Return what the archive is worth; `say` gets a line of progress now and then.

    Each fault names a document or talk by its number, never a patient. The check itself is in the
    audit.
    """
    roots = signer.roots()
    ask = cache(standing_of)
    faults: list[str] = list(_list_faults(say))
    versions = signatures = looked = 0
    for row in archive.signed_versions():
        versions += 1
        signatures += len(row.signatures.all())
        number = printing.number_of(row.consultation.number, row.version)
        faults += [f"{number}: {fault}" for fault in faults_of(row, roots, ask)]
        if versions % EVERY == 0:
            say(f"{versions} signed versions looked at")
    faults += [
        f"{number}: completed, but nothing was signed"
        for number in archive.completed_without_paper()
    ]
    for number, blob in archive.files_of_closed_talks() if with_files else ():
        looked += 1
        if not is_whole(blob):
            faults.append(f"{number}: a file of the talk ({blob.sha256[:12]}) is lost or changed")
        if looked % EVERY == 0:
            say(f"{looked} files of closed talks looked at")
    detail = {"versions": versions, "files": looked, "faults": len(faults)}
    record(SYSTEM, "conclusion.verify_archive", ("archive", "all"), detail=detail)
    return Report(versions, signatures, looked, tuple(faults))


def faults_of(row: Conclusion, roots: Roots, ask: Ask = standing_of) -> Iterator[str]:
    """Yield what is wrong with one signed version; `ask` is asked for revoked certificates."""
    formed, signed, xml = _kept(row.formed_pdf), _kept(row.signed_pdf), _kept(row.formed_xml)
    if formed is None:
        yield "what was formed is lost or changed"
    if xml is None:
        yield "its XML is lost or changed"
    if signed is None:
        yield "the signed file is lost or changed"
    else:
        if formed and not signed.startswith(formed):
            yield "another file was signed than the one that was formed"
        yield from _own_faults(row, signer.verify(signed, roots), ask)
    yield from signature_faults(row, list(row.signatures.all()), roots, ask)


def _list_faults(say: Callable[[str], None]) -> Iterator[str]:
    """Say how the lists of revoked certificates stand; yield those that fail where it is strict."""
    if not settings.REVOCATION_LISTS:
        say("no list of revoked certificates is set up: nothing was asked for")
    for row in revocation_lists():
        is_stale = row.until is None or row.until < clock.now()
        until = f"{row.until:%Y-%m-%d %H:%M} UTC" if row.until else "never loaded"
        word = f", the last try: {row.fault}" if row.fault else ""
        say(f"revoked certificates by {row.source}: good until {until}{word}")
        if is_stale and settings.REVOCATION_STRICT:
            yield f"the list of revoked certificates {row.source} is absent or too old"


def _revoked(verdict: Verdict, received_at: datetime | None, ask: Ask) -> Iterator[str]:
    """Yield a fault for a certificate that was revoked before it signed.

    When it signed says its timestamp, else when this house received and asked it.
    """
    standing = ask(verdict.links)
    at = verdict.signed_at if verdict.is_stamped else received_at
    if standing.is_revoked(at):
        yield f"was made with a certificate that was revoked on {standing.revoked_at:%Y-%m-%d}"


def _own_faults(row: Conclusion, verdict: Verdict, ask: Ask) -> Iterator[str]:
    """Yield what is wrong with the signature inside the PDF."""
    if not verdict.intact:
        yield "the signature does not fit the file"
    elif not verdict.whole_file:
        yield "something was added to the file after it was signed"
    elif not verdict.trusted:
        yield "the certificate leads to no root of this installation"
    elif verdict.serial != row.certificate_serial:
        yield "it was signed with another certificate than the one in its stamp"
    else:
        for fault in _revoked(verdict, row.signed_at, ask):
            yield f"the signature {fault}"


def signature_faults(
    row: Conclusion, kept: list[Signature], roots: Roots, ask: Ask = standing_of
) -> Iterator[str]:
    """Yield what is wrong with the signatures that are kept of a version, each by itself.

    A version that was signed before signatures were kept has none.
    """
    found = {(one.role, one.form, one.document_id) for one in kept}
    for role, form, document in _wanted(row, kept):
        if document and (role, form, document) not in found:
            yield f"the {role}'s signature of the {_name_of(row, document)} is gone"
    for one in kept:
        name = f"the {one.role}'s signature of the {_name_of(row, one.document_id)}"
        body = _kept(one.document)
        if one.document_id not in (row.formed_xml_id, row.signed_pdf_id):
            yield f"the {one.role}'s signature stands beside another file"
        elif body is None:
            continue  # that it is lost is said already
        elif one.form == SignatureForm.PADES:
            if not _holds(body, bytes(one.cms)):
                yield f"{name} is not the one inside the file"
        else:
            verdict = verify_detached(bytes(one.cms), body, roots)
            for fault in _beside_faults(one, verdict, ask):
                yield f"{name} {fault}"


def _beside_faults(one: Signature, verdict: Verdict, ask: Ask) -> Iterator[str]:
    if not verdict.intact:
        yield "does not fit it"
    elif not verdict.trusted:
        yield "leads to no root of this installation"
    elif verdict.serial != one.serial:
        yield "was made with another certificate than the one that is kept"
    else:
        yield from _revoked(verdict, one.signed_at, ask)


def _wanted(row: Conclusion, kept: list[Signature]) -> Iterator[tuple[str, str, str | None]]:
    """Yield the signatures that must be there since others are: they were kept together."""
    roles = {one.role for one in kept}
    if SignatureRole.DOCTOR in roles:
        yield SignatureRole.DOCTOR, SignatureForm.PADES, row.signed_pdf_id
        yield SignatureRole.DOCTOR, SignatureForm.CADES, row.formed_xml_id
    if SignatureRole.ORGANISATION in roles:
        for document in (row.signed_pdf_id, row.formed_xml_id):
            yield SignatureRole.ORGANISATION, SignatureForm.CADES, document


def _name_of(row: Conclusion, document: str | None) -> str:
    return "XML" if document == row.formed_xml_id else "PDF"


def _holds(pdf: bytes, cms: bytes) -> bool:
    try:
        return container.open_signed(pdf).cms == cms
    except Unfit:
        return False


def _kept(blob: Blob | None) -> bytes | None:
    """Return the bytes of a file, b"" where there is none to be, None for a lost or changed one."""
    try:
        return files.read(blob) if blob else b""
    except OSError:
        return None
