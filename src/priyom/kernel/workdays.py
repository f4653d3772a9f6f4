"""Working hours and days in Moscow time, with the production calendar of Russia.

Holidays, days moved by the government's decrees and working Saturdays come from the package
`holidays`; of a year without a decree yet it knows the holidays of ТК РФ ст. 112 alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Literal

import holidays

from priyom.kernel.clock import MOSCOW

Kind = Literal["off", "on", "plain"]
Calendar = Callable[[date], Kind]
"""Says of a day: a holiday («off»), a working day off the week's order («on»), or «plain»."""

WEEK = frozenset({1, 2, 3, 4, 5})
"""Monday to Friday, ISO numbers."""
_LONGEST_REST = 400
"""Days: nobody rests longer, so a search beyond them is a wrong table of hours."""


@cache
def _year(number: int) -> holidays.HolidayBase:
    return holidays.country_holidays("RU", years=number, expand=False)


def russian(on: date) -> Kind:
    """Return what the production calendar of Russia says of a day."""
    year = _year(on.year)
    if on in year:
        return "off"
    return "on" if on in year.weekend_workdays else "plain"


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody works: `opens` to `closes` in Moscow time, on `days` of the week (ISO).

    `calendar` takes days away and gives days of work that were moved; a moved day counts for
    those who work Monday to Friday.
    """

    opens: time
    closes: time
    days: frozenset[int] = WEEK
    calendar: Calendar = russian

    def __post_init__(self) -> None:
        if self.opens >= self.closes or not self.days:
            raise ValueError("working hours need a length and a day")

    def works_on(self, on: date) -> bool:
        """Tell whether the day is a working one."""
        kind = self.calendar(on)
        return kind == "on" or (kind == "plain" and on.isoweekday() in self.days)

    def later(self, start: datetime, length: timedelta) -> datetime:
        """Return the instant when `length` (positive) of working time has passed since `start`."""
        local, left = start.astimezone(MOSCOW), length
        for step in range(_LONGEST_REST):
            on = local.date() + timedelta(days=step)
            if not self.works_on(on):
                continue
            begins = max(local, datetime.combine(on, self.opens, MOSCOW))
            ends = datetime.combine(on, self.closes, MOSCOW)
            if begins >= ends:
                continue
            if left <= ends - begins:
                return (begins + left).astimezone(start.tzinfo)
            left -= ends - begins
        raise ValueError("no working time within a year")
