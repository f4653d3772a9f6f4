"""The one thing of the audit that the web may show: to a patient, who read what is theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class Reading:
    """One of the staff read something on one day: when last (aware, UTC) and how often."""

    at: datetime
    times: int
    account: UUID
    actor_kind: str


def readings(patient: UUID, subjects: Iterable[object], most: int = 20) -> tuple[Reading, ...]:
    """Return which of the staff read these subjects (ids) of a card, newest first.

    The caller has made sure that the card is the asking person's to look at.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at, times, account, actor_kind FROM priyom_readings_v1(%s, %s, %s)",
            [patient, [str(one) for one in subjects], most],
        )
        return tuple(Reading(*row) for row in cursor.fetchall())
