"""The promise clock as a rule: what is promised, when it is broken, what a hand-over changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priyom.consultations.promise import Interval, Place, Promise, Terms, Word, promise, question
from priyom.kernel.clock import MOSCOW
from priyom.kernel.workdays import Hours

TERMS = Terms(timedelta(minutes=15), timedelta(hours=4), Hours(time(8), time(20)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


FRIDAY = Interval(at("2026-11-27T14:20"), at("2026-11-27T14:40"))


def told(*words: tuple[str, str, str]) -> list[Word]:
    """Return words of the log: side, kind, Moscow time."""
    return [
        Word(seq, side, kind, at(when if "T" in when else f"2026-11-27T{when}"))
        for seq, (side, kind, when) in enumerate(words, start=1)
    ]


def now(
    words: Sequence[Word], when: str, interval: Interval = FRIDAY, terms: Terms = TERMS
) -> Promise | None:
    return promise(words, interval, terms, at(when if "T" in when else f"2026-11-27T{when}"))


def until(words: Sequence[Word], interval: Interval = FRIDAY) -> str:
    made = promise(words, interval, TERMS, interval.starts_at)
    return f"{made.due_at.astimezone(MOSCOW):%Y-%m-%dT%H:%M}" if made else ""


ASKS = ("patient", "message")
ANSWERS = ("doctor", "message")
REQUEST = ("doctor", "asked")


def test_within_the_appointment_minutes_count() -> None:
    words = told((*ASKS, "14:25"))
    made = now(words, "14:26")
    assert made is not None
    assert (made.due_at, made.is_overdue, made.is_running) == (at("2026-11-27T14:40"), False, True)
    assert made.since == words[0].at
    late = now(words, "14:41")
    assert late is not None
    assert late.is_overdue


@pytest.mark.parametrize("answer", ["message", "file", "voice", "video", "asked", "call"])
def test_whatever_the_doctor_says_answers(answer: str) -> None:
    assert now(told((*ASKS, "14:25"), ("doctor", answer, "14:27")), "14:30") is None


@pytest.mark.parametrize("kind", ["begun", "call_ended", "consented", "rescheduled"])
def test_what_acts_write_answers_nothing(kind: str) -> None:
    assert now(told((*ASKS, "14:25"), ("doctor", kind, "14:27")), "14:30") is not None


def test_the_first_unanswered_counts_and_not_the_last() -> None:
    words = told((*ASKS, "14:21"), (*ANSWERS, "14:22"), (*ASKS, "14:23"), (*ASKS, "14:30"))
    assert until(words) == "2026-11-27T14:38"


def test_from_before_the_clock_waits_for_the_appointment() -> None:
    words = told((*ASKS, "2026-11-25T23:00"))
    waits = now(words, "14:19")
    assert waits is not None
    assert (waits.is_running, waits.due_at) == (False, at("2026-11-27T14:35"))
    runs = now(words, "14:20")
    assert runs is not None
    assert runs.is_running


def test_begun_early_the_appointment_is_longer() -> None:
    early = Interval.of(FRIDAY.starts_at, FRIDAY.ends_at, at("2026-11-27T14:10"))
    assert until(told((*ASKS, "14:12")), early) == "2026-11-27T14:27"
    late = Interval.of(FRIDAY.starts_at, FRIDAY.ends_at, at("2026-11-27T14:30"))
    assert late == FRIDAY


@pytest.mark.parametrize(
    ("asked", "answered", "due"),
    [
        ("2026-11-23T10:00", "2026-11-23T12:00", "2026-11-23T16:00"),
        ("2026-11-20T10:00", "2026-11-20T19:00", "2026-11-23T11:00"),  # over a weekend
        ("2026-11-20T10:00", "2026-11-21T11:00", "2026-11-23T12:00"),  # on a Saturday
        ("2026-11-03T10:00", "2026-11-03T18:00", "2026-11-05T10:00"),  # over a holiday
        ("2026-11-27T09:00", "2026-11-27T14:00", "2026-11-27T14:35"),  # the appointment is sooner
    ],
)
def test_data_that_were_asked_for_have_working_hours(asked: str, answered: str, due: str) -> None:
    words = told((*REQUEST, asked), ("patient", "file", answered))
    assert until(words) == due
    assert now(words, answered) is not None
    assert now(words, answered).is_running  # type: ignore[union-attr]


def test_over_the_years_end() -> None:
    booked = Interval(at("2027-01-12T10:00"), at("2027-01-12T10:20"))
    words = told((*REQUEST, "2026-12-30T15:00"), ("patient", "file", "2026-12-30T19:00"))
    assert until(words, booked) == "2027-01-11T11:00"


def test_a_request_lasts_until_it_was_answered() -> None:
    day = "2026-11-23T"
    words = told((*REQUEST, f"{day}10:00"), (*ANSWERS, f"{day}10:05"), (*ASKS, f"{day}11:00"))
    assert until(words) == f"{day}15:00"
    words = told(
        (*REQUEST, f"{day}10:00"), (*ASKS, f"{day}11:00"), (*ANSWERS, f"{day}11:05"),
        (*ASKS, f"{day}12:00"),
    )  # fmt: skip
    assert until(words) == "2026-11-27T14:35", "the request is done, this one waits"


@pytest.mark.parametrize(
    ("asked", "due"),
    [("14:40", "2026-11-27T14:55"), ("14:41", "2026-11-27T18:41"), ("18:00", "2026-11-30T10:00")],
)
def test_after_the_appointment_working_hours_count(asked: str, due: str) -> None:
    assert until(told((*ASKS, asked))) == due


def test_seconds_are_rounded_up() -> None:
    assert until(told((*ASKS, "14:25:01"))) == "2026-11-27T14:41"


def test_a_hand_over_keeps_the_promise() -> None:
    words = told((*ASKS, "14:25"), ("doctor", "handed_over", "14:30"))
    assert until(words) == "2026-11-27T14:40"


def test_a_broken_promise_is_given_anew_to_whoever_takes_over() -> None:
    words = told((*ASKS, "14:22"), ("doctor", "handed_over", "14:38"))
    made = now(words, "14:39")
    assert made is not None
    assert (made.due_at, made.is_overdue) == (at("2026-11-27T14:53"), False)
    assert made.since == at("2026-11-27T14:22"), "the patient has waited since the question"


def test_a_hand_over_over_a_weekend() -> None:
    words = told((*ASKS, "14:22"), ("doctor", "handed_over", "2026-11-28T12:00"))
    assert until(words) == "2026-11-30T12:00"


@pytest.mark.parametrize(
    ("when", "place"),
    [("14:19:59", "до приёма"), ("14:20", ""), ("14:40", ""), ("14:40:01", "после приёма")],
)
def test_where_something_was_written(when: str, place: str) -> None:
    assert FRIDAY.place(at(f"2026-11-27T{when}")) == Place(place)


minutes = st.integers(0, 60 * 24 * 21)
intervals = st.builds(
    lambda start, length: Interval(
        at("2026-12-20T00:00") + timedelta(minutes=start),
        at("2026-12-20T00:00") + timedelta(minutes=start + length),
    ),
    minutes,
    st.integers(5, 90),
)
term = st.builds(
    lambda reply, outside: Terms(
        timedelta(minutes=reply), timedelta(minutes=outside), Hours(time(9), time(18))
    ),
    st.integers(1, 300),
    st.integers(1, 3000),
)
KINDS = ("message", "file", "asked", "call", "handed_over", "begun")
logs = st.lists(
    st.tuples(st.sampled_from(("patient", "doctor")), st.sampled_from(KINDS), minutes), max_size=12
).map(
    lambda rows: [
        Word(seq, side, kind, at("2026-12-20T00:00") + timedelta(minutes=when))
        for seq, (side, kind, when) in enumerate(sorted(rows, key=lambda row: row[2]), start=1)
    ]
)


@given(logs, intervals, term)
def test_a_new_question_has_its_promise_ahead(
    words: list[Word], interval: Interval, terms: Terms
) -> None:
    last = words[-1].at if words else interval.starts_at
    made = promise([*words, Word(99, "patient", "message", last)], interval, terms, last)
    assert made is not None
    if made.seq == 99:
        assert made.due_at > last
        assert not made.is_overdue


@given(logs, intervals, term, minutes, minutes)
def test_as_time_passes_only_late_becomes_true(
    words: list[Word], interval: Interval, terms: Terms, one: int, other: int
) -> None:
    start = at("2026-12-20T00:00")
    first, second = sorted((one, other))
    sooner = promise(words, interval, terms, start + timedelta(minutes=first))
    later = promise(words, interval, terms, start + timedelta(minutes=second))
    assert (sooner is None) == (later is None)
    if sooner and later:
        assert (sooner.due_at, sooner.seq) == (later.due_at, later.seq)
        assert sooner.is_overdue <= later.is_overdue
        assert sooner.is_running <= later.is_running


@given(logs, intervals, term)
def test_writing_more_never_moves_the_promise(
    words: list[Word], interval: Interval, terms: Terms
) -> None:
    before = promise(words, interval, terms, interval.ends_at)
    more = [*words, Word(99, "patient", "message", words[-1].at if words else interval.ends_at)]
    after = promise(more, interval, terms, interval.ends_at)
    assert before is None or before == after


@given(intervals, term, minutes, minutes, st.booleans())
def test_who_asks_later_is_not_answered_sooner(
    interval: Interval, terms: Terms, one: int, other: int, is_data: bool
) -> None:
    start = at("2026-12-20T00:00")
    dues = []
    for when in sorted((one, other)):
        head = [Word(1, "doctor", "asked", start)] if is_data else []
        asked = Word(2, "patient", "message", start + timedelta(minutes=when))
        made = promise([*head, asked], interval, terms, start)
        assert made is not None
        dues.append(made.due_at)
    assert dues == sorted(dues)


@given(logs)
def test_the_question_is_the_first_word_after_the_last_answer(words: list[Word]) -> None:
    said = [word for word in words if word.kind in ("message", "file")]
    answers = [w.seq for w in words if w.side == "doctor" and w.kind in (*KINDS[:4],)]
    waiting = [w.seq for w in said if w.side == "patient" and w.seq > max(answers, default=0)]
    found = question(words)
    assert (found.seq if found else None) == (waiting[0] if waiting else None)
