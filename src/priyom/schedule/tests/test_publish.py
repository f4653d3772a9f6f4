"""The head's plan becomes times, once; who has a time keeps it; strangers find nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from functools import partial

import pytest
from django.db import DatabaseError

from priyom.clinics.models import Doctor
from priyom.kernel import clock as clocks
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal
from priyom.schedule import actions
from priyom.schedule.actions import planning
from priyom.schedule.jobs import publish
from priyom.schedule.models import Deviation, Hours, Plan, Slot
from priyom.schedule.plan import Change, Difference, Stretch, Turn, Visit
from priyom.schedule.queries import plan_of
from priyom.schedule.queries import planning as planning_queries
from priyom.schedule.rules import ClosedBy, SlotKind, SlotState
from priyom.schedule.tests.builders import doctor_with_times, head_of, registrar_of
from priyom.testing.clock import Clock

pytestmark = pytest.mark.django_db
MORNING = (time(9), time(12))


class Clinic:
    """A doctor without times, its head, a plan for mornings of each weekday."""

    def __init__(self) -> None:
        self.doctor, _ = doctor_with_times(0)
        self.inna = head_of(self.doctor)
        self.hours = [
            actions.add_hours(self.inna, self.doctor.pk, Stretch(weekday, *MORNING, 60))
            for weekday in range(1, 8)
        ]
        actions.look_ahead(self.inna, self.doctor.pk, 3)

    def states(self) -> list[str]:
        return list(
            Slot.objects.filter(doctor=self.doctor)
            .order_by("starts_at", "pk")
            .values_list("state", flat=True)
        )

    def publish(self) -> actions.Published:
        return actions.publish(self.inna, self.doctor.pk)


@pytest.fixture
def clinic(clock: Clock) -> Clinic:
    clock.set(clock.instant.replace(2026, 11, 16, 5, 0))  # a Monday at 8 in Moscow
    return Clinic()


def test_a_plan_is_published_once(clinic: Clinic) -> None:
    assert clinic.publish() == actions.Published(12, 0, 0, 0)
    first = Slot.objects.filter(doctor=clinic.doctor).order_by("starts_at")[0]
    assert f"{first.starts_at.astimezone(clocks.MOSCOW):%d %H:%M}" == "16 09:00"
    assert (first.speciality_id, first.is_planned) == (clinic.doctor.speciality_id, True)
    assert clinic.publish() == actions.Published(0, 0, 0, 0)
    assert plan_of(clinic.inna, clinic.doctor.pk).difference.is_empty


def test_each_night_the_plan_reaches_a_day_further(clinic: Clinic, clock: Clock) -> None:
    clinic.publish()
    clock.forward(days=1)
    publish(0)
    assert len(clinic.states()) == 15
    publish(0)
    assert len(clinic.states()) == 15


def test_who_left_is_published_no_more(clinic: Clinic) -> None:
    other, _ = doctor_with_times(0, beside=clinic.doctor)
    actions.add_hours(clinic.inna, other.pk, Stretch(1, *MORNING, 60))
    Doctor.objects.filter(pk=clinic.doctor.pk).update(works=False)
    assert actions.publish_all() == 9, "today and the two next Mondays"


def test_one_plans_trouble_never_stops_the_next(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, _ = doctor_with_times(0, beside=clinic.doctor)
    actions.add_hours(clinic.inna, other.pk, Stretch(1, *MORNING, 60))
    whole = planning_queries.difference

    def broken(plan: Plan) -> Difference:
        if plan.doctor_id == clinic.doctor.pk:
            raise DatabaseError("no space left")
        return whole(plan)

    monkeypatch.setattr(planning, "difference", broken)
    assert actions.publish_all() == 9


def test_what_the_plan_drops_is_closed_and_comes_back(clinic: Clinic) -> None:
    clinic.publish()
    actions.drop_hours(clinic.inna, clinic.hours[1].pk)
    assert clinic.publish() == actions.Published(0, 3, 0, 0)
    closed = Slot.objects.filter(doctor=clinic.doctor, state=SlotState.BLOCKED)
    assert {row.closed_by for row in closed} == {ClosedBy.PLAN}
    actions.add_hours(
        clinic.inna, clinic.doctor.pk, Stretch(2, *MORNING, 60, Visit.REPEAT, SlotKind.DOCTOR)
    )
    assert clinic.publish() == actions.Published(0, 0, 3, 0)
    again = Slot.objects.filter(doctor=clinic.doctor, kind=SlotKind.DOCTOR)
    assert [row.state for row in again] == [SlotState.FREE] * 3
    assert {row.visit for row in again} == {Visit.REPEAT}


def test_shorter_times_take_the_place_of_longer_ones_at_once(clinic: Clinic) -> None:
    clinic.publish()
    for row in clinic.hours:
        actions.drop_hours(clinic.inna, row.pk)
    for weekday in range(1, 8):
        actions.add_hours(clinic.inna, clinic.doctor.pk, Stretch(weekday, *MORNING, 30))
    assert clinic.publish() == actions.Published(24, 12, 0, 0)
    assert clinic.states().count(SlotState.FREE) == 24
    assert clinic.publish() == actions.Published(0, 0, 0, 0)


def test_who_has_a_time_keeps_it(clinic: Clinic) -> None:
    clinic.publish()
    slots = list(Slot.objects.filter(doctor=clinic.doctor).order_by("starts_at")[3:6])
    vera = registrar_of(clinic.doctor)
    actions.book(vera, slots[0].pk)
    actions.hold(vera, slots[1].pk)
    actions.drop_hours(clinic.inna, clinic.hours[1].pk)
    assert clinic.publish() == actions.Published(0, 1, 0, 2)
    shown = plan_of(clinic.inna, clinic.doctor.pk).difference.stays
    assert [one.id for one in shown] == [slots[0].pk, slots[1].pk]


def test_what_a_hand_closed_stays_closed(clinic: Clinic) -> None:
    clinic.publish()
    first = Slot.objects.filter(doctor=clinic.doctor).order_by("starts_at")[0]
    actions.block(clinic.inna, first.pk)
    assert clinic.publish() == actions.Published(0, 0, 0, 0)
    assert clinic.states()[0] == SlotState.BLOCKED


def test_what_a_hand_moved_is_not_made_again_where_it_was(clinic: Clinic) -> None:
    clinic.publish()
    first = Slot.objects.filter(doctor=clinic.doctor).order_by("starts_at")[0]
    moved = actions.shift(clinic.inna, first.pk, first.starts_at + timedelta(hours=4))
    assert actions.publish_all() == 0, "the night publishes as the head does"
    there = Slot.objects.get(doctor=clinic.doctor, starts_at=first.starts_at)
    assert (there.state, there.closed_by) == (SlotState.BLOCKED, ClosedBy.HAND)
    assert clinic.states().count(SlotState.FREE) == 12
    actions.shift(clinic.inna, first.pk, moved.starts_at + timedelta(hours=1))
    assert Slot.objects.count() == 13, "one moved by hand leaves nothing behind"


def test_exceptions_are_of_one_doctor_or_of_all(clinic: Clinic) -> None:
    clinic.publish()
    today = clocks.today()
    off = Change(today + timedelta(days=1), today + timedelta(days=1), Turn.OFF)
    actions.deviate(clinic.inna, None, off, "День здоровья")
    assert clinic.publish().closed == 3
    after = today + timedelta(days=2)
    half = Change(after, after, Turn.PART, time(9), time(10))
    made = actions.deviate(clinic.inna, clinic.doctor.pk, half)
    assert clinic.publish().closed == 2
    other, _ = doctor_with_times(0)
    assert not plan_of(head_of(other), other.pk).deviations
    actions.drop_deviation(clinic.inna, made.pk)
    assert clinic.publish().reopened == 2
    assert Deviation.objects.count() == 1


def test_an_absences_exception_is_not_the_plans_to_drop(clinic: Clinic) -> None:
    clinic.publish()
    tomorrow = clocks.today() + timedelta(days=1)
    made = actions.close_days(clinic.inna, clinic.doctor.pk, tomorrow, tomorrow)
    with pytest.raises(Refusal, match=r"plan\.absence"):
        actions.drop_deviation(clinic.inna, made.pk)
    assert clinic.publish().reopened == 0
    actions.reopen_days(clinic.inna, made.pk)
    assert not Deviation.objects.exists()


def test_strangers_change_no_plan(clinic: Clinic) -> None:
    doctor, hours = clinic.doctor.pk, clinic.hours[0].pk
    off = Change(date(2026, 12, 1), date(2026, 12, 1), Turn.OFF)
    ours = actions.deviate(clinic.inna, None, off)
    other, _ = doctor_with_times(0)
    strangers = (head_of(other), registrar_of(clinic.doctor), Actor(ActorKind.PATIENT, uuid7()))
    for who in strangers:
        acts: list[Callable[[], object]] = [
            partial(actions.add_hours, who, doctor, Stretch(1, time(13), time(14))),
            partial(actions.drop_hours, who, hours),
            partial(actions.look_ahead, who, doctor, 5),
            partial(actions.deviate, who, doctor, off),
            partial(actions.drop_deviation, who, ours.pk),
            partial(actions.publish, who, doctor),
            partial(actions.close_between, who, doctor, []),
        ]
        for act in acts:
            with pytest.raises(Refusal, match="missing"):
                act()
    assert Hours.objects.count() == 7
    assert not Slot.objects.exists()


def test_days_ahead_have_bounds(clinic: Clinic) -> None:
    for days in (0, 121):
        with pytest.raises(Refusal, match=r"plan\.days"):
            actions.look_ahead(clinic.inna, clinic.doctor.pk, days)
    with pytest.raises(Refusal, match=r"typed\.too_long"):
        actions.deviate(
            clinic.inna,
            None,
            replace(Change(date(2026, 12, 1), date(2026, 12, 1), Turn.OFF)),
            "я" * 201,
        )
