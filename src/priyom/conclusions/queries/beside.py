"""Kept beside a signed PDF: its XML, and the signatures that are files of their own."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Prefetch

from priyom.conclusions import printing
from priyom.conclusions.cda import document
from priyom.conclusions.models import Conclusion, Signature
from priyom.conclusions.pages import Beside
from priyom.conclusions.rules import SignatureForm, SignatureRole
from priyom.kernel.refusal import missing

SIGNATURE = "application/pkcs7-signature"
_LABELS = {
    "doctor-xml": "Подпись врача к XML",
    "organisation-xml": "Подпись организации к XML",
    "organisation-pdf": "Подпись организации к PDF",
}
LISTED = Prefetch(
    "signatures", Signature.objects.only("conclusion_id", "role", "form", "document_id")
)
"""What `beside` reads: not the bytes."""


def beside(row: Conclusion) -> tuple[Beside, ...]:
    """Return the files beside a signed version as pages offer them; addresses follow the root."""
    return tuple(_beside(row))


def _beside(row: Conclusion) -> Iterator[Beside]:
    if row.signed_at is None:
        return
    if row.formed_xml_id:
        yield Beside("XML (СЭМД)", f"v{row.version}.xml")
    found = {_which(row, one) for one in row.signatures.all()}
    for which, label in _LABELS.items():
        if which in found:
            yield Beside(label, f"v{row.version}/{which}.sig")


def signature_of(row: Conclusion, which: str) -> tuple[bytes, str]:
    """Return a detached signature of a version as it was received, and its file name.

    `which` is «doctor-xml», «organisation-xml» or «organisation-pdf». Raises missing for others.
    """
    for one in row.signatures.all():
        if which in _LABELS and which == _which(row, one):
            number = printing.number_of(row.consultation.number, row.version)
            is_xml = which.endswith("xml")
            covered = document.file_name(number) if is_xml else printing.file_name(number)
            return bytes(one.cms), f"{covered}.{one.role}.sig"
    raise missing("Документ")


def _which(row: Conclusion, one: Signature) -> str:
    if one.form != SignatureForm.CADES:
        return ""
    kind = "xml" if one.document_id == row.formed_xml_id else "pdf"
    return f"{SignatureRole(one.role)}-{kind}"
