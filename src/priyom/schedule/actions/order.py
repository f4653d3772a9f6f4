"""The order in which everybody locks times: by key, so that nobody waits in a ring."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from priyom.schedule.models import Slot


def lock(rows: QuerySet[Slot]) -> list[UUID]:
    """Lock these times until the transaction ends; return the keys of those that still match."""
    ordered = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    return list(ordered.values_list("pk", flat=True))
