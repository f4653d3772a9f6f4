"""Working time: weekends, holidays, moved days, the turn of the year."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priyom.kernel.clock import MOSCOW
from priyom.kernel.workdays import WEEK, Hours, russian

DAY = Hours(time(8), time(20))
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        ("2026-11-27", "plain"),
        ("2026-11-04", "off"),  # Day of National Unity, a Wednesday
        ("2026-12-31", "off"),  # moved there by the decree for 2026
        ("2026-03-09", "off"),  # for the Sunday of 8 March
        ("2027-02-20", "on"),  # a working Saturday
        ("2027-02-22", "off"),  # in its place
        ("2030-01-07", "off"),  # known without a decree
    ],
)
def test_the_production_calendar(on: str, kind: str) -> None:
    assert russian(date.fromisoformat(on)) == kind


@pytest.mark.parametrize(
    ("start", "hours", "until"),
    [
        ("2026-11-27T10:00", 4, "2026-11-27T14:00"),
        ("2026-11-27T06:00", 4, "2026-11-27T12:00"),  # before the doors open
        ("2026-11-27T18:00", 4, "2026-11-30T10:00"),  # over a weekend
        ("2026-11-28T11:00", 4, "2026-11-30T12:00"),  # on a Saturday
        ("2026-11-03T19:00", 4, "2026-11-05T11:00"),  # over a holiday
        ("2026-12-30T19:00", 4, "2027-01-11T11:00"),  # over the year's end
        ("2027-02-19T19:00", 4, "2027-02-20T11:00"),  # into a working Saturday
        ("2026-11-27T16:00", 4, "2026-11-27T20:00"),  # to the last minute
        ("2026-11-27T20:00", 4, "2026-11-30T12:00"),
        ("2026-11-26T09:00", 30, "2026-11-30T15:00"),  # longer than a day
    ],
)
def test_working_time_passes(start: str, hours: int, until: str) -> None:
    assert DAY.later(at(start), hours * HOUR) == at(until)


def test_who_works_at_weekends_rests_on_holidays() -> None:
    every_day = Hours(time(8), time(20), frozenset(range(1, 8)))
    assert every_day.later(at("2026-11-28T11:00"), HOUR) == at("2026-11-28T12:00")
    assert every_day.later(at("2026-11-04T11:00"), HOUR) == at("2026-11-05T09:00")


@pytest.mark.parametrize("wrong", [(time(8), time(8), WEEK), (time(8), time(20), frozenset[int]())])
def test_hours_without_length_are_none(wrong: tuple[time, time, frozenset[int]]) -> None:
    with pytest.raises(ValueError, match="working hours"):
        Hours(*wrong)


instants = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31)).map(  # noqa: DTZ001
    lambda local: local.replace(tzinfo=MOSCOW)
)
lengths = st.integers(1, 3000).map(lambda minutes: timedelta(minutes=minutes))


@given(instants, instants, lengths)
def test_later_is_never_sooner(one: datetime, other: datetime, length: timedelta) -> None:
    first, second = sorted((one, other))
    assert first + length <= DAY.later(first, length) <= DAY.later(second, length)


@given(instants, lengths, lengths)
def test_time_passes_in_parts_as_at_once(
    start: datetime, length: timedelta, more: timedelta
) -> None:
    assert DAY.later(DAY.later(start, length), more) == DAY.later(start, length + more)
