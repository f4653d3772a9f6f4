"""What a patient does with a signed conclusion: understands it or asks, shows it to somebody."""

from __future__ import annotations

from django.db import models

from priyom.conclusions.models import Conclusion
from priyom.consultations.models import Consultation
from priyom.intake.models import Request
from priyom.kernel.ids import uuid7


class Mark(models.Model):
    """Mark, отметка «понятно»: whether one advice of one signed version is, or was asked about."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conclusion = models.ForeignKey(Conclusion, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=32)
    """Field and line of the paper: «recommendations:2» (rules.Advice)."""
    is_clear = models.BooleanField()
    request = models.ForeignKey(Request, on_delete=models.PROTECT, null=True, related_name="+")
    """The question that was asked about it, a request of its own."""
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conclusion", "place"], name="aftercare_mark_once"),
            models.CheckConstraint(
                condition=models.Q(is_clear=True) | models.Q(request__isnull=False),
                name="aftercare_unclear_is_asked",
            ),
        ]


class Share(models.Model):
    """Share, ссылка на заключение: opens once, for one browser, for a short time.

    Its address is the key sealed with the server's secret; `reader` the hash of what the browser
    that opened it keeps.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    reader = models.CharField(max_length=64, blank=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["consultation", "made_at"], name="aftercare_shares")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="aftercare_share_lives"
            ),
            models.CheckConstraint(
                condition=models.Q(opened_at__isnull=True, reader="")
                | models.Q(opened_at__isnull=False) & ~models.Q(reader=""),
                name="aftercare_share_opened",
            ),
        ]
