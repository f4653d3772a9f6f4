"""Reads of the organisation's signatures under manifests."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from priyom.archive.models import SealSignature
from priyom.consultations.models import Seal


def unsigned_seals(since: datetime, limit: int) -> list[Seal]:
    """Return what was sealed since then and has no signature, newest first; for the job.

    Of each talk the newest seal alone, which covers the earlier ones; of a МО whose ОГРН is known,
    without which its signature is not to be judged.
    """
    own = SealSignature.objects.filter(seal=OuterRef("pk"))
    later = Seal.objects.filter(
        consultation=OuterRef("consultation"), part__gt=OuterRef("part"), sealed_at__isnull=False
    )
    rows = Seal.objects.select_related("consultation", "organisation", "manifest").filter(
        ~Exists(own), ~Exists(later), sealed_at__gte=since
    )
    return list(rows.exclude(organisation__ogrn="").order_by("-sealed_at")[:limit])


def signature_of(seal_id: UUID) -> SealSignature | None:
    """Return the organisation's signature over a seal's manifest, None when there is none."""
    return SealSignature.objects.filter(seal=seal_id).first()
