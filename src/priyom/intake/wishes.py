"""Wished times: the quick picks of the form as intervals, and intervals as people say them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from priyom.kernel import words
from priyom.kernel.clock import MOSCOW

Interval = tuple[datetime, datetime]

PARTS = {
    "am": ("утро", time(8), time(12)),
    "day": ("день", time(12), time(16)),
    "pm": ("вечер", time(16), time(20)),
}
ANY = "any"
DAYS = 4
ANY_FOR = timedelta(days=7)
_FIRST, _LAST = time(8), time(20)


@dataclass(frozen=True, slots=True)
class Pick:
    """One quick pick: «2026-11-24:am», its words, whether it is over."""

    value: str
    label: str
    hours: str


@dataclass(frozen=True, slots=True)
class PickDay:
    """The picks of one Moscow day."""

    on: date
    picks: tuple[Pick, ...]


def picks(now: datetime) -> tuple[PickDay, ...]:
    """Return the quick picks of today and the next days; what is over is left out."""
    first = words.moscow(now).date()
    made = []
    for on in (first + timedelta(days=ahead) for ahead in range(DAYS)):
        left = tuple(
            Pick(f"{on}:{key}", label, f"{start.hour}–{end.hour}")
            for key, (label, start, end) in PARTS.items()
            if datetime.combine(on, end, MOSCOW) > now + timedelta(minutes=30)
        )
        if left:
            made.append(PickDay(on, left))
    return tuple(made)


def interval_of(pick: str, now: datetime) -> Interval:
    """Return the interval of a quick pick; ValueError for what the form never offered."""
    if pick == ANY:
        last = words.moscow(now).date() + ANY_FOR
        return now, datetime.combine(last, _LAST, MOSCOW)
    on, _, part = pick.partition(":")
    if part not in PARTS:
        raise ValueError(pick)
    _, start, end = PARTS[part]
    day = date.fromisoformat(on)
    return datetime.combine(day, start, MOSCOW), datetime.combine(day, end, MOSCOW)


def own(on: date, start: time, end: time) -> Interval:
    """Return the interval of a day and hours that the person typed, Moscow time."""
    return datetime.combine(on, start, MOSCOW), datetime.combine(on, end, MOSCOW)


def say(start: datetime, end: datetime, today: date) -> str:
    """Return «сегодня 12–16», «завтра до 12:00», «26 ноября 10:30–11:30», «до 1 декабря»."""
    begin, finish = words.moscow(start), words.moscow(end)
    if begin.date() != finish.date():
        return f"любое время до {words.day(finish.date(), today)}"
    day = words.day_label(begin.date(), today)
    for label, first, last in PARTS.values():
        if (begin.time(), finish.time()) == (first, last):
            return f"{day}, {label} {first:%H}–{last:%H}"
    if begin.time() <= _FIRST:
        return f"{day} до {finish:%H:%M}"
    if finish.time() >= _LAST:
        return f"{day} после {begin:%H:%M}"
    return f"{day} {begin:%H:%M}–{finish:%H:%M}"


def say_all(intervals: list[Interval], today: date) -> tuple[str, ...]:
    """Return the words of all intervals, earliest first."""
    return tuple(say(start, end, today) for start, end in sorted(intervals))
