"""The head's acts on a plan: hours, exceptions, how far ahead, and publishing it as times."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID

from django.db import DatabaseError, transaction

from priyom.audit.actions import record
from priyom.clinics.models import Doctor
from priyom.clinics.queries import doctor as find_doctor
from priyom.kernel import clock, typed
from priyom.kernel.actor import SYSTEM, Actor, ActorKind
from priyom.kernel.refusal import Refusal, RefusalKind, missing
from priyom.schedule import plan as plans
from priyom.schedule.actions.order import lock
from priyom.schedule.models import Deviation, Hours, Plan, Slot
from priyom.schedule.plan import FARTHEST, Change, Difference, Planned, Stretch, Turn
from priyom.schedule.queries import AVAILABLE
from priyom.schedule.queries.planning import difference, week_of
from priyom.schedule.rules import ClosedBy, SlotState, is_away

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Published:
    """How many times publishing made, closed and opened again, and how many it left booked."""

    made: int
    closed: int
    reopened: int
    stays: int


def add_hours(actor: Actor, doctor_id: UUID, stretch: Stretch) -> Hours:
    """The head adds hours or a break to a weekday of a doctor's plan.

    Raises Refusal: missing for strangers, invalid beside the field.
    """
    with transaction.atomic():
        plan = _plan(actor, doctor_id)
        plans.check(stretch, week_of(plan.pk))
        made = Hours.objects.create(
            plan=plan,
            weekday=stretch.weekday,
            opens_at=stretch.opens,
            closes_at=stretch.closes,
            minutes=stretch.minutes,
            visit=stretch.visit,
            kind=stretch.kind,
            is_break=stretch.is_break,
        )
        record(actor, "plan.add_hours", ("doctor", doctor_id), detail={"hours": str(made.pk)})
        return made


def drop_hours(actor: Actor, hours_id: UUID) -> UUID:
    """The head takes hours out of a plan; returns the doctor. Raises Refusal (missing)."""
    with transaction.atomic():
        row = Hours.objects.select_related("plan").filter(pk=hours_id).first()
        if row is None:
            raise missing("Расписание")
        plan = _plan(actor, row.plan.doctor_id)
        row.delete()
        detail = {"hours": str(hours_id)}
        record(actor, "plan.drop_hours", ("doctor", plan.doctor_id), detail=detail)
        return plan.doctor_id


def look_ahead(actor: Actor, doctor_id: UUID, days: int) -> Plan:
    """The head says how many days ahead times are published. Raises Refusal: missing, invalid."""
    if not 1 <= days <= FARTHEST:
        text = f"Публиковать можно на 1–{FARTHEST} дней вперёд."
        raise Refusal("plan.days", RefusalKind.INVALID, text, field="days")
    with transaction.atomic():
        plan = _plan(actor, doctor_id)
        plan.days_ahead = days
        plan.save(update_fields=["days_ahead"])
        record(actor, "plan.look_ahead", ("doctor", doctor_id), detail={"days": days})
        return plan


def deviate(actor: Actor, doctor_id: UUID | None, change: Change, reason: str = "") -> Deviation:
    """The head writes an exception, for one doctor or for the whole МО (`doctor_id` None).

    Nothing that is booked moves by it. Raises Refusal: missing for strangers, invalid.
    """
    plans.check_change(change)
    if len(reason) > 200:
        raise typed.too_long(200, "reason")
    with transaction.atomic():
        _require_head(actor, doctor_id)
        is_part = change.turn is Turn.PART
        made = Deviation.objects.create(
            organisation_id=actor.workplace,
            doctor_id=doctor_id,
            first_on=change.first,
            last_on=change.last,
            turn=change.turn,
            opens_at=change.opens if is_part else None,
            closes_at=change.closes if is_part else None,
            reason=reason.strip(),
        )
        record(actor, "plan.deviate", ("deviation", made.pk), detail={"turn": change.turn})
        return made


def drop_deviation(actor: Actor, deviation_id: UUID) -> None:
    """The head takes an exception back. Raises Refusal: missing, conflict for an absence's own."""
    with transaction.atomic():
        row = Deviation.objects.filter(pk=deviation_id, organisation_id=actor.workplace).first()
        if row is None:
            raise missing("Исключение")
        _require_head(actor, row.doctor_id)
        if row.is_absence:
            raise is_away()
        record(actor, "plan.drop_deviation", ("deviation", row.pk))
        row.delete()


def publish(actor: Actor, doctor_id: UUID) -> Published:
    """Bring the doctor's coming days to the plan; published again it changes nothing.

    Who holds or has a time keeps it: those are counted in `stays`. Raises Refusal (missing).
    """
    with transaction.atomic():
        plan = _plan(actor, doctor_id)
        told = difference(plan)
        lock(Slot.objects.filter(pk__in=told.touched))
        # In this order: a time that closes makes room for the new one that lies over it.
        closed, reopened = _close(told), _open(told)
        done = Published(_make(plan, told), closed, reopened, len(told.stays))
        plan.published_at = clock.now()
        plan.save(update_fields=["published_at"])
        record(
            actor,
            "plan.publish",
            ("doctor", doctor_id),
            detail={"made": done.made, "closed": done.closed, "reopened": done.reopened},
        )
        return done


def publish_all() -> int:
    """Publish the plans of all who work, each in a transaction of its own; returns new times.

    One plan's trouble never stops the next.
    """
    made = 0
    for doctor in list(Plan.objects.filter(doctor__works=True).values_list("doctor_id", flat=True)):
        try:
            made += publish(SYSTEM, doctor).made
        except DatabaseError:
            _log.exception("the plan of doctor %s was not published", doctor)
    return made


def _make(plan: Plan, told: Difference) -> int:
    rows = [_slot(plan, one) for one in told.make]
    # What somebody added meanwhile wins: the exclusion constraint leaves the new one out.
    before = Slot.objects.filter(doctor_id=plan.doctor_id).count()
    Slot.objects.bulk_create(rows, ignore_conflicts=True)
    return Slot.objects.filter(doctor_id=plan.doctor_id).count() - before


def _slot(plan: Plan, one: Planned) -> Slot:
    return Slot(
        organisation_id=plan.organisation_id,
        doctor_id=plan.doctor_id,
        speciality_id=plan.doctor.speciality_id,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        visit=one.visit,
        kind=one.kind,
        is_planned=True,
    )


def _close(told: Difference) -> int:
    rows = Slot.objects.filter(AVAILABLE, pk__in=[one.id for one in told.close])
    return rows.update(
        state=SlotState.BLOCKED, closed_by=ClosedBy.PLAN, held_by=None, held_until=None
    )


def _open(told: Difference) -> int:
    for one, plan in told.adapt:
        rows = Slot.objects.filter(pk=one.id, state=SlotState.FREE)
        rows.update(visit=plan.visit, kind=plan.kind)
    return sum(
        Slot.objects.filter(pk=one.id, state=SlotState.BLOCKED, closed_by=ClosedBy.PLAN).update(
            state=SlotState.FREE, closed_by="", visit=plan.visit, kind=plan.kind
        )
        for one, plan in told.reopen
    )


def _plan(actor: Actor, doctor_id: UUID) -> Plan:
    """Return the doctor's plan, locked; made at the first call."""
    doctor = _doctor(actor, doctor_id)
    Plan.objects.get_or_create(doctor=doctor, defaults={"organisation_id": doctor.organisation_id})
    rows = Plan.objects.select_related("doctor").filter(doctor=doctor)
    return rows.select_for_update(of=("self",)).get()


def _require_head(actor: Actor, doctor_id: UUID | None) -> None:
    """Raise missing for who plans nothing here; `doctor_id` None means the whole МО."""
    if doctor_id is not None:
        _doctor(actor, doctor_id)
    elif actor.kind not in (ActorKind.HEAD, ActorKind.SYSTEM):
        raise missing("Расписание")


def _doctor(actor: Actor, doctor_id: UUID) -> Doctor:
    """Return the doctor if the actor heads that МО (jobs head all); raise missing for others."""
    if actor.kind not in (ActorKind.HEAD, ActorKind.SYSTEM):
        raise missing("Расписание")
    doctor = find_doctor(doctor_id)
    is_system = actor.kind is ActorKind.SYSTEM
    if doctor is None or not (is_system or doctor.organisation_id == actor.workplace):
        raise missing("Врач")
    return doctor
