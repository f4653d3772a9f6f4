"""A doctor's plan, and what publishing it would change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from priyom.clinics.models import Doctor
from priyom.kernel import clock
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing
from priyom.schedule import plan as plans
from priyom.schedule.models import Deviation, Hours, Plan, Slot
from priyom.schedule.plan import Change, Difference, Existing, Stretch, Turn, Visit
from priyom.schedule.queries.days import start_of
from priyom.schedule.rules import ClosedBy, SlotKind, SlotState


@dataclass(frozen=True, slots=True)
class PlanView:
    """A doctor's plan as its page shows it; weekdays are ISO numbers."""

    doctor: Doctor
    days_ahead: int
    hours: dict[int, tuple[Hours, ...]]
    deviations: tuple[Deviation, ...]
    difference: Difference
    last_on: date
    """Up to which day times are published."""


def plan_of(viewer: Actor, doctor_id: UUID) -> PlanView:
    """Return the plan of a doctor of the viewer's МО, empty when there is none yet."""
    rows = Doctor.objects.select_related("speciality", "organisation")
    doctor = rows.filter(pk=doctor_id, organisation_id=viewer.workplace).first()
    if doctor is None:
        raise missing("Врач")
    plan = Plan.objects.filter(doctor=doctor).first() or Plan(
        doctor=doctor, organisation=doctor.organisation
    )
    hours: dict[int, tuple[Hours, ...]] = dict.fromkeys(range(1, 8), ())
    for row in Hours.objects.filter(plan_id=plan.pk).order_by("weekday", "opens_at", "closes_at"):
        hours[row.weekday] += (row,)
    return PlanView(
        doctor=doctor,
        days_ahead=plan.days_ahead,
        hours=hours,
        deviations=tuple(_deviations(plan, clock.today()).order_by("first_on", "pk")),
        difference=difference(plan),
        last_on=clock.today() + timedelta(days=plan.days_ahead),
    )


def week_of(plan_id: UUID) -> tuple[Stretch, ...]:
    """Return the hours and breaks of a plan."""
    rows = Hours.objects.filter(plan_id=plan_id).order_by("weekday", "opens_at")
    return tuple(
        Stretch(
            row.weekday, row.opens_at, row.closes_at, row.minutes,
            Visit(row.visit), SlotKind(row.kind), row.is_break,
        )
        for row in rows
    )  # fmt: skip


def difference(plan: Plan) -> Difference:
    """Return what publishing the plan would do from now to its horizon."""
    today, now = clock.today(), clock.now()
    days = [today + timedelta(days=ahead) for ahead in range(plan.days_ahead + 1)]
    week = week_of(plan.pk)
    changes = [_change(row) for row in _deviations(plan, today)]
    wanted = [one for on in days for one in plans.times(week, changes, on) if one.starts_at > now]
    rows = Slot.objects.filter(
        doctor_id=plan.doctor_id, starts_at__gt=now, starts_at__lt=start_of(days[-1] + _DAY)
    )
    return plans.compare(wanted, [_existing(row) for row in rows.order_by("starts_at", "pk")])


_DAY = timedelta(days=1)


def _deviations(plan: Plan, since: date) -> QuerySet[Deviation]:
    whose = Q(doctor_id=plan.doctor_id) | Q(doctor=None)
    return Deviation.objects.filter(whose, organisation=plan.organisation_id, last_on__gte=since)


def _change(row: Deviation) -> Change:
    opens, closes = row.opens_at or time.min, row.closes_at or time.max
    return Change(row.first_on, row.last_on, Turn(row.turn), opens, closes)


def _existing(row: Slot) -> Existing:
    state = SlotState(row.state)
    return Existing(
        id=row.pk,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=state,
        visit=Visit(row.visit),
        kind=SlotKind(row.kind),
        is_planned=row.is_planned,
        is_plans_closing=state is SlotState.BLOCKED and row.closed_by == ClosedBy.PLAN,
    )
