"""The search for free time: nearest to what the patient wished, in one query (free.sql)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from priyom.kernel import clock, words
from priyom.kernel.actor import Actor
from priyom.schedule.rules import MAY_BOOK, SHOWN_NEAREST, FreeTime, NearTime, Sought
from priyom.schedule.statements import statement

AVAILABLE = Q(state="free") | Q(state="held", held_until__lt=Now())
"""Free, or held by somebody whose time is over by the database's clock."""


def search(viewer: Actor, sought: Sought, *, rows: int = 12) -> tuple[FreeTime, ...]:
    """Return at most `rows` times that the viewer may book in its МО, the nearest wishes first.

    Those within a wished span come first, the earliest at the top; then those next to one. The
    viewer's own hold counts as free. One query, whatever the number of doctors.
    """
    return _search(viewer.workplace, sought, rows, viewer)


@dataclass(frozen=True, slots=True)
class Lost:
    """A time that could not be had: when and for whom it is, and up to three near ones."""

    starts_at: datetime
    kind: str
    near: tuple[NearTime, ...]
    is_of_others: bool
    """Whether the near ones are other doctors', for its own has none."""


def lost(viewer: Actor, slot_id: UUID, place: UUID | None) -> Lost | None:
    """Return what was lost and the nearest that the viewer may have; None for what is not there.

    `place` is the МО whose times the viewer may know of, None for all. Its own doctor's times are
    asked first, the colleagues' of the speciality only when there are none.
    """
    values = {
        "slot": slot_id,
        "place": place,
        "kinds": kinds_of(viewer),
        "now": clock.now(),
        "account": viewer.account,
        "rows": SHOWN_NEAREST,
    }
    rows = _rows("take.sql", "lost", values)
    if not rows:
        return None
    starts_at, kind = rows[0][:2]
    own = [row[2:] for row in rows if row[2] is not None]
    found = own or _rows("take.sql", "others", values)
    near = (NearTime(key, at, words.short_name(*name)) for key, at, *name in found)
    in_order = tuple(sorted(near, key=lambda one: one.starts_at))
    return Lost(starts_at, kind, in_order, bool(found) and not own)


def kinds_of(viewer: Actor) -> list[str]:
    """Return the kinds of times that the viewer may book."""
    return [str(kind) for kind in MAY_BOOK.get(viewer.kind, ())]


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
        "kinds": kinds_of(viewer),
        "rows": rows,
    }
    return tuple(
        FreeTime(slot, doctor, words.short_name(*name), starts_at, ends_at, apart)
        for slot, doctor, *name, starts_at, ends_at, apart in _rows("free.sql", "near", values)
    )


def _rows(file: str, name: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement(file, name), values)
        return list(cursor.fetchall())
