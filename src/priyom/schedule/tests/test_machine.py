"""Registrars hold, let go, book, move, cancel and close in any order: the base keeps its word."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from priyom.kernel import clock
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.schedule import actions
from priyom.schedule.models import Slot
from priyom.schedule.rules import SlotGone, SlotState, Sought
from priyom.schedule.tests.builders import doctor_with_times, registrar_of
from priyom.testing import builders

PEOPLE = st.integers(0, 2)
TIMES = st.integers(0, 6)
"""More than there are in the beginning: new ones come."""


class Schedule(RuleBasedStateMachine):
    """One doctor's times and three registrars, beside a model in plain Python."""

    def __init__(self) -> None:
        super().__init__()
        self.doctor, slots = doctor_with_times(4)
        self.people = [registrar_of(self.doctor) for _ in range(3)]
        self.keys: list[UUID] = [slot.pk for slot in slots]
        self.state: dict[UUID, str] = dict.fromkeys(self.keys, "free")
        self.holder: dict[UUID, int] = {}
        self.over: set[UUID] = set()
        """Held, and the time to hold is over."""
        self.spans = {slot.pk: (slot.starts_at, slot.ends_at) for slot in slots}

    def teardown(self) -> None:
        """Leave nothing to the next example: the sweep looks at all doctors."""
        Slot.objects.filter(doctor=self.doctor).delete()

    def key(self, place: int) -> UUID:
        return self.keys[place % len(self.keys)]

    def may_have(self, who: int, key: UUID) -> bool:
        is_held = self.state[key] == "held"
        return self.state[key] == "free" or (
            is_held and (key in self.over or self.holder[key] == who)
        )

    def becomes(self, key: UUID, state: str, who: int | None = None) -> None:
        self.state[key] = state
        self.over.discard(key)
        self.holder.pop(key, None)
        if who is not None:
            self.holder[key] = who

    @rule(who=PEOPLE, place=TIMES)
    def hold(self, who: int, place: int) -> None:
        key = self.key(place)
        if self.may_have(who, key):
            assert actions.hold(self.people[who], key).pk == key
            self.becomes(key, "held", who)
        else:
            self.is_refused(lambda: actions.hold(self.people[who], key), who)

    @rule(who=PEOPLE, place=TIMES, other=TIMES)
    def choose_another(self, who: int, place: int, other: int) -> None:
        key, before = self.key(place), self.key(other)
        if self.may_have(who, key):
            actions.hold(self.people[who], key, instead_of=before)
            if before != key and self.holder.get(before) == who:
                self.becomes(before, "free")
            self.becomes(key, "held", who)
        else:
            self.is_refused(lambda: actions.hold(self.people[who], key, instead_of=before), who)

    @rule(who=PEOPLE)
    def hold_any(self, who: int) -> None:
        free = [key for key in self.keys if self.may_have(who, key)]
        first = min(free, key=lambda key: self.spans[key], default=None)
        sought = Sought(self.doctor.speciality_id)
        if first is None:
            with pytest.raises(SlotGone, match=r"slot\.none"):
                actions.hold_any(self.people[who], sought)
        else:
            assert actions.hold_any(self.people[who], sought).pk == first
            self.becomes(first, "held", who)

    @rule(who=PEOPLE, place=TIMES)
    def release(self, who: int, place: int) -> None:
        key = self.key(place)
        is_mine = self.holder.get(key) == who
        assert actions.release(self.people[who], key) == is_mine
        if is_mine:
            self.becomes(key, "free")

    @rule(place=TIMES)
    def time_passes(self, place: int) -> None:
        key = self.key(place)
        if self.state[key] == "held":
            Slot.objects.filter(pk=key).update(held_until=clock.now() - timedelta(minutes=1))
            self.over.add(key)

    @rule()
    def sweep(self) -> None:
        assert actions.release_expired() == len(self.over)
        for key in list(self.over):
            self.becomes(key, "free")

    @rule(who=PEOPLE, place=TIMES)
    def book(self, who: int, place: int) -> None:
        key = self.key(place)
        if self.may_have(who, key):
            assert actions.book(self.people[who], key).pk == key
            self.becomes(key, "booked")
        else:
            self.is_refused(lambda: actions.book(self.people[who], key), who)

    @rule(who=PEOPLE, place=TIMES, other=TIMES)
    def move(self, who: int, place: int, other: int) -> None:
        """The new time first, then the old one freed, as a consultation's move does."""
        old, new = self.key(place), self.key(other)
        if self.state[old] != "booked":
            return
        if self.may_have(who, new):
            with transaction.atomic():
                actions.book(self.people[who], new)
                actions.free(self.people[who], old)
            self.becomes(new, "booked")
            self.becomes(old, "free")
        else:
            self.is_refused(lambda: actions.book(self.people[who], new), who)

    @rule(place=TIMES)
    def cancel(self, place: int) -> None:
        key = self.key(place)
        actions.free(self.people[0], key)
        if self.state[key] == "booked":
            self.becomes(key, "free")

    @rule(place=TIMES)
    def block(self, place: int) -> None:
        key = self.key(place)
        if self.state[key] == "free":
            actions.block(self.people[0], key)
            self.becomes(key, "blocked")
        else:
            with pytest.raises(Refusal, match="wrong_state"):
                actions.block(self.people[0], key)

    @rule(place=TIMES)
    def unblock(self, place: int) -> None:
        key = self.key(place)
        lies_over = any(self.overlap(key, other) for other in self.keys if other != key)
        if self.state[key] == "blocked" and not lies_over:
            actions.unblock(self.people[0], key)
            self.becomes(key, "free")
        else:
            with pytest.raises(Refusal, match=r"wrong_state|slot\.overlaps"):
                actions.unblock(self.people[0], key)

    @rule(after=st.integers(0, 12))
    def add_a_time(self, after: int) -> None:
        begin = min(begin for begin, _ in self.spans.values()) + timedelta(minutes=10 * after)
        span = (begin, begin + timedelta(minutes=20))
        is_over = any(
            _meet(span, self.spans[key]) for key in self.keys if self.state[key] != "blocked"
        )
        try:
            with transaction.atomic():
                (made,) = builders.slots(self.doctor, 1, begins=begin)
        except IntegrityError:
            assert is_over
        else:
            assert not is_over
            self.keys.append(made.pk)
            self.state[made.pk] = "free"
            self.spans[made.pk] = span

    def overlap(self, one: UUID, other: UUID) -> bool:
        return self.state[other] != "blocked" and _meet(self.spans[one], self.spans[other])

    def is_refused(self, act: object, who: int) -> None:
        """Fairly: with times that the loser may really have, the taken one not among them."""
        assert callable(act)
        with pytest.raises(SlotGone) as gone:
            act()
        assert gone.value.kind is RefusalKind.CONFLICT
        assert all(self.may_have(who, near.slot) for near in gone.value.nearest)
        free = [key for key in self.keys if self.may_have(who, key)]
        assert len(gone.value.nearest) == min(3, len(free))

    @invariant()
    def the_base_says_the_same(self) -> None:
        rows = {row.pk: row for row in Slot.objects.filter(doctor=self.doctor)}
        assert {key: row.state for key, row in rows.items()} == self.state
        assert {key: row.held_by for key, row in rows.items() if row.held_by} == {
            key: self.people[who].account for key, who in self.holder.items()
        }

    @invariant()
    def no_two_times_overlap(self) -> None:
        open_ = sorted(self.spans[key] for key in self.keys if self.state[key] != SlotState.BLOCKED)
        assert all(one[1] <= two[0] for one, two in pairwise(open_))


def _meet(one: tuple[datetime, datetime], two: tuple[datetime, datetime]) -> bool:
    return one[0] < two[1] and two[0] < one[1]


@pytest.mark.django_db
def test_no_order_of_acts_doubles_or_loses_a_time() -> None:
    run_state_machine_as_test(
        Schedule, settings=settings(max_examples=30, stateful_step_count=30, deadline=None)
    )
