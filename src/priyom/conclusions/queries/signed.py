"""Reads for whoever seals or packs a closed talk: what was signed, and where its bytes are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from priyom.conclusions import printing, rules
from priyom.conclusions.models import Conclusion
from priyom.conclusions.rules import PATIENT_SEES, SignatureForm
from priyom.consultations.models import Seal
from priyom.files.models import Blob


@dataclass(frozen=True, slots=True)
class Part:
    """Of a signed version: its PDF, its XML, a signature; kept (`blob`) or in a row."""

    ending: str
    size: int
    sha256: str
    blob: Blob | None = None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Signed:
    """One signed version: its state today and its signed file; `check_code` as people read it."""

    number: str
    version: int
    state: str
    signed_at: datetime
    signer: str
    certificate: str
    check_code: str
    file: Blob
    beside: tuple[Part, ...]
    """Its XML and its signatures as they were received (CMS), the oldest first."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What anybody may know of a manifest: no patient, no word of the talk."""

    number: str
    organisation: str
    entries: int
    head: str
    sealed_at: datetime
    is_latest: bool


def signed_of(consultation_id: UUID) -> list[Signed]:
    """Return every signed version of a talk, oldest first; access was checked."""
    rows = Conclusion.objects.select_related("consultation", "signed_pdf", "formed_xml").filter(
        consultation_id=consultation_id, state__in=sorted(PATIENT_SEES)
    )
    return [_signed(row) for row in rows.order_by("version")]


def sealed_by(sha256: str) -> Sealed | None:
    """Return what the manifest with exactly these bytes seals, None when there is none."""
    row = (
        Seal.objects.select_related("consultation__organisation")
        .filter(manifest=sha256.lower(), sealed_at__isnull=False)
        .first()
    )
    if row is None or row.sealed_at is None:
        return None
    later = Seal.objects.filter(consultation=row.consultation_id, part__gt=row.part)
    return Sealed(
        number=row.consultation.number,
        organisation=row.consultation.organisation.name,
        entries=row.entries,
        head=row.head,
        sealed_at=row.sealed_at,
        is_latest=not later.exists(),
    )


def _signed(row: Conclusion) -> Signed:
    return Signed(
        number=printing.number_of(row.consultation.number, row.version),
        version=row.version,
        state=row.state,
        signed_at=row.when_signed,
        signer=row.signer,
        certificate=row.certificate_serial,
        check_code=rules.shown_code(row.check_code),
        file=row.paper,
        beside=tuple(_beside(row)),
    )


def kept(ending: str, blob: Blob) -> Part:
    """Return a stored file as a part."""
    return Part(ending, blob.size, blob.sha256, blob)


def _beside(row: Conclusion) -> Iterator[Part]:
    if row.formed_xml is not None:
        yield kept("xml", row.formed_xml)
    for one in row.signatures.order_by("signed_at", "pk"):
        # Inside the PDF too («pades»), or of a file beside it («cades»).
        ending = "p7s" if one.form == SignatureForm.PADES else "sig"
        body = bytes(one.cms)
        digest = hashlib.sha256(body).hexdigest()
        yield Part(f"{one.role}.{ending}", len(body), digest, body=body)
