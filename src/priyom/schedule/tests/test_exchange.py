"""A schedule goes out as iCalendar and comes in again, repeated events unfolded within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from icalendar import Calendar

from priyom.kernel.clock import MOSCOW
from priyom.kernel.refusal import Refusal
from priyom.schedule import exchange
from priyom.schedule.exchange import Time, cut, export, spans

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _file(*lines: str) -> bytes:
    inner = [line for text in lines for line in ["BEGIN:VEVENT", *text.split("|"), "END:VEVENT"]]
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *inner, "END:VCALENDAR", ""]
    return "\r\n".join(whole).encode()


def _said(*lines: str) -> list[str]:
    return [
        f"{begin.astimezone(MOSCOW):%d.%m %H:%M}-{end.astimezone(MOSCOW):%H:%M}"
        for begin, end in spans(_file(*lines), NOW)
    ]


def test_what_goes_out_comes_in_again() -> None:
    begin = NOW + timedelta(days=2)
    times = [
        Time(uuid4(), begin, begin + HOUR, "free"),
        Time(uuid4(), begin + HOUR, begin + 2 * HOUR, "booked"),
        Time(uuid4(), begin + 2 * HOUR, begin + 3 * HOUR, "blocked"),
    ]
    text = export(times, "Приём: Соколова", "clinic.example")
    assert spans(text.encode(), NOW) == tuple((one.starts_at, one.ends_at) for one in times)
    events = Calendar.from_ical(text).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["Свободное время", "Приём", "Закрыто"]
    assert {str(event["UID"]) for event in events} == {f"{one.id}@clinic.example" for one in times}


def test_zones_lengths_and_whole_days() -> None:
    assert _said(
        "DTSTART:20261201T060000Z|DTEND:20261201T070000Z",
        "DTSTART:20261202T090000|DURATION:PT90M",
        "DTSTART;VALUE=DATE:20261203",
        "DTSTART:20261204T090000|DTEND:20261204T100000|STATUS:CANCELLED",
        "DTSTART:20261101T090000|DTEND:20261101T100000",
        "DTSTART:20261205T090000|DTEND:20261205T090000",
    ) == ["01.12 09:00-10:00", "02.12 09:00-10:30", "03.12 00:00-00:00"]


@pytest.mark.parametrize("until", ["20261215T060000Z", "20261215T235900", "20261215"])
def test_repeated_events_are_unfolded_without_their_exceptions(until: str) -> None:
    event = f"DTSTART:20261117T090000|DTEND:20261117T100000|RRULE:FREQ=WEEKLY;UNTIL={until}"
    assert _said(f"{event}|EXDATE:20261208T090000") == ["01.12 09:00-10:00", "15.12 09:00-10:00"]


def test_endless_repetition_ends_after_a_year() -> None:
    event = "DTSTART:20261201T090000|DTEND:20261201T100000|RRULE:FREQ=DAILY"
    assert len(spans(_file(event), NOW)) == 364


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        "Привет".encode(),
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        _file("DTSTART:20261399T090000|DTEND:20261201T100000"),
        _file("DTSTART:20261201T090000|DTEND:20261201T100000|RRULE:FREQ=SECONDLY"),
        _file("DTSTART:20261201T090000|DTEND:20261201T100000|RRULE:FREQ=WEEKLY;UNTIL=никогда"),
        *(
            _file(f"DTSTART:20261201T090000|DURATION:PT5M|RRULE:FREQ=DAILY;{name}=1,2")
            for name in ("BYHOUR", "BYMINUTE", "BYSECOND")
        ),
        b"x" * 1_000_001,
    ],
)
def test_what_is_no_calendar_is_refused_kindly(data: bytes) -> None:
    with pytest.raises(Refusal, match=r"calendar\.file"):
        spans(data, NOW)


def test_too_many_events_are_refused() -> None:
    many = [f"DTSTART:20261201T090000|DTEND:20261201T100000|RRULE:FREQ=DAILY|UID:{n}" for n in "a"]
    more = [f"DTSTART:20261201T09{n:02}00|DTEND:20261201T100000|RRULE:FREQ=DAILY" for n in range(6)]
    with pytest.raises(Refusal, match="событий"):
        spans(_file(*many, *more), NOW)


def test_unfolding_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    unfolded: list[tuple[datetime, datetime]] = []

    def counted(event: object, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        for span in unfold(event, now):
            unfolded.append(span)
            yield span

    unfold = exchange._unfold
    monkeypatch.setattr(exchange, "_unfold", counted)
    many = [f"DTSTART:20261201T09{n:02}00|DURATION:PT5M|RRULE:FREQ=DAILY" for n in range(60)]
    with pytest.raises(Refusal, match="событий"):
        spans(_file(*many), NOW)
    assert len(unfolded) == exchange.MOST_EVENTS + 1


def test_one_hour_named_in_a_rule_is_taken() -> None:
    event = "DTSTART:20261201T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=2;BYHOUR=9;BYMINUTE=0"
    assert _said(event) == ["01.12 09:00-10:00", "02.12 09:00-10:00"]


def test_spans_are_cut_into_visits() -> None:
    whole = [(NOW, NOW + timedelta(minutes=50))]
    assert cut(whole, 20) == (
        (NOW, NOW + timedelta(minutes=20)),
        (NOW + timedelta(minutes=20), NOW + timedelta(minutes=40)),
    )
