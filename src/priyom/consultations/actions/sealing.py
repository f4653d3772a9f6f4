"""Seals of closed talks: asked for in the act's transaction, made outside of any lock."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from priyom.consultations.actions.living import lock
from priyom.consultations.models import Seal
from priyom.files.models import Blob
from priyom.kernel import clock


def seal(seal_id: UUID, entries: int, head: str, manifest: Blob) -> bool:
    """Store what was prepared while nothing was locked; False when the log has grown meanwhile.

    `entries` and `head` are the chain's (chain.follow), `manifest` the blob that names both. Then
    the caller prepares anew. Saying it twice is once.
    """
    with transaction.atomic():
        row = Seal.objects.get(pk=seal_id)
        held = lock(row.consultation_id)
        row.refresh_from_db()
        if row.sealed_at is not None:
            return True
        if held.last_seq != entries:
            return False
        row.entries, row.head, row.manifest = entries, head, manifest
        row.sealed_at = clock.now()
        row.save()
        return True
