"""Weeks and months of one doctor, for the head's grid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, DateField, Q
from django.db.models.functions import TruncDay

from priyom.kernel import clock, words
from priyom.kernel.actor import Actor
from priyom.kernel.workdays import russian
from priyom.schedule.models import Deviation, Slot
from priyom.schedule.queries.days import SlotView, doctor_days, monday_of, start_of
from priyom.schedule.rules import SlotState


@dataclass(frozen=True, slots=True)
class Row:
    """One beginning («09:20») over the days of the week: the times that begin then."""

    at: str
    cells: tuple[tuple[date, tuple[SlotView, ...]], ...]


@dataclass(frozen=True, slots=True)
class Week:
    """A doctor's week: days with what they are, rows by beginning."""

    days: tuple[Day, ...]
    rows: tuple[Row, ...]
    free: int
    booked: int
    under: frozenset[UUID]
    """Closed times that lie under another one: they cannot be opened again."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the head's calendar, with its counts."""

    on: date
    is_holiday: bool
    note: str = ""
    """What an exception says of it."""
    free: int = 0
    booked: int = 0
    closed: int = 0


def week(viewer: Actor, doctor_id: UUID, on: date) -> Week:
    """Return the week of `on` (Monday first) of a doctor of the viewer's МО."""
    first = monday_of(on)
    days = [first + timedelta(days=ahead) for ahead in range(7)]
    slots = doctor_days(viewer, doctor_id, first, 7)
    notes = _notes(viewer, doctor_id, first, days[-1])
    times: dict[str, dict[date, list[SlotView]]] = {}
    for slot in slots:
        at = words.clock_time(slot.starts_at)
        times.setdefault(at, {}).setdefault(words.moscow(slot.starts_at).date(), []).append(slot)
    rows = tuple(
        Row(at, tuple((day, tuple(found.get(day, ()))) for day in days))
        for at, found in sorted(times.items())
    )
    return Week(
        days=tuple(Day(day, russian(day) == "off", notes.get(day, "")) for day in days),
        rows=rows,
        free=sum(slot.state == SlotState.FREE for slot in slots),
        booked=sum(slot.state == SlotState.BOOKED for slot in slots),
        under=_under(slots),
    )


def month(viewer: Actor, doctor_id: UUID, on: date) -> tuple[tuple[Day, ...], ...]:
    """Return the weeks of the month of `on` with counts, whole weeks, one query for the times."""
    first = monday_of(on.replace(day=1))
    following = (on.replace(day=28) + timedelta(days=4)).replace(day=1)
    last = monday_of(following - timedelta(days=1)) + timedelta(days=6)
    rows = (
        Slot.objects.filter(
            organisation_id=viewer.workplace,
            doctor_id=doctor_id,
            starts_at__gte=start_of(first),
            starts_at__lt=start_of(last + timedelta(days=1)),
        )
        .values(on=TruncDay("starts_at", tzinfo=clock.MOSCOW, output_field=DateField()))
        .annotate(
            free=Count("pk", filter=Q(state__in=[SlotState.FREE, SlotState.HELD])),
            booked=Count("pk", filter=Q(state=SlotState.BOOKED)),
            closed=Count("pk", filter=Q(state=SlotState.BLOCKED)),
        )
        .order_by("on")
    )
    counts = {row["on"]: row for row in rows}
    notes = _notes(viewer, doctor_id, first, last)
    days = [
        Day(
            day,
            russian(day) == "off",
            notes.get(day, ""),
            **{name: counts.get(day, {}).get(name, 0) for name in ("free", "booked", "closed")},
        )
        for day in (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    ]
    return tuple(tuple(days[start : start + 7]) for start in range(0, len(days), 7))


def _notes(viewer: Actor, doctor_id: UUID, first: date, last: date) -> dict[date, str]:
    rows = Deviation.objects.filter(
        Q(doctor_id=doctor_id) | Q(doctor=None),
        organisation_id=viewer.workplace,
        first_on__lte=last,
        last_on__gte=first,
    )
    return {
        first + timedelta(days=ahead): row.reason or row.words
        for row in rows.order_by("pk")
        for ahead in range((last - first).days + 1)
        if row.first_on <= first + timedelta(days=ahead) <= row.last_on
    }


def _under(slots: tuple[SlotView, ...]) -> frozenset[UUID]:
    open_ = [slot for slot in slots if slot.state != SlotState.BLOCKED]
    return frozenset(
        slot.id
        for slot in slots
        if slot.state == SlotState.BLOCKED
        and any(one.starts_at < slot.ends_at and slot.starts_at < one.ends_at for one in open_)
    )
