"""Times by hand: added, moved, copied to another week; overlaps are told, never made."""

from __future__ import annotations

from datetime import timedelta

import pytest

from priyom.kernel import words
from priyom.kernel.refusal import Refusal
from priyom.schedule import actions
from priyom.schedule.models import Deviation, Slot
from priyom.schedule.plan import Visit
from priyom.schedule.rules import SlotKind, SlotState
from priyom.schedule.tests.builders import doctor_with_times, head_of, registrar_of
from priyom.testing.clock import Clock

pytestmark = pytest.mark.django_db


def test_what_lies_over_another_time_is_left_out_and_told(clock: Clock) -> None:
    doctor, slots = doctor_with_times(2)
    begin, length = slots[1].starts_at, timedelta(minutes=30)
    spans = [(begin + length * turn, begin + length * (turn + 1)) for turn in range(3)]
    told = actions.add(
        head_of(doctor), doctor.pk, spans, visit=Visit.REPEAT, kind=SlotKind.REGISTRAR
    )
    assert (told.made, told.overlapping) == (2, (spans[0],))
    made = Slot.objects.filter(doctor=doctor, visit=Visit.REPEAT, kind=SlotKind.REGISTRAR)
    assert made.count() == 2


@pytest.mark.act("slot.shift")
def test_a_free_time_is_moved_and_keeps_its_length(clock: Clock) -> None:
    doctor, slots = doctor_with_times(2)
    inna, to = head_of(doctor), slots[1].ends_at
    moved = actions.shift(inna, slots[0].pk, to)
    assert (moved.starts_at, moved.ends_at) == (to, to + timedelta(minutes=20))
    with pytest.raises(Refusal, match=r"slot\.overlaps"):
        actions.shift(inna, slots[0].pk, slots[1].starts_at + timedelta(minutes=5))
    with pytest.raises(Refusal, match=r"slot\.span"):
        actions.shift(inna, slots[0].pk, clock.instant - timedelta(minutes=5))
    assert Slot.objects.get(pk=slots[0].pk).starts_at == to
    actions.book(registrar_of(doctor), slots[0].pk)
    with pytest.raises(Refusal, match="wrong_state"):
        actions.shift(inna, slots[0].pk, to + timedelta(days=1))


def test_strangers_neither_add_nor_move_nor_copy() -> None:
    doctor, slots = doctor_with_times(1)
    other, _ = doctor_with_times(0)
    span = (slots[0].ends_at, slots[0].ends_at + timedelta(minutes=20))
    on = words.moscow(slots[0].starts_at).date()
    for who in (head_of(other), registrar_of(doctor)):
        with pytest.raises(Refusal, match="missing"):
            actions.add(who, doctor.pk, [span])
        with pytest.raises(Refusal, match="missing"):
            actions.shift(who, slots[0].pk, span[0])
        with pytest.raises(Refusal, match="missing"):
            actions.copy_week(who, doctor.pk, on, on + timedelta(days=7))
        with pytest.raises(Refusal, match="missing"):
            actions.copy_week(who, doctor.pk, on + timedelta(days=70), on)


def test_past_and_odd_times_are_refused(clock: Clock) -> None:
    doctor, slots = doctor_with_times(1)
    inna, begin = head_of(doctor), slots[0].ends_at
    for span in (
        (clock.instant - timedelta(hours=1), clock.instant),
        (begin, begin + timedelta(minutes=1)),
        (begin, begin + timedelta(hours=9)),
    ):
        with pytest.raises(Refusal, match=r"slot\.span"):
            actions.add(inna, doctor.pk, [span])
    with pytest.raises(Refusal, match=r"slot\.span"):
        actions.add(inna, doctor.pk, [(begin, begin + timedelta(minutes=20))] * 2001)


def test_a_week_is_copied_as_it_is_open(clock: Clock) -> None:
    clock.set(clock.instant.replace(2026, 11, 16, 5, 0))  # a Monday
    doctor, slots = doctor_with_times(4)
    vera, inna = registrar_of(doctor), head_of(doctor)
    actions.book(vera, slots[0].pk)
    actions.block(vera, slots[1].pk)
    Slot.objects.filter(pk=slots[3].pk).update(kind=SlotKind.DOCTOR)
    on = words.moscow(slots[0].starts_at).date()
    week = timedelta(days=7)
    told = actions.copy_week(inna, doctor.pk, on, on + week)
    assert (told.made, told.overlapping) == (3, ())
    copied = Slot.objects.filter(starts_at__gte=slots[0].starts_at + week).order_by("starts_at")
    assert [row.starts_at - week for row in copied] == [
        slots[0].starts_at, slots[2].starts_at, slots[3].starts_at,
    ]  # fmt: skip
    assert {row.state for row in copied} == {SlotState.FREE}
    assert copied[2].kind == SlotKind.DOCTOR
    again = actions.copy_week(inna, doctor.pk, on, on + week)
    assert (again.made, len(again.overlapping)) == (0, 3)
    with pytest.raises(Refusal, match=r"slot\.span"):
        actions.copy_week(inna, doctor.pk, on, on + timedelta(days=1))


def test_an_absence_from_a_calendar_closes_what_is_free(clock: Clock) -> None:
    doctor, slots = doctor_with_times(3)
    inna = head_of(doctor)
    actions.book(registrar_of(doctor), slots[0].pk)
    spans = [(slots[0].starts_at, slots[1].starts_at + timedelta(minutes=1))]
    assert actions.close_between(inna, doctor.pk, spans) == 1
    assert [Slot.objects.get(pk=slot.pk).state for slot in slots] == ["booked", "blocked", "free"]
    assert not Deviation.objects.exists()
    midnight = words.moscow(slots[0].starts_at).replace(hour=0, minute=0)
    days = [(midnight, midnight + timedelta(days=2))]
    assert actions.close_between(inna, doctor.pk, days) == 1
    off = Deviation.objects.get()
    assert (off.last_on - off.first_on, off.turn) == (timedelta(days=1), "off")
