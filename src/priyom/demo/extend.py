"""What every later start does: the schedules reach fourteen days ahead again."""

from __future__ import annotations

from django.db import transaction

from priyom.demo import queries, slots
from priyom.demo.clinics import Clinics
from priyom.kernel import clock


def is_loaded() -> bool:
    """Tell whether the demo region is in the database."""
    return queries.is_loaded()


def extend() -> int:
    """Add the times that are missing; return how many."""
    with transaction.atomic():
        return slots.extend(Clinics().posts, clock.now())
