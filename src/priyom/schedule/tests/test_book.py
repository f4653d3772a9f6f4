"""A slot is had by one: holding, booking, letting go, and what the second one hears."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from priyom.kernel import words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal
from priyom.schedule import actions, queries
from priyom.schedule.models import Slot
from priyom.schedule.rules import SlotGone, SlotState
from priyom.schedule.tests.builders import doctor_with_times, registrar_of
from priyom.testing import builders

pytestmark = pytest.mark.django_db


def _state(slot: Slot) -> str:
    return Slot.objects.get(pk=slot.pk).state


def _let_run_out(slot: Slot) -> None:
    """Move the end of a hold into the past: the database's clock decides it."""
    row = Slot.objects.get(pk=slot.pk)
    assert row.held_until is not None
    Slot.objects.filter(pk=slot.pk).update(held_until=row.held_until - timedelta(hours=1))


@pytest.mark.act("slot.hold")
def test_a_held_time_is_booked_by_its_holder() -> None:
    doctor, slots = doctor_with_times(3)
    vera = registrar_of(doctor)
    held = actions.hold(vera, slots[0].pk)
    assert held.state == SlotState.HELD
    assert held.held_by == vera.account
    assert actions.book(vera, slots[0].pk).state == SlotState.BOOKED


@pytest.mark.act("slot.book")
def test_a_free_time_is_booked_without_a_hold() -> None:
    doctor, slots = doctor_with_times(1)
    assert actions.book(registrar_of(doctor), slots[0].pk).doctor == doctor


def test_another_registrar_hears_the_nearest_times() -> None:
    doctor, slots = doctor_with_times(4)
    actions.hold(registrar_of(doctor), slots[1].pk)
    with pytest.raises(SlotGone) as gone:
        actions.book(registrar_of(doctor), slots[1].pk)
    assert gone.value.status == 409
    assert gone.value.text.startswith("Это время только что заняли. Ближайшие: ")
    assert [near.slot for near in gone.value.nearest] == [slots[0].pk, slots[2].pk, slots[3].pk]


def test_a_colleague_of_the_speciality_is_offered_when_the_doctor_is_full() -> None:
    doctor, slots = doctor_with_times(1)
    _, others = doctor_with_times(2, beside=doctor)
    actions.book(registrar_of(doctor), slots[0].pk)
    with pytest.raises(SlotGone) as gone:
        actions.hold(registrar_of(doctor), slots[0].pk)
    assert "Ближайшие у других врачей: " in gone.value.text
    assert {near.slot for near in gone.value.nearest} == {slot.pk for slot in others}


def test_an_expired_hold_is_free_for_anybody() -> None:
    doctor, slots = doctor_with_times(1)
    actions.hold(registrar_of(doctor), slots[0].pk)
    _let_run_out(slots[0])
    assert actions.book(registrar_of(doctor), slots[0].pk).state == SlotState.BOOKED


def test_holding_twice_begins_the_hold_anew() -> None:
    doctor, slots = doctor_with_times(1)
    vera = registrar_of(doctor)
    actions.hold(vera, slots[0].pk)
    _let_run_out(slots[0])
    again = actions.hold(vera, slots[0].pk)
    assert again.held_until is not None
    assert again.held_until > again.starts_at - timedelta(days=30)


def test_choosing_another_time_lets_the_first_go() -> None:
    doctor, slots = doctor_with_times(2)
    vera = registrar_of(doctor)
    actions.hold(vera, slots[0].pk)
    actions.hold(vera, slots[1].pk, instead_of=slots[0].pk)
    assert [_state(slot) for slot in slots] == [SlotState.FREE, SlotState.HELD]


@pytest.mark.act("slot.release")
def test_only_the_holder_lets_go() -> None:
    doctor, slots = doctor_with_times(1)
    vera = registrar_of(doctor)
    actions.hold(vera, slots[0].pk)
    assert not actions.release(registrar_of(doctor), slots[0].pk)
    assert actions.release(vera, slots[0].pk)
    assert not actions.release(vera, slots[0].pk)
    assert _state(slots[0]) == SlotState.FREE


def test_the_job_frees_what_was_held_too_long() -> None:
    doctor, slots = doctor_with_times(2)
    vera = registrar_of(doctor)
    for slot in slots:
        actions.hold(vera, slot.pk)
    _let_run_out(slots[0])
    assert actions.release_expired() == 1
    assert [_state(slot) for slot in slots] == [SlotState.FREE, SlotState.HELD]


def test_a_past_time_is_refused_kindly() -> None:
    doctor, slots = doctor_with_times(1, begins_in=timedelta(hours=-1))
    with pytest.raises(SlotGone, match=r"slot\.past"):
        actions.book(registrar_of(doctor), slots[0].pk)


@pytest.mark.parametrize("act", [actions.hold, actions.book, actions.block, actions.unblock])
def test_a_stranger_finds_no_slot(act: Callable[[Actor, UUID], Slot]) -> None:
    _, slots = doctor_with_times(1)
    other, _ = doctor_with_times(1)
    with pytest.raises(Refusal, match="missing"):
        act(registrar_of(other), slots[0].pk)
    with pytest.raises(Refusal, match="missing"):
        act(Actor(ActorKind.PATIENT, uuid7()), slots[0].pk)


@pytest.mark.act("slot.free")
def test_a_freed_time_can_be_booked_again() -> None:
    doctor, slots = doctor_with_times(1)
    vera = registrar_of(doctor)
    actions.book(vera, slots[0].pk)
    actions.free(vera, slots[0].pk)
    actions.free(vera, slots[0].pk)
    assert actions.book(vera, slots[0].pk)


@pytest.mark.act("slot.block")
def test_a_blocked_time_cannot_be_booked() -> None:
    doctor, slots = doctor_with_times(1)
    vera = registrar_of(doctor)
    actions.block(vera, slots[0].pk)
    with pytest.raises(SlotGone):
        actions.book(vera, slots[0].pk)
    with pytest.raises(Refusal, match="wrong_state"):
        actions.block(vera, slots[0].pk)


@pytest.mark.act("slot.unblock")
def test_an_unblocked_time_is_free() -> None:
    doctor, slots = doctor_with_times(1)
    vera = registrar_of(doctor)
    actions.block(vera, slots[0].pk)
    assert actions.unblock(vera, slots[0].pk).state == SlotState.FREE


@pytest.mark.act("slot.block")
def test_an_absence_closes_what_is_free_and_is_taken_back() -> None:
    doctor, slots = doctor_with_times(3)
    vera = registrar_of(doctor)
    actions.book(vera, slots[0].pk)
    actions.block(vera, slots[1].pk)
    on = words.moscow(slots[0].starts_at).date()
    away = actions.close_days(vera, doctor.pk, on, on)
    assert [_state(slot) for slot in slots] == ["booked", "blocked", "blocked"]
    actions.free(vera, slots[0].pk)
    assert _state(slots[0]) == "blocked", "given back, it closes with the others"
    other, _ = doctor_with_times(0)
    for stranger in (registrar_of(other), Actor(ActorKind.PATIENT, uuid7())):
        with pytest.raises(Refusal, match="missing"):
            actions.close_days(stranger, doctor.pk, on, on)
        with pytest.raises(Refusal, match="missing"):
            actions.reopen_days(stranger, away.pk)
    assert actions.reopen_days(vera, away.pk) == 2
    assert [_state(slot) for slot in slots] == ["free", "blocked", "free"], "a hand closed one"
    with pytest.raises(Refusal, match="missing"):
        actions.reopen_days(vera, away.pk)


def test_an_absence_takes_what_is_held() -> None:
    doctor, slots = doctor_with_times(2)
    vera, other = registrar_of(doctor), registrar_of(doctor)
    keeper = uuid7()
    actions.hold(other, slots[0].pk)
    actions.keep(vera, slots[1].pk, keeper, timedelta(minutes=15))
    on = words.moscow(slots[0].starts_at).date()
    away = actions.close_days(vera, doctor.pk, on, on)
    assert [_state(slot) for slot in slots] == ["blocked", "blocked"]
    with pytest.raises(SlotGone):
        actions.book(other, slots[0].pk)
    with pytest.raises(SlotGone):
        actions.book(vera, slots[1].pk, keeper=keeper)
    assert not actions.release(other, slots[0].pk)
    assert actions.reopen_days(vera, away.pk) == 2


def test_moved_out_of_an_absence_the_old_time_closes() -> None:
    doctor, slots = doctor_with_times(1)
    _, others = doctor_with_times(2, beside=doctor, begins_in=timedelta(hours=44))
    vera = registrar_of(doctor)
    actions.book(vera, slots[0].pk)
    on = words.moscow(slots[0].starts_at).date()
    actions.close_days(vera, doctor.pk, on, on)
    actions.move(vera, slots[0].pk, others[0].pk)
    assert (_state(slots[0]), _state(others[0])) == ("blocked", "booked")
    actions.move(vera, others[0].pk, others[1].pk)
    assert (_state(others[0]), _state(others[1])) == ("free", "booked")


def test_one_absence_taken_back_leaves_the_other_ones_days_closed() -> None:
    doctor, slots = doctor_with_times(1)
    later = builders.slots(doctor, 1, begins=slots[0].starts_at + timedelta(days=1))
    vera = registrar_of(doctor)
    first, last = (words.moscow(one.starts_at).date() for one in (slots[0], later[0]))
    both = actions.close_days(vera, doctor.pk, first, last)
    one = actions.close_days(vera, doctor.pk, last, last)
    assert actions.reopen_days(vera, both.pk) == 1
    assert (_state(slots[0]), _state(later[0])) == ("free", "blocked")
    assert actions.reopen_days(vera, one.pk) == 1


def test_times_of_all_doctors_come_in_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    doctor, slots = doctor_with_times(2)
    colleague, _ = doctor_with_times(1, beside=doctor)
    vera = registrar_of(doctor)
    actions.hold(vera, slots[1].pk)
    since = words.moscow(slots[0].starts_at).date()
    with django_assert_num_queries(1):
        found = queries.free_times(vera, since=since, speciality=doctor.speciality_id)
    assert {one.id for one in found} == {doctor.pk, colleague.pk}
    mine = next(one for one in found if one.id == doctor.pk)
    assert [slot.state for slot in mine.days[0].slots] == ["free", "mine"]
