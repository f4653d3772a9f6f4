"""Words put into a log at a chosen instant: the database's own clock stands behind `append`."""

from __future__ import annotations

from datetime import datetime

from priyom.consultations.models import Consultation, Entry
from priyom.kernel import clock
from priyom.kernel.ids import uuid7


def said(
    row: Consultation, side: str, kind: str = "message", *, at: datetime | None = None
) -> Entry:
    """Append one entry, written now or at `at`, past the rules of Python."""
    fresh = Consultation.objects.get(pk=row.pk)
    fresh.last_seq += 1
    fresh.save(update_fields=["last_seq"])
    return Entry.objects.create(
        consultation=fresh,
        seq=fresh.last_seq,
        organisation_id=fresh.organisation_id,
        kind=kind,
        author=uuid7(),
        side=side,
        author_name="",
        client_key=str(uuid7()),
        body="Можно ли пить чай?" if kind == "message" else "",
        at=at or clock.now(),
    )
