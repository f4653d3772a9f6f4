"""What the talk keeps beside the log: ready phrases."""

from __future__ import annotations

from django.db import models

from priyom.chat.phrases import BODY_LIMIT, TITLE_LIMIT
from priyom.clinics.models import Doctor, Organisation
from priyom.kernel.ids import uuid7


class Phrase(models.Model):
    """Phrase, шаблон фразы: words that a doctor says often, inserted into the field by «/».

    Without a doctor it is the organisation's: all its doctors have it, the head keeps it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(Doctor, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=TITLE_LIMIT)
    body = models.TextField(max_length=BODY_LIMIT)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "doctor", "title"],
                nulls_distinct=False,
                name="chat_phrase_once",
            ),
        ]
