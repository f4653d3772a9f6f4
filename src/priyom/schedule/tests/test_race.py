"""Fifty people want one time: real commits, one wins, the others hear where there is room."""

from __future__ import annotations

from datetime import time, timedelta
from functools import partial
from time import monotonic
from uuid import UUID

import psycopg
import pytest

from priyom.kernel import clock
from priyom.kernel.actor import Actor
from priyom.schedule import actions
from priyom.schedule.actions import booking
from priyom.schedule.models import Plan, Slot
from priyom.schedule.plan import Stretch
from priyom.schedule.rules import SlotGone, SlotState, Sought
from priyom.schedule.tests.builders import doctor_with_times, head_of, registrar_of
from priyom.testing.race import crowd, race


def test_fifty_bookings_of_one_time_make_one(committed_db: None) -> None:
    doctor, slots = doctor_with_times(4)
    people = [registrar_of(doctor) for _ in range(50)]
    outcomes = race(*(partial(actions.book, one, slots[0].pk) for one in people))
    assert sum(isinstance(one, Slot) for one in outcomes) == 1
    losers = [one for one in outcomes if isinstance(one, SlotGone)]
    assert len(losers) == 49
    assert all(len(one.nearest) == 3 for one in losers)


def test_two_who_swap_their_times_do_not_wait_in_a_ring(committed_db: None) -> None:
    doctor, (first, second) = doctor_with_times(2)
    vera, zoya = registrar_of(doctor), registrar_of(doctor)
    for _ in range(15):
        late = clock.now() - timedelta(hours=1)
        for slot, who in ((first, vera), (second, zoya)):
            Slot.objects.filter(pk=slot.pk).update(
                state="held", held_by=who.account, held_until=late
            )
        got = race(
            partial(actions.hold, vera, second.pk, instead_of=first.pk),
            partial(actions.hold, zoya, first.pk, instead_of=second.pk),
        )
        assert all(isinstance(one, Slot | SlotGone) for one in got), got


def test_two_heads_who_close_the_same_times_do_not_wait_in_a_ring(committed_db: None) -> None:
    doctor, slots = doctor_with_times(20)
    early = slots[0].starts_at, slots[10].starts_at
    late = slots[10].starts_at, slots[19].ends_at
    for _ in range(15):
        Slot.objects.update(state=SlotState.FREE, closed_by="")
        got = race(
            partial(actions.close_between, head_of(doctor), doctor.pk, [early, late]),
            partial(actions.close_between, head_of(doctor), doctor.pk, [late, early]),
        )
        assert sorted(map(str, got)) == ["0", "20"]


def _come(who: Actor, sought: Sought, first: UUID, *, leaves: bool) -> UUID | None:
    """Hold a time and book it; None for who leaves after holding, or finds all booked.

    `first` is the time wanted; after a refusal the nearest one offered, then any.
    """
    wanted: UUID | None = first
    until = monotonic() + 30
    while monotonic() < until:
        try:
            held = actions.hold(who, wanted) if wanted else actions.hold_any(who, sought)
            if leaves:
                return None
            return actions.book(who, held.pk).pk
        except SlotGone as gone:
            wanted = gone.nearest[0].slot if gone.nearest else None
            if not wanted and not Slot.objects.exclude(state=SlotState.BOOKED).exists():
                return None
    raise AssertionError("a client came to no end")


def test_two_hundred_race_for_twenty_times_while_holds_run_out(
    committed_db: None, audit_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booking, "HOLD_FOR", timedelta(milliseconds=40))
    doctor, slots = doctor_with_times(20)
    sought = Sought(doctor.speciality_id)
    people = [registrar_of(doctor) for _ in range(200)]
    outcomes = crowd(
        *(
            partial(_come, who, sought, slots[turn % 20].pk, leaves=turn % 3 == 0)
            for turn, who in enumerate(people)
        )
    )
    assert not [one for one in outcomes if isinstance(one, Exception)], "nobody waits in a ring"
    won = [one for one in outcomes if isinstance(one, UUID)]
    assert sorted(won) == sorted(slot.pk for slot in slots), "each time once, none lost"
    assert set(Slot.objects.values_list("state", flat=True)) == {SlotState.BOOKED}
    with psycopg.connect(audit_dsn) as trail:
        booked = trail.execute("SELECT subject FROM audit_event WHERE action = 'slot.book'")
        assert sorted(key for (key,) in booked) == sorted(str(slot.pk) for slot in slots)


def test_any_free_gives_each_of_twenty_another_time(committed_db: None) -> None:
    doctor, slots = doctor_with_times(20)
    sought = Sought(doctor.speciality_id)
    people = [registrar_of(doctor) for _ in range(20)]
    outcomes = race(*(partial(actions.hold_any, who, sought) for who in people))
    assert sorted(one.pk for one in outcomes if isinstance(one, Slot)) == sorted(
        slot.pk for slot in slots
    )


def test_two_heads_publish_at_once(committed_db: None) -> None:
    doctor, _ = doctor_with_times(0)
    heads = [head_of(doctor), head_of(doctor)]
    for weekday in range(1, 8):
        actions.add_hours(heads[0], doctor.pk, Stretch(weekday, time(9), time(12), 60))
    told = race(*(partial(actions.publish, head, doctor.pk) for head in heads))
    assert all(isinstance(one, actions.Published) for one in told), told
    made = Slot.objects.filter(doctor=doctor).count()
    assert sum(one.made for one in told if isinstance(one, actions.Published)) == made > 0
    assert Plan.objects.count() == 1
