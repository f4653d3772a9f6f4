"""A schedule as iCalendar (RFC 5545): out for any calendar program, in from another system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from priyom.kernel import clock, ical
from priyom.kernel.clock import MOSCOW
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.schedule.rules import Span

LARGEST_FILE = 1_000_000
MOST_EVENTS = 2_000
AHEAD = timedelta(days=366)
_WORDS = {
    "free": "Свободное время", "booked": "Приём", "held": "Свободное время", "blocked": "Закрыто",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Time:
    """What the calendar says of a slot: never who is booked."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    state: str


def export(times: Iterable[Time], name: str, host: str) -> str:
    """Return the .ics text of times; `name` is the calendar's, `host` the domain of the UIDs."""
    book = Calendar()
    book.add("prodid", "-//Priyom//RU")
    book.add("version", "2.0")
    book.add("x-wr-calname", name)
    book.add_component(ical.moscow())
    for one in times:
        event = Event()
        event.add("uid", f"{one.id}@{host}")
        event.add("dtstamp", clock.now())
        event.add("dtstart", one.starts_at.astimezone(MOSCOW))
        event.add("dtend", one.ends_at.astimezone(MOSCOW))
        event.add("summary", _WORDS[one.state])
        event.add("transp", "OPAQUE" if one.state == "booked" else "TRANSPARENT")
        book.add_component(event)
    return str(book.to_ical().decode("utf-8"))


def spans(data: bytes, now: datetime) -> tuple[Span, ...]:
    """Return the coming events of an .ics file as spans, in order, repeated ones unfolded.

    A whole day reaches from midnight to midnight in Moscow; a time without a zone is Moscow's;
    cancelled events count for nothing. Raises Refusal (invalid) for what is no calendar.
    """
    if len(data) > LARGEST_FILE:
        raise _invalid("Файл больше 1 МБ. Выгрузите календарь за меньший срок.")
    try:
        books = Calendar.from_ical(data, multiple=True)
        if not books:
            raise ValueError("no calendar")
        events = [
            event
            for book in books
            for event in book.walk("VEVENT")
            if str(event.get("status", "")).upper() != "CANCELLED"
        ]
        found = _up_to_limit(span for event in events for span in _unfold(event, now))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
        raise _invalid("Это не похоже на календарь. Нужен файл .ics.") from None
    if len(found) > MOST_EVENTS:
        raise _invalid(f"В файле больше {MOST_EVENTS} событий. Выгрузите меньший срок.")
    return tuple(sorted(found))


def _up_to_limit(coming: Iterable[Span]) -> set[Span]:
    """Return the different spans, one too many at most: a small file may unfold to millions."""
    found: set[Span] = set()
    for span in coming:
        found.add(span)
        if len(found) > MOST_EVENTS:
            break
    return found


def cut(found: Iterable[Span], minutes: int) -> tuple[Span, ...]:
    """Return the spans cut into times of `minutes`; the rest at an end is left out."""
    length = timedelta(minutes=minutes)
    made = []
    for begin, end in found:
        while begin + length <= end:
            made.append((begin, begin + length))
            begin += length
    return tuple(made)


# `Any`: a component's values have thirty types; what has no instant raises, and is refused.


def _unfold(event: Any, now: datetime) -> Iterator[Span]:
    begin = _instant(event["DTSTART"].dt)
    length = _length(event, begin)
    if length <= timedelta():
        return
    starts: Iterable[datetime] = [begin]
    if "RRULE" in event:
        rule = _rule(event, begin)
        last = (now + AHEAD).astimezone(MOSCOW).replace(tzinfo=None)
        first = (now - length).astimezone(MOSCOW).replace(tzinfo=None)
        starts = (at.replace(tzinfo=MOSCOW) for at in takewhile(last.__ge__, rule) if at >= first)
    skipped = set(_without(event))
    for start in starts:
        if now < start < now + AHEAD and start not in skipped:
            yield start, start + length


def _rule(event: Any, begin: datetime) -> Any:
    """Return the repetition in naive Moscow time, which has no summer time to lose."""
    parts = event["RRULE"].copy()
    if str(parts["FREQ"][0]) not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise ValueError("repeated too often")
    if any(len(parts.get(name, ())) > 1 for name in ("BYHOUR", "BYMINUTE", "BYSECOND")):
        raise ValueError("repeated many times a day")
    if "UNTIL" in parts:
        last = parts["UNTIL"][0]
        ends = _instant(last) + timedelta(days=0 if isinstance(last, datetime) else 1)
        parts["UNTIL"] = [ends.replace(tzinfo=None)]
    return rrulestr(parts.to_ical().decode(), dtstart=begin.replace(tzinfo=None))


def _length(event: Any, begin: datetime) -> timedelta:
    if "DTEND" in event:
        return _instant(event["DTEND"].dt) - begin
    if "DURATION" in event:
        length: timedelta = event["DURATION"].dt
        return length
    return timedelta() if isinstance(event["DTSTART"].dt, datetime) else timedelta(days=1)


def _without(event: Any) -> Iterator[datetime]:
    found = event.get("EXDATE", [])
    for part in found if isinstance(found, list) else [found]:
        for one in part.dts:
            yield _instant(one.dt)


def _instant(value: date | datetime) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, MOSCOW)
    return (value if value.tzinfo else value.replace(tzinfo=MOSCOW)).astimezone(MOSCOW)


def _invalid(text: str) -> Refusal:
    return Refusal("calendar.file", RefusalKind.INVALID, text, field="file")
