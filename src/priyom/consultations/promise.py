"""The promise clock: when the doctor answers, told from the log alone. Pure, no Django.

The order on telemedicine knows a talk in real time: the clock runs within the appointment. What
is written before waits for it; what answers a request for data, or comes after, has working hours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from priyom.consultations.rules import EntryKind
from priyom.kernel.workdays import Hours

_SAID = frozenset({EntryKind.MESSAGE, EntryKind.FILE, EntryKind.VOICE, EntryKind.VIDEO})
ASKS = tuple(sorted(_SAID))
"""Kinds with which a patient asks something."""
ANSWERS = tuple(sorted(_SAID | {EntryKind.ASKED, EntryKind.CALL}))
"""Kinds with which a doctor answers; a call is one."""
WORDS = tuple(sorted({*ANSWERS, EntryKind.HANDED_OVER}))
_MINUTE = timedelta(minutes=1)


class Place(StrEnum):
    """Where in time something was written; the label stands beside it."""

    BEFORE = "до приёма"
    DURING = ""
    AFTER = "после приёма"


@dataclass(frozen=True, slots=True)
class Interval:
    """The appointment, aware instants; begun early it is longer by that."""

    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, starts_at: datetime, ends_at: datetime, began_at: datetime | None) -> Interval:
        """Return the interval of a consultation."""
        return cls(min(starts_at, began_at) if began_at else starts_at, ends_at)

    def place(self, at: datetime) -> Place:
        """Return where an instant is."""
        if at < self.starts_at:
            return Place.BEFORE
        return Place.DURING if at <= self.ends_at else Place.AFTER


@dataclass(frozen=True, slots=True)
class Terms:
    """How soon a doctor of the organisation answers.

    `reply` counts within the appointment, `outside` is working time by `hours`.
    """

    reply: timedelta
    outside: timedelta
    hours: Hours


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of the log as the clock sees it."""

    seq: int
    side: str
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """The first of the patient's words that nobody has answered.

    `is_data` when it answers a request for data; `handed_at` are hand-overs since.
    """

    seq: int
    at: datetime
    is_data: bool = False
    handed_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised: the question's number, since when it waits, until when is the answer."""

    seq: int
    since: datetime
    due_at: datetime
    is_overdue: bool
    is_running: bool
    """False while a question from before waits for its appointment."""


def question(words: Iterable[Word]) -> Question | None:
    """Return what waits for an answer after these words, in the order of the log."""
    first: Word | None = None
    is_data = False
    handed: list[datetime] = []
    for word in words:
        if word.side == "doctor" and word.kind in ANSWERS:
            # The patient's turn is over; a request for data lasts until it was answered.
            is_data = (is_data and first is None) or word.kind == EntryKind.ASKED
            first, handed = None, []
        elif word.side == "patient" and word.kind in ASKS:
            first = first or word
        elif word.kind == EntryKind.HANDED_OVER and first is not None:
            handed.append(word.at)
    if first is None:
        return None
    return Question(first.seq, first.at, is_data, tuple(handed))


def due(asked: Question, interval: Interval, terms: Terms) -> datetime:
    """Return until when the answer is promised, a whole minute after the question.

    A hand-over leaves the promise as it was given; one that was broken already is given anew,
    for the colleague who took over.
    """
    moment = _due(asked.at, asked.is_data, interval, terms)
    for at in asked.handed_at:
        if moment <= at:
            moment = _due(at, asked.is_data, interval, terms)
    return moment


def promise(
    words: Iterable[Word], interval: Interval, terms: Terms, now: datetime
) -> Promise | None:
    """Return the promise that stands after these words at the instant `now`, or None."""
    asked = question(words)
    if asked is None:
        return None
    until = due(asked, interval, terms)
    return Promise(
        seq=asked.seq,
        since=asked.at,
        due_at=until,
        is_overdue=now > until,
        is_running=asked.is_data or now >= interval.starts_at,
    )


def overdue_key(consultation: UUID, seq: int) -> str:
    """Return how the keys of the letters about one overdue question begin."""
    return f"overdue:{consultation}:{seq}:"


def _due(at: datetime, is_data: bool, interval: Interval, terms: Terms) -> datetime:
    place = interval.place(at)
    if place is Place.DURING:
        return _whole(at + terms.reply)
    if place is Place.AFTER:
        # Never sooner than for what was written in the last minute of the appointment.
        return _whole(max(terms.hours.later(at, terms.outside), interval.ends_at + terms.reply))
    begins = interval.starts_at + terms.reply
    return _whole(min(terms.hours.later(at, terms.outside), begins) if is_data else begins)


def _whole(moment: datetime) -> datetime:
    rest = timedelta(seconds=moment.second, microseconds=moment.microsecond)
    return moment - rest + (_MINUTE if rest else timedelta())
