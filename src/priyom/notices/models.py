"""Letters: an address, a text and a state; this room knows no consultation."""

from __future__ import annotations

from django.db import models

from priyom.kernel.ids import uuid7
from priyom.notices.rules import NoticeState


class Notice(models.Model):
    """Notice, уведомление. process.md step 3: nothing is lost if mail is down for a day.

    `key` makes one letter of one event to one person: a repeat of the act makes no second one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.UUIDField()
    key = models.CharField(max_length=120, unique=True)
    message_id = models.CharField(max_length=120, unique=True)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    calendar = models.TextField(blank=True)
    about = models.UUIDField()
    """Opaque id of what the letter is about, for the lists of the rooms above."""
    state = models.CharField(max_length=16, default=NoticeState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    failure = models.CharField(max_length=300, blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="notices_due",
                condition=models.Q(state="queued"),
            ),
            models.Index(fields=["about"], name="notices_about"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(NoticeState)), name="notices_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False),
                name="notices_sent_at",
            ),
        ]
