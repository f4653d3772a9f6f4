"""By when the registry answers: one working day by default, weekends and holidays left out."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from priyom.clinics.models import Organisation
from priyom.intake.actions.living import due
from priyom.intake.rules import due_after, is_due_soon
from priyom.kernel.clock import MOSCOW
from priyom.kernel.workdays import Hours

WORK = Hours(time(8), time(20))


def _at(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        (_at(24, 15), _at(25, 15)),  # a Tuesday
        (_at(27, 15), _at(30, 15)),  # a Friday: the Monday
        (_at(28, 10), _at(30, 20)),  # a Saturday
        (_at(24, 23), _at(25, 20)),
        (_at(3, 10), _at(5, 10)),  # the 4th of November is a holiday
    ],
)
def test_the_term_is_one_working_day(asked: datetime, by: datetime) -> None:
    assert due_after(asked, 12, WORK) == by


def test_the_organisation_sets_it() -> None:
    place = Organisation(answer_hours=4, opens_at=time(9), closes_at=time(18), work_days="123456")
    assert due(place, _at(27, 16)) == _at(28, 11)


def test_the_last_quarter_of_the_term_is_said() -> None:
    asked, by = _at(24, 8), _at(24, 20)
    assert not is_due_soon(asked, by, _at(24, 17))
    assert is_due_soon(asked, by, _at(24, 17) + timedelta(minutes=1))
    assert not is_due_soon(asked, by, _at(24, 20))
