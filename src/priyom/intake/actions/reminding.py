"""Recalls before the time: a ladder that makes up for missed ticks and never tells twice."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from priyom.consultations.models import Consultation
from priyom.intake import letters
from priyom.intake.actions.ticking import each
from priyom.intake.models import Request
from priyom.intake.rules import REMINDERS, due_reminder
from priyom.kernel import clock
from priyom.notices.queries import known_keys


def remind() -> int:
    """Queue the recalls that are due now; returns of how many consultations.

    One consultation's trouble never stops the next.
    """
    now = clock.now()
    coming = Consultation.objects.select_related("organisation", "patient").filter(
        state="scheduled", starts_at__gt=now, starts_at__lte=now + max(REMINDERS)
    )
    coming = coming.filter(patient__died_on=None, patient__merged_into__died_on=None)
    due = {}
    for consultation in coming:
        rung = due_reminder(consultation.starts_at, consultation.booked_at, now)
        if rung is not None:
            key = f"{letters.soon_key(consultation, rung)}:patient"
            due[key] = (consultation, rung)
    new = sorted(due.keys() - known_keys(due.keys()))
    return each("the recall", new, lambda key: _tell(*due[key]))


def _tell(consultation: Consultation, rung: timedelta) -> bool:
    with transaction.atomic():
        request = Request.objects.filter(consultation=consultation).first()
        letters.tell_soon(request, consultation, rung)
    return True
