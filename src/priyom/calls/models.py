"""Video calls of a consultation: who rang, who answered, who was in; never a recording."""

from __future__ import annotations

from django.db import models

from priyom.calls.rules import CallState
from priyom.clinics.models import Organisation
from priyom.consultations.models import Consultation
from priyom.kernel.ids import uuid7


class Call(models.Model):
    """Video call, видеозвонок: start, end, who (process.md step 6)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="calls")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, default=CallState.RINGING)
    rang_by = models.UUIDField()
    rang_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    started_seq = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(CallState)), name="calls_state"
            ),
            models.UniqueConstraint(
                fields=["consultation"],
                condition=models.Q(state__in=["ringing", "active"]),
                name="calls_one_live",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["ringing", "active"])
                | models.Q(ended_at__isnull=False),
                name="calls_ended",
            ),
        ]


class Presence(models.Model):
    """Presence in a call, участие в звонке: from when to when, and the last sign of life."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="presences")
    account = models.UUIDField()
    joined_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "account"],
                condition=models.Q(left_at__isnull=True),
                name="calls_in_once",
            )
        ]
