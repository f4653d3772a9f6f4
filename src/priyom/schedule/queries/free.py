"""The search for free time: nearest to what the patient wished, in one query (free.sql)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from priyom.kernel import clock, sql, words
from priyom.kernel.actor import Actor
from priyom.schedule.models import Slot
from priyom.schedule.rules import MAY_BOOK, SHOWN_NEAREST, FreeTime, NearTime, Sought

AVAILABLE = Q(state="free") | Q(state="held", held_until__lt=Now())
"""Free, or held by somebody whose time is over by the database's clock."""


@cache
def _statement() -> str:
    _, _, body = sql.text(Path(__file__).parents[1] / "free.sql").partition("-- name: near\n")
    return body


def search(viewer: Actor, sought: Sought, *, rows: int = 12) -> tuple[FreeTime, ...]:
    """Return at most `rows` times that the viewer may book in its МО, the nearest wishes first.

    Those within a wished span come first, the earliest at the top; then those next to one. The
    viewer's own hold counts as free. One query, whatever the number of doctors.
    """
    return _search(viewer.workplace, sought, rows, viewer)


def nearest(slot: Slot, viewer: Actor) -> tuple[tuple[NearTime, ...], bool]:
    """Return free times closest to `slot`'s, in order of time; True when of other doctors.

    Of the same doctor if there are any, else of the same speciality in the same МО.
    """
    around = ((slot.starts_at, slot.ends_at),)
    own = _near(slot, Sought(slot.speciality_id, around, slot.doctor_id), viewer)
    if own:
        return own, False
    return _near(slot, Sought(slot.speciality_id, around), viewer), True


def _near_times(found: tuple[FreeTime, ...]) -> tuple[NearTime, ...]:
    """Return what a refusal offers of the times that were found, in order of time."""
    offered = [NearTime(one.slot, one.starts_at, one.name) for one in found]
    return tuple(sorted(offered, key=lambda near: near.starts_at))


def _near(slot: Slot, sought: Sought, viewer: Actor) -> tuple[NearTime, ...]:
    found = _search(slot.organisation_id, sought, SHOWN_NEAREST + 1, viewer)
    others = tuple(one for one in found if one.slot != slot.pk)
    return _near_times(others[:SHOWN_NEAREST])


def _search(place: UUID, sought: Sought, rows: int, viewer: Actor) -> tuple[FreeTime, ...]:
    now = clock.now()
    spans = sought.ahead(now)
    values: dict[str, Any] = {
        "organisation": place,
        "speciality": sought.speciality,
        "doctor": sought.doctor,
        "begins": [begin for begin, _ in spans],
        "ends": [end for _, end in spans],
        "now": now,
        "viewer": viewer.account,
        "kinds": [str(kind) for kind in MAY_BOOK.get(viewer.kind, ())],
        "rows": rows,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), values)
        return tuple(
            FreeTime(slot, doctor, words.short_name(*name), starts_at, ends_at, apart)
            for slot, doctor, *name, starts_at, ends_at, apart in cursor.fetchall()
        )
