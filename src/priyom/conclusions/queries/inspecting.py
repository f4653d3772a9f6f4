"""A visitor's file is checked whole: which document it is, and what its bytes prove."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from priyom.conclusions import rules, signer
from priyom.conclusions.findings import WORDS, Finding, Said
from priyom.conclusions.models import Conclusion, Inspection, Signature
from priyom.conclusions.pages import Checked
from priyom.conclusions.queries import papers
from priyom.conclusions.queries.signed import Sealed, sealed_by
from priyom.conclusions.rules import PATIENT_SEES, SignatureForm, SignatureRole
from priyom.conclusions.signing import cms, unknown
from priyom.conclusions.signing.checking import Verdict, verify_detached
from priyom.conclusions.signing.faults import Unfit
from priyom.conclusions.signing.unknown import Kind
from priyom.files import actions as files
from priyom.kernel.refusal import missing

_SEEN = sorted(PATIENT_SEES)
_KINDS = {
    (SignatureRole.DOCTOR, SignatureForm.PADES): "Это подпись врача из самого PDF.",
    (SignatureRole.DOCTOR, SignatureForm.CADES): "Это подпись врача под электронной формой (XML).",
    (SignatureRole.ORGANISATION, SignatureForm.CADES): "Это подпись организации под документом.",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What the check of a file came to."""

    finding: Finding
    conclusion: UUID | None = None
    """The document that it is, or was made of."""
    verdict: Verdict | None = None
    note: str = ""
    """Which signature a .sig file is."""
    manifest: str = ""
    """sha-256 of a manifest."""
    is_other: bool = False
    """Whether the visitor's code is another document's, or nobody's."""


@dataclass(frozen=True, slots=True)
class InspectionPage:
    """What the page of one check shows."""

    is_waiting: bool
    said: Said | None = None
    checked: Checked | None = None
    original: Checked | None = None
    """Of a changed file: the document that it was made of."""
    sealed: Sealed | None = None
    note: str = ""
    is_other: bool = False


def inspection(token: str) -> InspectionPage:
    """Return how far the check behind an address is. Raises missing once it is forgotten."""
    own = Inspection.objects.filter(pk=key_of(token))
    if own.filter(done_at=None).exists():  # without its bytes
        return InspectionPage(is_waiting=True)
    row = own.select_related("conclusion__consultation", "conclusion__organisation").first()
    if row is None:
        raise missing("Проверка")
    finding, told = Finding(row.finding), row.told
    found = None
    if row.conclusion is not None:
        found = papers.checked_of(row.conclusion, papers.verdict_in(told))
    return InspectionPage(
        is_waiting=False,
        said=WORDS.get(finding),
        checked=found if finding in (Finding.SIGNED, Finding.BROKEN) else None,
        original=found if finding in (Finding.ALTERED, Finding.EXTENDED) else None,
        sealed=sealed_by(told["manifest"]) if finding is Finding.SEALED else None,
        note=told.get("note", ""),
        is_other=told.get("is_other", False),
    )


def key_of(token: str) -> str:
    """Return under which key a check is kept: who reads the table cannot open its page."""
    return hashlib.sha256(token.encode()).hexdigest()


def inspected(body: bytes, code: str) -> Found:
    """Return what a file is. `code` is a check code as it was typed, "" without one.

    Of a file that is not known here nothing depends on whether there is a document with this code.
    Raises OSError when the store changed a document's bytes.
    """
    kind = unknown.kind_of(body)
    if kind is Kind.SIGNATURE:
        return _signature(body, code)
    sha256 = hashlib.sha256(body).hexdigest()
    if kind is Kind.PDF:
        return _pdf(body, sha256, code)
    if sealed_by(sha256) is not None:
        return Found(Finding.SEALED, manifest=sha256)
    return Found(Finding.PACKED if kind is Kind.PACKED else Finding.UNREADABLE)


def _pdf(body: bytes, sha256: str, code: str) -> Found:
    row = Conclusion.objects.filter(signed_pdf=sha256, state__in=_SEEN).first()
    if row is not None:
        verdict = signer.verify(body, signer.roots())
        finding = Finding.SIGNED if verdict.is_genuine else Finding.BROKEN
        is_other = bool(code) and rules.typed_code(code) != row.check_code
        return Found(finding, row.pk, verdict, is_other=is_other)
    marks = unknown.marks_of(body)
    for end in marks.ends:
        whole = hashlib.sha256(body[:end]).hexdigest() if end < len(body) else sha256
        row = Conclusion.objects.filter(signed_pdf=whole, state__in=_SEEN).first()
        if row is not None:
            return Found(Finding.EXTENDED, row.pk)
    if unknown.is_cut(body):
        return Found(Finding.CUT)
    if not marks.has_place:
        was = Conclusion.objects.filter(formed_pdf=sha256, state__in=_SEEN).exists()
        return Found(Finding.STRIPPED if was else Finding.UNSIGNED)
    if not marks.held:
        return Found(Finding.STRIPPED)
    signed = _read(marks.held)
    if isinstance(signed, Finding):
        return Found(signed)
    row = Conclusion.objects.filter(digest=signed.claimed_digest.hex(), state__in=_SEEN).first()
    return Found(Finding.ALTERED, row.pk) if row else Found(Finding.FOREIGN)


def _signature(body: bytes, code: str) -> Found:
    if not code:
        return Found(Finding.NEEDS_CODE)
    try:
        der = unknown.signature_in(body) if len(body) <= 2 * unknown.LARGEST_CMS else body
    except ValueError:
        return Found(Finding.UNREADABLE)
    signed = _read(der)
    if isinstance(signed, Finding):
        return Found(signed)
    rows = Signature.objects.select_related("document", "conclusion").filter(
        conclusion__check_code=rules.typed_code(code), conclusion__state__in=_SEEN
    )
    is_near = None
    for row in rows:
        kept = bytes(row.cms)
        if kept == der:
            return _own_signature(row)
        if cms.taken(kept).claimed_digest == signed.claimed_digest:
            is_near = row
    if is_near is not None:
        return Found(Finding.ALTERED, is_near.conclusion_id)
    return Found(Finding.FOREIGN_SIGNATURE)


def _own_signature(row: Signature) -> Found:
    document, roots = files.read(row.document), signer.roots()
    if row.form == SignatureForm.PADES:
        verdict = signer.verify(document, roots)
    else:
        verdict = verify_detached(bytes(row.cms), document, roots)
    finding = Finding.SIGNED if verdict.is_genuine else Finding.BROKEN
    note = _KINDS[SignatureRole(row.role), SignatureForm(row.form)]
    return Found(finding, row.conclusion_id, verdict, note=note)


def _read(der: bytes) -> cms.Signed | Finding:
    if len(der) > unknown.LARGEST_CMS:
        return Finding.BULKY
    try:
        return cms.taken(der)
    except Unfit:
        return Finding.DAMAGED
