"""The search for free time: nearest wish first, one query, only what the viewer may book."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from priyom.clinics.models import Doctor
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal
from priyom.schedule import actions, queries
from priyom.schedule.models import Slot
from priyom.schedule.rules import SlotGone, SlotKind, SlotState, Sought
from priyom.schedule.tests.builders import doctor_with_times, registrar_of
from priyom.testing import builders
from priyom.testing.clock import Clock

pytestmark = pytest.mark.django_db


def _found(viewer: Actor, sought: Sought, rows: int = 12) -> list[tuple[object, bool]]:
    return [(one.slot, one.fits) for one in queries.search(viewer, sought, rows=rows)]


def test_the_nearest_wish_comes_first_across_doctors(
    clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    doctor, slots = doctor_with_times(6)
    _, others = doctor_with_times(1, beside=doctor, begins_in=timedelta(hours=22))
    wished = (slots[2].starts_at, slots[3].ends_at)
    sought = Sought(doctor.speciality_id, (wished,))
    with django_assert_num_queries(1):
        found = _found(registrar_of(doctor), sought, rows=5)
    # Inside the wish by time; then the one that begins as it ends, the nearer neighbour after it.
    assert found == [
        (slots[2].pk, True),
        (slots[3].pk, True),
        (slots[4].pk, False),
        (slots[1].pk, False),
        (slots[5].pk, False),
    ]
    everybody = _found(registrar_of(doctor), Sought(doctor.speciality_id))
    assert [key for key, _ in everybody] == [*(slot.pk for slot in slots), others[0].pk]
    assert all(fits for _, fits in everybody)


def test_each_of_many_wishes_is_looked_at_once(clock: Clock) -> None:
    doctor, slots = doctor_with_times(6)
    spans = tuple((slot.starts_at, slot.ends_at) for slot in (slots[5], slots[0], slots[0]))
    found = _found(registrar_of(doctor), Sought(doctor.speciality_id, spans), rows=3)
    assert found == [(slots[0].pk, True), (slots[5].pk, True), (slots[1].pk, False)]


def test_wishes_that_are_over_count_as_none(clock: Clock) -> None:
    doctor, slots = doctor_with_times(2)
    past = (clock.instant - timedelta(days=2), clock.instant - timedelta(days=1))
    found = _found(registrar_of(doctor), Sought(doctor.speciality_id, (past,)))
    assert found == [(slots[0].pk, True), (slots[1].pk, True)]


def test_what_others_hold_or_have_is_not_free_and_ones_own_hold_is() -> None:
    doctor, slots = doctor_with_times(5)
    vera, zoya = registrar_of(doctor), registrar_of(doctor)
    actions.hold(vera, slots[0].pk)
    actions.hold(zoya, slots[1].pk)
    actions.book(zoya, slots[2].pk)
    actions.block(zoya, slots[3].pk)
    sought = Sought(doctor.speciality_id)
    assert _found(vera, sought) == [(slots[0].pk, True), (slots[4].pk, True)]
    Slot.objects.filter(pk=slots[1].pk).update(held_until=clock.now() - timedelta(minutes=1))
    assert (slots[1].pk, True) in _found(vera, sought)


def test_times_of_another_place_speciality_or_of_who_left_are_not_found() -> None:
    doctor, _ = doctor_with_times(0)
    doctor_with_times(2)
    eyes = builders.speciality("офтальмология", "офтальмолог")
    _, other = doctor_with_times(2, beside=doctor)
    changed = other[0].doctor
    Doctor.objects.filter(pk=changed.pk).update(speciality=eyes)
    vera = registrar_of(doctor)
    assert _found(vera, Sought(doctor.speciality_id)) == []
    assert [key for key, _ in _found(vera, Sought(eyes.pk))] == [slot.pk for slot in other]
    Doctor.objects.filter(pk=changed.pk).update(works=False)
    assert _found(vera, Sought(eyes.pk)) == []


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        (ActorKind.PATIENT, {SlotKind.PORTAL}),
        (ActorKind.REGISTRAR, {SlotKind.PORTAL, SlotKind.REGISTRAR}),
        (ActorKind.HEAD, {SlotKind.PORTAL, SlotKind.REGISTRAR}),
        (ActorKind.DOCTOR, set(SlotKind)),
        (ActorKind.ANONYMOUS, set()),
    ],
)
def test_each_kind_of_time_is_for_its_people(kind: ActorKind, seen: set[SlotKind]) -> None:
    doctor, slots = doctor_with_times(3)
    for slot, keeps in zip(slots, SlotKind, strict=True):
        Slot.objects.filter(pk=slot.pk).update(kind=keeps)
    somebody = Actor(kind, uuid7(), organisation=doctor.organisation_id)
    found = {key for key, _ in _found(somebody, Sought(doctor.speciality_id))}
    assert found == {slot.pk for slot, keeps in zip(slots, SlotKind, strict=True) if keeps in seen}
    for slot, keeps in zip(slots, SlotKind, strict=True):
        if keeps in seen:
            assert actions.book(somebody, slot.pk).state == SlotState.BOOKED
        else:
            with pytest.raises(SlotGone, match=r"slot\.kept"):
                actions.book(somebody, slot.pk)


@pytest.mark.act("slot.hold")
def test_any_free_is_the_first_that_fits_and_the_nearest_when_none_does() -> None:
    doctor, slots = doctor_with_times(4)
    vera = registrar_of(doctor)
    sought = Sought(doctor.speciality_id, ((slots[2].starts_at, slots[2].ends_at),))
    first = actions.hold_any(vera, sought)
    assert (first.pk, first.state) == (slots[2].pk, SlotState.HELD)
    zoya = registrar_of(doctor)
    second = actions.hold_any(zoya, sought)
    assert second.pk == slots[3].pk
    third = actions.hold_any(zoya, sought, instead_of=second.pk)
    assert third.pk == slots[3].pk
    for slot in slots[:2]:
        actions.book(vera, slot.pk)
    with pytest.raises(SlotGone, match=r"slot\.none"):
        actions.hold_any(registrar_of(doctor), sought)


def test_any_free_asks_the_wished_doctor_first() -> None:
    doctor, slots = doctor_with_times(1)
    colleague, others = doctor_with_times(1, beside=doctor, begins_in=timedelta(hours=30))
    sought = Sought(doctor.speciality_id, doctor=colleague.pk)
    assert actions.hold_any(registrar_of(doctor), sought).pk == others[0].pk
    assert actions.hold_any(registrar_of(doctor), sought).pk == slots[0].pk


def test_nothing_left_lets_nobody_lose_what_was_held() -> None:
    doctor, slots = doctor_with_times(1)
    vera = registrar_of(doctor)
    actions.hold(vera, slots[0].pk)
    eyes = builders.speciality("офтальмология", "офтальмолог")
    with pytest.raises(SlotGone):
        actions.hold_any(vera, Sought(eyes.pk), instead_of=slots[0].pk)
    assert Slot.objects.get(pk=slots[0].pk).held_by == vera.account


def test_strangers_hold_nothing() -> None:
    doctor, _ = doctor_with_times(1)
    with pytest.raises(Refusal, match="missing"):
        actions.hold_any(Actor(ActorKind.PATIENT, uuid7()), Sought(doctor.speciality_id))


def test_a_new_time_may_lie_over_a_closed_one_which_then_stays_closed() -> None:
    doctor, slots = doctor_with_times(1)
    vera = registrar_of(doctor)
    actions.block(vera, slots[0].pk)
    builders.slots(doctor, 1, begins=slots[0].starts_at + timedelta(minutes=10))
    with pytest.raises(Refusal, match=r"slot\.overlaps"):
        actions.unblock(vera, slots[0].pk)
    assert Slot.objects.get(pk=slots[0].pk).state == SlotState.BLOCKED
