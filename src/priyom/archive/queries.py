"""Reads of the archive."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from priyom.consultations.models import Attachment, Seal
from priyom.files.models import Blob


def waiting_of(consultation_id: UUID) -> datetime | None:
    """Return since when a talk waits for a seal, None when it waits for none."""
    rows = Seal.objects.filter(consultation_id=consultation_id, sealed_at=None)
    return rows.values_list("asked_at", flat=True).first()


def blobs_of(consultation_id: UUID) -> list[Blob]:
    """Return the files that were sent in a talk."""
    rows = Attachment.objects.select_related("blob").filter(
        consultation_id=consultation_id, seq__isnull=False
    )
    return [one.blob for one in rows.order_by("seq", "pk")]
