"""The head's acts on single times and whole weeks: add, move, copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from priyom.audit.actions import record
from priyom.clinics.queries import doctor as find_doctor
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import Refusal, RefusalKind, missing
from priyom.schedule.models import Slot
from priyom.schedule.plan import LONGEST, SHORTEST, Visit
from priyom.schedule.queries import monday_of, start_of
from priyom.schedule.rules import SLOT, ClosedBy, SlotAct, SlotKind, SlotState, Span, overlaps

MOST_ADDED = 2_000
"""Times in one go."""


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding several times: how many, and those that another time had no room for."""

    made: int
    overlapping: tuple[Span, ...] = ()


def add(
    actor: Actor,
    doctor_id: UUID,
    spans: list[Span],
    *,
    visit: Visit = Visit.FIRST,
    kind: SlotKind = SlotKind.PORTAL,
) -> Added:
    """The head adds times by hand; what lies over others is left out and told.

    Raises Refusal: missing for strangers, invalid for past, endless or too many times.
    """
    doctor = find_doctor(doctor_id)
    if actor.kind is not ActorKind.HEAD or doctor is None:
        raise missing("Расписание")
    if doctor.organisation_id != actor.workplace:
        raise missing("Врач")
    if len(spans) > MOST_ADDED:
        raise _invalid(f"Получилось больше {MOST_ADDED} времён. Добавляйте частями.")
    for begin, end in spans:
        _require_length(begin, end)
    over: list[Span] = []
    with transaction.atomic():
        for begin, end in spans:
            row = Slot(
                organisation_id=doctor.organisation_id, doctor=doctor,
                speciality_id=doctor.speciality_id, starts_at=begin, ends_at=end,
                visit=visit, kind=kind,
            )  # fmt: skip
            if not _put(row):
                over.append((begin, end))
        made = len(spans) - len(over)
        record(actor, "slot.add", ("doctor", doctor_id), detail={"made": made})
    return Added(made, tuple(over))


def shift(actor: Actor, slot_id: UUID, begin: datetime) -> Slot:
    """The head moves a free time to begin at `begin` (aware), of the same length.

    Where a plan had put it stays closed by hand: the next publishing makes no second one there.
    Raises Refusal: missing for strangers, conflict by its state or when another time lies there.
    """
    with transaction.atomic():
        rows = Slot.objects.select_for_update(of=("self",), no_key=True)
        slot = rows.filter(pk=slot_id, organisation_id=actor.workplace).first()
        if slot is None or actor.kind is not ActorKind.HEAD:
            raise missing("Время приёма")
        slot.state = SLOT.after(SlotState(slot.state), SlotAct.SHIFT)
        before, length = slot.starts_at, slot.ends_at - slot.starts_at
        left = _closed_place(slot) if slot.is_planned else None
        slot.starts_at, slot.ends_at = begin, begin + length
        slot.is_planned = False  # moved by hand: the plan leaves it where it is
        _require_length(slot.starts_at, slot.ends_at)
        if not _put(slot):
            raise overlaps()
        if left is not None:
            left.save()
        detail = {"from": before.isoformat(), "to": begin.isoformat()}
        record(actor, f"slot.{SlotAct.SHIFT}", ("slot", slot_id), detail=detail)
        return slot


def copy_week(actor: Actor, doctor_id: UUID, source: date, target: date) -> Added:
    """The head copies the open times of the week of `source` into the week of `target`.

    Both are any day of their week. What is closed is not copied; what lies over others is told.
    """
    first, into = monday_of(source), monday_of(target)
    if first == into:
        raise _invalid("Это та же неделя. Выберите другую.")
    rows = Slot.objects.filter(
        doctor_id=doctor_id,
        organisation_id=actor.workplace,
        starts_at__gte=start_of(first),
        starts_at__lt=start_of(first + timedelta(days=7)),
    ).exclude(state=SlotState.BLOCKED)
    told, now, apart = Added(0), clock.now(), into - first
    with transaction.atomic():
        for visit, kind in sorted(set(rows.values_list("visit", "kind"))):
            chosen = rows.filter(visit=visit, kind=kind).order_by("starts_at")
            spans = [
                (row.starts_at + apart, row.ends_at + apart)
                for row in chosen
                if row.starts_at + apart > now
            ]
            part = add(actor, doctor_id, spans, visit=Visit(visit), kind=SlotKind(kind))
            told = Added(told.made + part.made, told.overlapping + part.overlapping)
        if not told.made and not told.overlapping:
            add(actor, doctor_id, [])  # asks who acts also when there is nothing to copy
    return told


def _closed_place(slot: Slot) -> Slot:
    """Return what stays, closed by hand, where a planned time was."""
    return Slot(
        organisation_id=slot.organisation_id, doctor_id=slot.doctor_id,
        speciality_id=slot.speciality_id, starts_at=slot.starts_at, ends_at=slot.ends_at,
        visit=slot.visit, kind=slot.kind, is_planned=True,
        state=SlotState.BLOCKED, closed_by=ClosedBy.HAND,
    )  # fmt: skip


def _put(row: Slot) -> bool:
    """Save the row; False when another time of the doctor lies over it."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "schedule_no_overlap" in str(error):
            return False
        raise
    return True


def _require_length(begin: datetime, end: datetime) -> None:
    if begin <= clock.now():
        raise _invalid("Это время уже прошло. Выберите будущее.")
    if not timedelta(minutes=SHORTEST) <= end - begin <= timedelta(minutes=LONGEST):
        raise _invalid(f"Длительность приёма: от {SHORTEST} до {LONGEST} минут.")


def _invalid(text: str) -> Refusal:
    return Refusal("slot.span", RefusalKind.INVALID, text, field="at")
