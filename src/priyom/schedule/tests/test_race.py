"""Fifty people want one time: real commits, one wins, the others hear where there is room."""

from __future__ import annotations

from functools import partial

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
