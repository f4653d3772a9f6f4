"""Who did or read what, of whom, when, from where, with which result; nobody edits it."""

from __future__ import annotations

from django.db import models

from priyom.kernel.ids import uuid7


class Event(models.Model):
    """Audit event, событие аудита. Order 947н §V: access and every operation are logged.

    Holds opaque ids only. The web role may insert, nobody but the owner may change.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    organisation = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=16)
    account = models.UUIDField()
    session = models.UUIDField(null=True)
    acted_for = models.UUIDField(null=True)
    action = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)
    patient = models.UUIDField(null=True)
    result = models.CharField(max_length=16, default="done")
    request_id = models.CharField(max_length=36, blank=True)
    address = models.GenericIPAddressField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["patient", "at"], name="audit_patient_at"),
            models.Index(fields=["account", "at"], name="audit_account_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(result__in=["done", "read", "refused"]), name="audit_result"
            )
        ]
