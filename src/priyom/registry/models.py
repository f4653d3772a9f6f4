"""Registrations: where each signed version, and each withdrawal, stands with the registry."""

from __future__ import annotations

from django.db import models

from priyom.clinics.models import Organisation
from priyom.conclusions.models import Conclusion
from priyom.kernel.ids import uuid7
from priyom.registry.rules import RegistrationKind, RegistrationState


class Registration(models.Model):
    """Registration, регистрация в РЭМД: one row for a signed version, a second for its withdrawal.

    Its key goes with each try.
    domain.md 9: не отправлен → отправлен → зарегистрирован(№) / ошибка.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conclusion = models.ForeignKey(Conclusion, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, default=RegistrationKind.DOCUMENT)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, default=RegistrationState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    number = models.CharField(max_length=100, blank=True)
    """What the registry calls the document."""
    reason = models.CharField(max_length=500, blank=True)
    """Why it was not taken, or why there is no answer yet; Russian, names no patient."""

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="registry_due",
                condition=models.Q(state__in=["waiting", "sent"]),
            ),
            models.Index(fields=["organisation", "state", "queued_at"], name="registry_org"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["conclusion", "kind"], name="registry_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=list(RegistrationKind)), name="registry_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=list(RegistrationState)), name="registry_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="accepted") | models.Q(answered_at__isnull=False),
                name="registry_answered",
            ),
        ]
