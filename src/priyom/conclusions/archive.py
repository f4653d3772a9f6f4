"""The archive checked anew: is everything that was signed still what was signed?

Kept for decades (process.md), so that nobody need believe the database: the bytes are hashed and
the signatures verified again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from asn1crypto import x509

from priyom.audit.actions import record
from priyom.conclusions import printing, signer
from priyom.conclusions.models import Conclusion
from priyom.conclusions.queries import archive
from priyom.files import actions as files
from priyom.files.queries import is_whole
from priyom.kernel.actor import SYSTEM

EVERY = 1_000
"""Things between two words of progress."""


@dataclass(frozen=True, slots=True)
class Report:
    """How many signed versions and files of closed talks were looked at, and what is wrong."""

    versions: int
    files: int
    faults: tuple[str, ...]


def verify(say: Callable[[str], None], *, with_files: bool = True) -> Report:
    """Return what the archive is worth; `say` gets a line of progress now and then.

    Each fault names a document or talk by its number, never a patient. The check itself is in the
    audit.
    """
    roots = signer.roots()
    faults: list[str] = []
    versions = looked = 0
    for row in archive.signed_versions():
        versions += 1
        number = printing.number_of(row.consultation.number, row.version)
        faults += [f"{number}: {fault}" for fault in faults_of(row, roots)]
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
    return Report(versions, looked, tuple(faults))


def faults_of(row: Conclusion, roots: list[x509.Certificate]) -> Iterator[str]:
    """Yield what is wrong with one signed version."""
    try:
        formed = files.read(row.formed_pdf) if row.formed_pdf else b""
    except OSError:
        yield "what was formed is lost or changed"
        formed = b""
    try:
        signed = files.read(row.signed_pdf) if row.signed_pdf else b""
    except OSError:
        yield "the signed file is lost or changed"
        return
    if formed and not signed.startswith(formed):
        yield "another file was signed than the one that was formed"
    if row.formed_xml and not is_whole(row.formed_xml):
        yield "its XML is lost or changed"
    verdict = signer.verify(signed, roots)
    if not verdict.intact:
        yield "the signature does not fit the file"
    elif not verdict.whole_file:
        yield "something was added to the file after it was signed"
    elif not verdict.trusted:
        yield "the certificate leads to no root of this installation"
    elif verdict.serial != row.certificate_serial:
        yield "it was signed with another certificate than the one in its stamp"
