"""Working hours of the demo's doctors, always reaching fourteen days ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import connection

from priyom.demo.dice import Dice
from priyom.demo.staff import Worker
from priyom.kernel.clock import MOSCOW

LENGTH = timedelta(minutes=20)
DAYS_AHEAD = 14
_MORNING, _EVENING, _DUTY = (9, 15), (15, 21), (8, 22)
_NEAR_BEFORE, _NEAR_AFTER = timedelta(hours=3), timedelta(hours=5)


@dataclass(frozen=True, slots=True)
class Post:
    """A doctor as the schedule needs it."""

    worker: Worker
    doctor: UUID
    account: UUID
    organisation: UUID
    speciality: UUID
    place: int
    """Running number: neighbours work in opposite shifts."""

    @property
    def name(self) -> str:
        """«Соколова Ирина Павловна»."""
        return " ".join((self.worker.family, self.worker.given, self.worker.patronymic))


def shift(post: Post, day: date) -> list[datetime]:
    """Return the beginnings of the times of one Moscow day, aware."""
    if post.worker.is_on_duty:
        hours = _DUTY
    elif day.weekday() == 6 or (day.weekday() == 5 and post.place % 3):
        return []
    else:
        hours = _MORNING if (post.place + day.toordinal()) % 2 else _EVENING
    first = datetime.combine(day, time(hours[0]), MOSCOW)
    count = (hours[1] - hours[0]) * 3
    return [first + LENGTH * step for step in range(count)]


def near(now: datetime) -> list[datetime]:
    """Return the times round `now` that doctors on duty have even at night."""
    local = now.astimezone(MOSCOW)
    hour = local.replace(minute=0, second=0, microsecond=0) - _NEAR_BEFORE
    count = int((_NEAR_BEFORE + _NEAR_AFTER) / LENGTH)
    return [hour + LENGTH * step for step in range(count)]


def times(post: Post, now: datetime, days: int = DAYS_AHEAD) -> list[datetime]:
    """Return all beginnings from this Moscow day to `days` ahead, in order, each once."""
    today = now.astimezone(MOSCOW).date()
    found = {at for ahead in range(days + 1) for at in shift(post, today + timedelta(days=ahead))}
    if post.worker.is_on_duty:
        found.update(near(now))
    return sorted(found)


def is_away(post: Post, at: datetime, today: date) -> bool:
    """Tell whether the doctor is absent then: two are on holiday for some days."""
    if post.worker.login not in ("lapin", "danilov"):
        return False
    return today + timedelta(days=5) <= at.astimezone(MOSCOW).date() <= today + timedelta(days=9)


def rows(
    posts: list[Post], now: datetime, taken: set[tuple[UUID, datetime]]
) -> Iterator[dict[str, object]]:
    """Yield rows of free and blocked slots but those `taken` (doctor, beginning)."""
    today = now.astimezone(MOSCOW).date()
    for post in posts:
        for at in times(post, now):
            if (post.doctor, at) not in taken:
                yield row(post, at, "blocked" if is_away(post, at, today) else "free")


def row(post: Post, at: datetime, state: str) -> dict[str, object]:
    """Return one slot; its key comes from doctor and time, always the same."""
    return {
        "id": Dice(f"{post.worker.login} {at.isoformat()}").key(at),
        "organisation_id": post.organisation,
        "doctor_id": post.doctor,
        "speciality_id": post.speciality,
        "starts_at": at,
        "ends_at": at + LENGTH,
        "state": state,
        "held_by": None,
        "held_until": None,
    }


EXTEND = """
INSERT INTO schedule_slot (id, organisation_id, doctor_id, speciality_id, starts_at, ends_at, state)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::timestamptz[],
    %s::timestamptz[], %s::text[])
ON CONFLICT DO NOTHING
"""


def extend(posts: list[Post], now: datetime) -> int:
    """Add the times that are not there yet; what overlaps an existing one is left out.

    Returns how many were added.
    """
    fresh = [entry for entry in rows(posts, now, set()) if entry["starts_at"] > now]  # type: ignore[operator]
    names = (
        "id", "organisation_id", "doctor_id", "speciality_id", "starts_at", "ends_at", "state",
    )  # fmt: skip
    columns = [[entry[name] for entry in fresh] for name in names]
    with connection.cursor() as cursor:
        cursor.execute(EXTEND, columns)
        return int(cursor.rowcount)
