"""Fifty people want one time: real commits, one wins, the others hear where there is room."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from priyom.kernel import clock
from priyom.schedule import actions
from priyom.schedule.models import Slot
from priyom.schedule.rules import SlotGone
from priyom.schedule.tests.builders import doctor_with_times, registrar_of
from priyom.testing.race import race


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
