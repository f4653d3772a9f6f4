"""What every later start does: the schedules reach fourteen days ahead again."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from priyom.demo import queries, slots
from priyom.demo.clinics import Clinics
from priyom.kernel import clock

PEOPLE = "esia-people.json"
"""In var/: who stands on the login page of the ЕСИА simulator."""


def is_loaded() -> bool:
    """Tell whether the demo region is in the database."""
    return queries.is_loaded()


def remark() -> str:
    """Return what is amiss with a region that is there, "" when all is well.

    As root the database stands outside the project's folder and outlives it.
    """
    if (settings.VAR / PEOPLE).exists():
        return ""
    return (
        "; its people for the sign-in page are gone with var/: `./priyom up --fresh` makes all anew"
    )


def extend() -> int:
    """Add the times that are missing; return how many."""
    with transaction.atomic():
        return slots.extend(Clinics().posts, clock.now())
