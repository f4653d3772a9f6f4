"""A week, its exceptions and the calendar make times; comparing twice changes nothing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priyom.kernel.clock import MOSCOW
from priyom.kernel.refusal import Refusal
from priyom.schedule.plan import (
    Change,
    Existing,
    Planned,
    Stretch,
    Turn,
    Visit,
    check,
    check_change,
    compare,
    times,
    whole_days,
)
from priyom.schedule.rules import SlotKind, SlotState

MONDAY = date(2026, 11, 30)


def _hours(text: str, weekday: int = 1, **more: Any) -> Stretch:
    opens, _, closes = text.partition("-")
    return Stretch(weekday, time.fromisoformat(opens), time.fromisoformat(closes), **more)


def _begins(found: tuple[Planned, ...]) -> list[str]:
    return [f"{one.starts_at:%H:%M}" for one in found]


def test_hours_are_cut_and_a_break_moves_what_follows() -> None:
    week = [
        _hours("09:00-11:00", minutes=30),
        _hours("09:45-10:10", is_break=True),
        _hours("11:00-11:35", minutes=15, visit=Visit.REPEAT, kind=SlotKind.DOCTOR),
    ]
    found = times(week, [], MONDAY)
    # 09:30 would run into the break, 10:40 past the end.
    assert _begins(found) == ["09:00", "10:10", "11:00", "11:15"]
    assert [one.visit for one in found] == [Visit.FIRST, Visit.FIRST, Visit.REPEAT, Visit.REPEAT]
    assert found[-1].kind is SlotKind.DOCTOR
    assert times(week, [], MONDAY + timedelta(days=1)) == ()


def test_holidays_and_moved_days_of_russia_are_known() -> None:
    week = [_hours("09:00-10:00", weekday) for weekday in (1, 2, 3, 4, 5)]
    assert times(week, [], date(2026, 11, 4)) == (), "the Day of National Unity"
    assert times(week, [], date(2026, 12, 31)) == (), "moved by the decree of 2025"
    saturday = date(2027, 2, 20)

    def worked(on: date) -> Literal["on", "plain"]:
        return "on" if on == saturday else "plain"

    assert _begins(times(week, [], saturday, worked)) == ["09:00", "09:20", "09:40"]
    assert times(week, [], saturday + timedelta(days=7)) == ()


def test_exceptions_close_days_cut_them_and_open_holidays() -> None:
    week = [_hours("09:00-12:00", weekday, minutes=60) for weekday in range(1, 8)]
    off = Change(MONDAY, MONDAY, Turn.OFF)
    half = Change(MONDAY, MONDAY, Turn.PART, time(10), time(12))
    assert times(week, [off], MONDAY) == ()
    assert times(week, [off, half], MONDAY) == ()
    assert _begins(times(week, [half], MONDAY)) == ["10:00", "11:00"]
    assert _begins(times(week, [half], MONDAY + timedelta(days=1))) == ["09:00", "10:00", "11:00"]
    holiday = date(2026, 11, 4)
    assert _begins(times(week, [Change(holiday, holiday, Turn.ON)], holiday)) == [
        "09:00", "10:00", "11:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("stretch", "field"),
    [
        (_hours("12:00-11:00"), "closes"),
        (_hours("13:00-14:00", minutes=3), "minutes"),
        (_hours("13:00-13:10", minutes=20), "minutes"),
        (_hours("10:30-12:00"), "opens"),
        (_hours("10:10-10:20", is_break=True), None),
        (_hours("10:30-12:00", 2), None),
    ],
)
def test_hours_that_cannot_be_are_refused_beside_their_field(
    stretch: Stretch, field: str | None
) -> None:
    week = [_hours("09:00-11:00")]
    if field is None:
        check(stretch, week)
        return
    with pytest.raises(Refusal) as refused:
        check(stretch, week)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "change",
    [
        Change(MONDAY, MONDAY - timedelta(days=1), Turn.OFF),
        Change(MONDAY, MONDAY + timedelta(days=400), Turn.OFF),
        Change(MONDAY, MONDAY, Turn.PART, time(12), time(12)),
    ],
)
def test_exceptions_that_cannot_be_are_refused(change: Change) -> None:
    with pytest.raises(Refusal):
        check_change(change)


def test_whole_days_of_a_span() -> None:
    noon = datetime.combine(MONDAY, time(12), MOSCOW)
    midnight = datetime.combine(MONDAY, time.min, MOSCOW)
    day = timedelta(days=1)
    assert whole_days(midnight, midnight + 2 * day) == (MONDAY, MONDAY + day)
    assert whole_days(noon, midnight + 3 * day) == (MONDAY + day, MONDAY + 2 * day)
    first, last = whole_days(noon, noon + timedelta(hours=2))
    assert last < first


_STRETCHES = st.builds(
    lambda begin, length, minutes, is_break: Stretch(
        1,
        time(begin // 60, begin % 60),
        time((begin + length) // 60, (begin + length) % 60),
        minutes,
        is_break=is_break,
    ),
    st.integers(0, 1000),
    st.integers(5, 400),
    st.integers(5, 240),
    st.booleans(),
)


def _accepted(stretches: list[Stretch]) -> list[Stretch]:
    week: list[Stretch] = []
    for one in stretches:
        try:
            check(one, week)
        except Refusal:
            continue
        week.append(one)
    return week


@given(st.lists(_STRETCHES, max_size=6))
def test_times_never_overlap_and_never_lie_in_a_break(stretches: list[Stretch]) -> None:
    week = _accepted(stretches)
    found = times(week, [], MONDAY)
    assert all(a.ends_at <= b.starts_at for a, b in pairwise(found))
    rests = [one for one in week if one.is_break]
    for one in found:
        assert not any(
            rest.opens < one.ends_at.time() and one.starts_at.time() < rest.closes for rest in rests
        )


def _there(one: Planned, state: SlotState = SlotState.FREE, **more: bool) -> Existing:
    told = {"is_planned": True, "is_plans_closing": False} | more
    return Existing(uuid4(), one.starts_at, one.ends_at, state, one.visit, one.kind, **told)


def test_comparing_makes_closes_opens_and_leaves_people_alone() -> None:
    plan = times([_hours("09:00-11:00", minutes=30)], [], MONDAY)
    old = times([_hours("12:00-14:00", minutes=30)], [], MONDAY)
    existing = [
        _there(plan[0]),
        _there(plan[1], SlotState.BLOCKED, is_plans_closing=True),
        _there(plan[2], SlotState.BLOCKED),
        _there(old[0]),
        _there(old[1], SlotState.BOOKED),
        _there(old[2], is_planned=False),
        _there(old[3], SlotState.HELD),
    ]
    told = compare(plan, existing)
    assert told.make == [plan[3]]
    assert [one.id for one in told.close] == [existing[3].id]
    assert [one.id for one, _ in told.reopen] == [existing[1].id]
    assert [one.id for one in told.stays] == [existing[4].id, existing[6].id]


def test_a_new_length_waits_where_somebody_is_booked() -> None:
    old = times([_hours("09:00-10:00", minutes=20)], [], MONDAY)
    plan = times([_hours("09:00-10:00", minutes=30)], [], MONDAY)
    told = compare(plan, [_there(old[0]), _there(old[1], SlotState.BOOKED), _there(old[2])])
    assert told.make == [], "both halves touch the booked 09:20–09:40"
    assert len(told.close) == 2
    assert len(told.stays) == 1


_STATES = st.sampled_from(list(SlotState))


@given(
    st.lists(_STRETCHES, max_size=4),
    st.lists(_STRETCHES, max_size=4),
    st.lists(st.tuples(_STATES, st.booleans(), st.booleans()), min_size=60, max_size=60),
)
def test_publishing_twice_changes_nothing_the_second_time(
    before: list[Stretch], after: list[Stretch], fates: list[tuple[SlotState, bool, bool]]
) -> None:
    old = times(_accepted(before), [], MONDAY)
    plan = times(_accepted(after), [], MONDAY)
    existing = [
        _there(one, state, is_planned=planned, is_plans_closing=state == "blocked" and by_plan)
        for one, (state, planned, by_plan) in zip(old, fates, strict=False)
    ]
    second = compare(plan, _applied(plan, existing))
    assert second.is_empty


def _applied(plan: tuple[Planned, ...], existing: list[Existing]) -> list[Existing]:
    told = compare(plan, existing)
    closed = {one.id for one in told.close}
    opened: dict[UUID, Planned] = {one.id: to for one, to in [*told.reopen, *told.adapt]}
    rows = []
    for one in existing:
        state, visit, kind, by_plan = one.state, one.visit, one.kind, one.is_plans_closing
        if one.id in closed:
            state, by_plan = SlotState.BLOCKED, True
        if one.id in opened:
            state, by_plan = SlotState.FREE, False
            visit, kind = opened[one.id].visit, opened[one.id].kind
        rows.append(
            Existing(
                one.id, one.starts_at, one.ends_at, state, visit, kind, one.is_planned, by_plan
            )
        )
    rows += [_there(one) for one in told.make]
    open_ = sorted(one.span for one in rows if one.state is not SlotState.BLOCKED)
    assert all(a[1] <= b[0] for a, b in pairwise(open_)), "no overlap"
    return rows
