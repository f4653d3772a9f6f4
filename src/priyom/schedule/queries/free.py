"""The search for free time: nearest to what the patient wished, in one query (free.sql)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from priyom.kernel import clock, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.schedule.rules import MAY_BOOK, SHOWN_NEAREST, FreeTime, NearTime, Sought, Span
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
    rows = _rows("lost", values)
    if not rows:
        return None
    starts_at, kind, have_others = rows[0][:3]
    own = [row[3:] for row in rows if row[3] is not None]
    found = _rows("others", values) if have_others else own
    near = (NearTime(key, at, words.short_name(*name)) for key, at, *name in found)
    in_order = tuple(sorted(near, key=lambda one: one.starts_at))
    return Lost(starts_at, kind, in_order, bool(found) and not own)


def kinds_of(viewer: Actor) -> list[str]:
    """Return the kinds of times that the viewer may book."""
    return [str(kind) for kind in MAY_BOOK.get(viewer.kind, ())]


@dataclass(frozen=True, slots=True)
class Losses:
    """Times that people lose: whose МО and speciality, and each one's key and span."""

    organisation: UUID
    speciality: UUID
    spans: Mapping[UUID, Span]


def instead_of(losses: Losses, *, rows: int = SHOWN_NEAREST) -> dict[UUID, tuple[FreeTime, ...]]:
    """Return for each lost time the nearest that a patient may have instead, in one query."""
    values = _values(losses.organisation, losses.speciality, list(losses.spans.values()), rows)
    patients = [str(kind) for kind in MAY_BOOK[ActorKind.PATIENT]]
    values |= {"keys": list(losses.spans), "kinds": patients, "viewer": None}
    found: dict[UUID, tuple[FreeTime, ...]] = dict.fromkeys(losses.spans, ())
    for key, free in _free("each", values):
        found[key] += (free,)
    return found


def _search(place: UUID, sought: Sought, rows: int, viewer: Actor) -> tuple[FreeTime, ...]:
    spans = list(sought.ahead(clock.now()))
    values = _values(place, sought.speciality, spans, rows)
    values |= {"doctor": sought.doctor, "viewer": viewer.account, "kinds": kinds_of(viewer)}
    return tuple(free for _, free in _free("near", values))


def _values(place: UUID, speciality: UUID, spans: list[Span], rows: int) -> dict[str, Any]:
    return {
        "organisation": place,
        "speciality": speciality,
        "doctor": None,
        "keys": [None for _ in spans],
        "begins": [begin for begin, _ in spans],
        "ends": [end for _, end in spans],
        "now": clock.now(),
        "rows": rows,
    }


def _free(name: str, values: dict[str, Any]) -> list[tuple[UUID, FreeTime]]:
    """Run a statement of free.sql over the times that are available."""
    whole = statement("free.sql", "available") + statement("free.sql", name)
    with connection.cursor() as cursor:
        cursor.execute(whole, values)
        return [
            (key, FreeTime(slot, doctor, words.short_name(*person), starts_at, ends_at, apart))
            for key, slot, doctor, *person, starts_at, ends_at, apart in cursor.fetchall()
        ]


def _rows(name: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement("take.sql", name), values)
        return list(cursor.fetchall())
