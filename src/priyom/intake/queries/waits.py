"""What a patient may know of the wait: the place in the queue, how long others waited lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, Count, IntegerField, OuterRef, Q, Subquery, When

from priyom.intake.models import Request
from priyom.intake.pages import Usual
from priyom.intake.queries.sight import WAITING
from priyom.intake.rules import Urgency
from priyom.kernel import clock, sql

LATELY = timedelta(weeks=4)
_RANK = Case(When(urgency=Urgency.URGENT, then=0), default=1, output_field=IntegerField())
ENOUGH = 20
"""So many must have got a time lately; of fewer nothing is said."""


def ahead_of(rows: Sequence[Request]) -> dict[UUID, int]:
    """Return by request how many of its МО come before it and wait too, in one query.

    In the order in which the registry takes them: urgent ones first, then who asked earlier.
    """
    waiting = [row.pk for row in rows if row.state in WAITING]
    if not waiting:
        return {}
    earlier = Q(asked_at__lt=OuterRef("asked_at"))
    earlier |= Q(asked_at=OuterRef("asked_at"), pk__lt=OuterRef("pk"))
    before = (
        Request.objects.filter(organisation=OuterRef("organisation"), state__in=WAITING)
        .annotate(rank=_RANK)
        .filter(Q(rank__lt=OuterRef("rank")) | (Q(rank=OuterRef("rank")) & earlier))
    )
    counted = before.order_by().values("organisation").annotate(n=Count("pk")).values("n")
    found = Request.objects.filter(pk__in=waiting).annotate(rank=_RANK, before=Subquery(counted))
    return {key: n or 0 for key, n in found.values_list("pk", "before")}


def usual(row: Request) -> Usual | None:
    """Return how long people who asked this МО in the same way lately waited for their time.

    Of the same speciality, else of all; None when too few have got a time.
    """
    now = clock.now()
    values: dict[str, Any] = {
        "place": row.organisation_id,
        "speciality": row.speciality_id,
        "source": row.source,
        "since": now - LATELY,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.text(Path(__file__).parents[1] / "expect.sql"), values)
        found = {whose: rest for whose, *rest in cursor.fetchall()}
    for whose in ("own", "all"):
        count, half, most = found.get(whose, (0, None, None))
        if count >= ENOUGH and half is not None:
            return Usual(count, half, most, is_of_speciality=whose == "own")
    return None
