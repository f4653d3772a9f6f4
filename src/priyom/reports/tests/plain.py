"""Each figure once more, in plain SQL, written from its label and not from the room's code."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

_TODAY = (
    "({column} AT TIME ZONE 'Europe/Moscow')::date = (%(now)s AT TIME ZONE 'Europe/Moscow')::date"
)
_ASKED = "FROM intake_request r WHERE r.organisation_id = %(place)s"
_HELD = "FROM consultations_consultation c WHERE c.organisation_id = %(place)s"
_STARTS_TODAY = _TODAY.format(column="c.starts_at")

COUNTS = {
    "waiting": f"{_ASKED} AND r.state IN ('new', 'taken')",
    "overdue": f"{_ASKED} AND r.state IN ('new', 'taken') AND r.answer_due_at < %(now)s",
    "asked": f"{_ASKED} AND {_TODAY.format(column='r.asked_at')}",
    "planned": f"{_HELD} AND {_STARTS_TODAY} AND c.state NOT IN ('cancelled', 'returned')",
    "running": f"{_HELD} AND c.state = 'in_progress'",
    "completed": f"{_HELD} AND {_STARTS_TODAY} AND c.state = 'completed'",
    "unsigned": f"{_HELD} AND c.state = 'concluding'",
    "no-show": f"{_HELD} AND {_STARTS_TODAY} AND c.state = 'no_show'",
}
LONGEST = f"SELECT max(%(now)s - r.asked_at) {_ASKED} AND r.state IN ('new', 'taken')"
UNTIL_BOOKED = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY c.booked_at - r.asked_at)
FROM intake_request r JOIN consultations_consultation c ON c.id = r.consultation_id
WHERE r.organisation_id = %(place)s AND c.booked_at >= %(now)s - interval '7 days'
"""
DOCTORS = """
SELECT d.id,
    count(c.id) FILTER (WHERE TODAY AND c.state NOT IN ('cancelled', 'returned')),
    count(c.id) FILTER (WHERE TODAY AND c.state = 'completed'),
    count(c.id) FILTER (WHERE TODAY AND c.state = 'concluding'),
    count(c.id) FILTER (WHERE TODAY AND c.state = 'no_show')
FROM clinics_doctor d LEFT JOIN consultations_consultation c ON c.doctor_id = d.id
WHERE d.organisation_id = %(place)s AND d.works
GROUP BY d.id
""".replace("TODAY", _STARTS_TODAY)
CHART = """
SELECT day::date, (SELECT count(*) FROM intake_request r WHERE r.organisation_id = %(place)s
    AND (r.asked_at AT TIME ZONE 'Europe/Moscow')::date = day::date)
FROM generate_series((%(now)s AT TIME ZONE 'Europe/Moscow')::date - 13,
    (%(now)s AT TIME ZONE 'Europe/Moscow')::date, interval '1 day') AS day
ORDER BY 1
"""

WAITS = """
SELECT KEY AS key, count(*),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY r.answered_at - r.asked_at),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY r.answered_at - r.asked_at),
    count(c.id),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY c.booked_at - r.asked_at),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY c.booked_at - r.asked_at),
    count(*) FILTER (WHERE r.answered_at > r.answer_due_at OR (r.answered_at IS NULL
        AND r.answer_due_at < %(now)s AND r.state IN ('new', 'taken', 'expired')))
FROM intake_request r LEFT JOIN consultations_consultation c ON c.id = r.consultation_id
WHERE r.organisation_id = %(place)s AND r.state <> 'duplicate' AND r.asked_at >=
    (date_trunc('week', %(now)s AT TIME ZONE 'Europe/Moscow') - interval '21 days')
        AT TIME ZONE 'Europe/Moscow'
GROUP BY 1
"""
NO_SHOWS = """
SELECT KEY AS key, count(*), count(*) FILTER (WHERE c.state = 'no_show')
FROM consultations_consultation c JOIN clinics_doctor d ON d.id = c.doctor_id
WHERE c.organisation_id = %(place)s AND c.state NOT IN ('cancelled', 'returned')
    AND c.starts_at < %(now)s AND c.starts_at >=
        (date_trunc('week', %(now)s AT TIME ZONE 'Europe/Moscow') - interval '21 days')
            AT TIME ZONE 'Europe/Moscow'
GROUP BY 1
"""
KEYS = {
    "week": "date_trunc('week', {at} AT TIME ZONE 'Europe/Moscow')::date::text",
    "speciality": "{kind}::text",
    "doctor": "coalesce({doctor}::text, 'none')",
}


def waits(by: str, place: UUID, now: datetime) -> dict[str, tuple[Any, ...]]:
    """Return what the requests of four weeks waited, by key."""
    doctor = "coalesce(c.doctor_id, r.doctor_id)"
    key = KEYS[by].format(at="r.asked_at", kind="r.speciality_id", doctor=doctor)
    return {row[0]: row[1:] for row in rows(WAITS.replace("KEY", key), place, now)}


def no_shows(by: str, place: UUID, now: datetime) -> dict[str, tuple[Any, ...]]:
    """Return how many consultations of four weeks were due and missed, by key."""
    key = KEYS[by].format(at="c.starts_at", kind="d.speciality_id", doctor="c.doctor_id")
    return {row[0]: row[1:] for row in rows(NO_SHOWS.replace("KEY", key), place, now)}


def rows(text: str, place: UUID, now: datetime) -> list[Any]:
    """Return the rows of one of the texts for a МО at an instant."""
    with connection.cursor() as cursor:
        cursor.execute(
            text.replace("%(now)s", "%(now)s::timestamptz"), {"place": place, "now": now}
        )
        found: list[Any] = cursor.fetchall()
    return found


def count(key: str, place: UUID, now: datetime) -> int:
    """Return the value of a figure that is a count."""
    return int(rows(f"SELECT count(*) {COUNTS[key]}", place, now)[0][0])


def length(text: str, place: UUID, now: datetime) -> timedelta | None:
    """Return the value of a figure that is a length of time."""
    found: timedelta | None = rows(text, place, now)[0][0]
    return found
