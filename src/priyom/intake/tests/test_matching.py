"""Who gets a time: wish, doctor, urgency and waiting decide, and the reasons are said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from priyom.intake.matching import Opening, Waiting, rank, share_out
from priyom.intake.rules import Urgency
from priyom.kernel.ids import uuid7
from priyom.kernel.words import NBSP
from priyom.schedule.rules import FreeTime

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
TIME = Opening(uuid7(), uuid7(), NOW + 5 * HOUR)
IN_WISH = ((NOW + 4 * HOUR, NOW + 8 * HOUR),)
ANNA = Waiting(uuid7(), NOW - HOUR, NOW + 20 * HOUR, Urgency.PLANNED, IN_WISH, None, True)


def _other(**changes: Any) -> Waiting:
    return replace(ANNA, request=uuid7(), **changes)


def _order(*people: Waiting) -> list[int]:
    ids = [one.request for one in people]
    return [ids.index(match.request) for match in rank(TIME, people, NOW)]


def test_of_equal_ones_who_waits_longer_comes_first() -> None:
    assert _order(ANNA, _other(asked_at=NOW - 3 * HOUR)) == [1, 0]
    same = [_other(asked_at=NOW - timedelta(days=days)) for days in (10, 30)]
    assert _order(*same) == [1, 0]


def test_a_wish_outweighs_waiting_and_urgency_outweighs_a_wish_for_any_time() -> None:
    outside = _other(spans=((NOW + 30 * HOUR, NOW + 31 * HOUR),), asked_at=NOW - 90 * HOUR)
    anytime = _other(spans=())
    over = _other(spans=((NOW - 9 * HOUR, NOW - 8 * HOUR),), asked_at=NOW)
    urgent = _other(spans=(), urgency=Urgency.URGENT)
    assert _order(outside, anytime, ANNA, urgent, over) == [3, 2, 1, 4, 0]


def test_the_wished_doctor_counts_both_ways() -> None:
    own, other = _other(doctor=TIME.doctor), _other(doctor=uuid7())
    assert _order(other, ANNA, own) == [2, 1, 0]


def test_the_reasons_are_said() -> None:
    late = _other(
        urgency=Urgency.URGENT,
        doctor=TIME.doctor,
        due_at=NOW - HOUR,
        asked_at=NOW - 26 * HOUR,
    )
    (match,) = rank(TIME, [late], NOW)
    assert match.reasons == (
        "в удобное время", "срочная", "просит этого врача", "срок ответа вышел", f"ждёт 26{NBSP}ч",
    )  # fmt: skip
    assert match.may_follow
    (silent,) = rank(TIME, [_other(can_be_written_to=False)], NOW)
    assert not silent.may_follow
    (outside,) = rank(TIME, [_other(spans=((NOW + 30 * HOUR, NOW + 31 * HOUR),))], NOW)
    assert not outside.may_follow
    assert outside.reasons[0] == "вне удобного времени"


_PEOPLE = st.lists(
    st.builds(
        lambda asked, due, urgent, wish, doctor: _other(
            asked_at=NOW - asked * HOUR,
            due_at=NOW + due * HOUR,
            urgency=Urgency.URGENT if urgent else Urgency.PLANNED,
            spans=((NOW + wish * HOUR, NOW + (wish + 4) * HOUR),) if wish else (),
            doctor={0: None, 1: TIME.doctor, 2: uuid7()}[doctor],
        ),
        st.integers(0, 200),
        st.integers(-10, 10),
        st.booleans(),
        st.integers(0, 9),
        st.integers(0, 2),
    ),
    max_size=12,
)


@given(_PEOPLE)
def test_nobody_is_lost_and_the_order_is_of_points(people: list[Waiting]) -> None:
    found = rank(TIME, people, NOW)
    assert {one.request for one in found} == {one.request for one in people}
    assert [one.points for one in found] == sorted((one.points for one in found), reverse=True)


@given(_PEOPLE, st.integers(1, 100))
def test_waiting_longer_never_ranks_lower(people: list[Waiting], hours: int) -> None:
    before = rank(TIME, [*people, ANNA], NOW)
    longer = replace(ANNA, asked_at=ANNA.asked_at - hours * HOUR)
    after = rank(TIME, [*people, longer], NOW)
    place = [one.request for one in before].index(ANNA.request)
    assert [one.request for one in after].index(ANNA.request) <= place


TIMES = [
    FreeTime(uuid7(), uuid7(), "Соколова И. П.", NOW + n * HOUR, NOW + (n + 1) * HOUR, n * HOUR)
    for n in range(12)
]


@given(
    people=st.lists(
        st.lists(st.integers(0, 11), max_size=9, unique=True).map(sorted), min_size=1, max_size=5
    ),
    each=st.integers(1, 3),
)
def test_times_are_shared_out_as_far_as_they_suffice(people: list[list[int]], each: int) -> None:
    near = {uuid7(): [TIMES[place] for place in places] for places in people}
    given_out = share_out(near, each)
    for key, times in given_out.items():
        assert len(times) == len({one.slot for one in times}) == min(each, len(near[key]))
        assert {one.slot for one in times} <= {one.slot for one in near[key]}
        assert list(times) == sorted(times, key=lambda one: one.starts_at)
    firsts = [places[0] for places in people if places]
    if len(set(firsts)) == len(firsts):
        for key, times in given_out.items():
            if near[key]:
                assert near[key][0] in times, "the own nearest, when nobody else's is the same"


def test_two_people_see_different_times_while_there_are_enough() -> None:
    anna, gleb = uuid7(), uuid7()
    shared = share_out({anna: TIMES[:6], gleb: TIMES[:6]}, 3)
    assert not {one.slot for one in shared[anna]} & {one.slot for one in shared[gleb]}
    scarce = share_out({anna: TIMES[:4], gleb: TIMES[:4]}, 3)
    assert len({one.slot for one in scarce[anna]} & {one.slot for one in scarce[gleb]}) == 2
