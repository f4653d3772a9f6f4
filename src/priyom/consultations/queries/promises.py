"""What is promised in the given chats: one query for all of them, the rule does the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from priyom.clinics.models import Organisation
from priyom.consultations.models import Consultation
from priyom.consultations.promise import (
    ANSWERS,
    ASKS,
    WORDS,
    Interval,
    Promise,
    Terms,
    Word,
    promise,
)
from priyom.consultations.rules import OPEN_CHAT
from priyom.kernel import clock
from priyom.kernel.workdays import Hours

_TAIL = """
SELECT consultation, seq, side, kind, at
FROM priyom_tail_v1(%s::uuid[], %s::text[], %s::text[], %s::text[]) ORDER BY consultation, seq
"""


def terms_of(place: Organisation) -> Terms:
    """Return how soon the doctors of an organisation answer."""
    hours = Hours(place.opens_at, place.closes_at, frozenset(map(int, place.work_days)))
    return Terms(
        timedelta(minutes=place.reply_minutes), timedelta(minutes=place.late_reply_minutes), hours
    )


def interval_of(row: Consultation) -> Interval:
    """Return the appointment of a consultation."""
    return Interval.of(row.starts_at, row.ends_at, row.began_at)


def promises(rows: Iterable[Consultation]) -> dict[UUID, Promise]:
    """Return what is promised now in those chats that wait for a doctor's answer.

    The rows come with their organisation. Nothing is promised in a frozen or closed chat.
    """
    open_ = [row for row in rows if row.state in OPEN_CHAT]
    if not open_:
        return {}
    now = clock.now()
    tails = _tails([row.pk for row in open_])
    terms = {row.organisation_id: terms_of(row.organisation) for row in open_}
    found = {
        row.pk: promise(tails[row.pk], interval_of(row), terms[row.organisation_id], now)
        for row in open_
        if row.pk in tails
    }
    return {key: one for key, one in found.items() if one is not None}


def can_run(now: datetime) -> Q:
    """Return which rows may have a running clock: begun appointments, and data asked for."""
    return Q(
        Q(starts_at__lte=now) | Q(began_at__isnull=False) | Q(data_asked_at__isnull=False),
        state__in=sorted(OPEN_CHAT),
    )


def running(rows: QuerySet[Consultation]) -> dict[UUID, Promise]:
    """Return the promises of the rows whose clock runs now."""
    found = promises(rows.filter(can_run(clock.now())).select_related("organisation"))
    return {key: one for key, one in found.items() if one.is_running}


def _tails(ids: list[UUID]) -> dict[UUID, list[Word]]:
    tails: dict[UUID, list[Word]] = defaultdict(list)
    told: list[Any] = [ids, list(ANSWERS), list(ASKS), list(WORDS)]
    with connection.cursor() as cursor:
        cursor.execute(_TAIL, told)
        for key, *word in cursor.fetchall():
            tails[key].append(Word(*word))
    return tails
