"""A free time that begins so soon that the doctor may begin the talk at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from priyom.cli.database import APP, embedded
from priyom.cli.places import State
from priyom.kernel.clock import MOSCOW
from priyom.kernel.ids import uuid7
from priyom.testing.region import Region

SOON, LATEST = timedelta(minutes=4), timedelta(minutes=14)
"""Later than the walk of the registrar, sooner than BEGIN_EARLIEST before the time."""
LENGTH = timedelta(minutes=5)

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class NearTime:
    """A free time: the doctor's login and short name, and when it begins in Moscow, «14:20»."""

    login: str
    doctor: str
    at: str


def connect(region: Region) -> Connection:
    """Connect to the region's database as the weak role of the web."""
    return psycopg.connect(embedded(State(region.var)).dsn(APP), autocommit=True)


def near_time(region: Region, *logins: str) -> NearTime:
    """Return a free time of one of these doctors that begins within a quarter of an hour.

    The demo's doctors on duty have one at most hours. In the first minutes of a time they have
    none; then a short one is written into the schedule as the database's app role.
    """
    now = datetime.now(UTC)
    with connect(region) as base:
        for login in logins:
            found = base.execute(_FREE, (login, now + SOON, now + LATEST)).fetchone()
            if found:
                return _near(base, login, found[0])
        minute = now.replace(second=0, microsecond=0)
        for ahead in (8, 6, 10, 12, 14):
            begin = minute + timedelta(minutes=ahead)
            for login in logins:
                if _insert(base, login, begin) or _shorten(base, login, begin):
                    return _near(base, login, begin)
    raise AssertionError(f"No time within a quarter of an hour for {', '.join(logins)}")


_FREE = """
SELECT slot.starts_at FROM schedule_slot slot
JOIN clinics_doctor doctor ON doctor.id = slot.doctor_id
JOIN accounts_account account ON account.id = doctor.account_id
WHERE slot.state = 'free' AND account.login = %s AND slot.starts_at BETWEEN %s AND %s
ORDER BY slot.starts_at DESC LIMIT 1
"""
_INSERT = """
INSERT INTO schedule_slot
    (id, organisation_id, doctor_id, speciality_id, starts_at, ends_at, state)
SELECT %s, doctor.organisation_id, doctor.id, doctor.speciality_id, %s, %s, 'free'
FROM clinics_doctor doctor
JOIN accounts_account account ON account.id = doctor.account_id
WHERE account.login = %s
ON CONFLICT DO NOTHING
"""
_SHORTEN = """
UPDATE schedule_slot slot SET starts_at = %s FROM clinics_doctor doctor, accounts_account account
WHERE doctor.id = slot.doctor_id AND account.id = doctor.account_id AND account.login = %s
AND slot.state = 'free' AND slot.starts_at < %s AND slot.ends_at > %s
"""


def _insert(base: Connection, login: str, begin: datetime) -> bool:
    values = (uuid7(), begin, begin + LENGTH, login)
    return base.execute(_INSERT, values).rowcount == 1


def _shorten(base: Connection, login: str, begin: datetime) -> bool:
    return base.execute(_SHORTEN, (begin, login, begin, begin)).rowcount == 1


def _near(base: Connection, login: str, at: datetime) -> NearTime:
    query = "SELECT family, given, patronymic FROM accounts_account WHERE login = %s"
    found = base.execute(query, (login,)).fetchone()
    assert found is not None
    family, given, patronymic = found
    local = at.astimezone(MOSCOW)
    return NearTime(login, f"{family} {given[0]}. {patronymic[0]}.", f"{local:%H:%M}")
