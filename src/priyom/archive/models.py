"""What is made of closed talks for whoever may have them."""

from __future__ import annotations

from django.db import models

from priyom.archive.rules import LEAST_YEARS, MOST_YEARS, BundleKind, Keeping
from priyom.clinics.models import Organisation
from priyom.consultations.models import Consultation, Seal
from priyom.files.models import Blob
from priyom.kernel.ids import uuid7


class Bundle(models.Model):
    """Bundle, архив для скачивания: a transcript or a ZIP of one closed talk, for who asked.

    Made by a job, kept for a day; then its bytes go and the row stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    account = models.UUIDField()
    kind = models.CharField(max_length=12)
    asked_at = models.DateTimeField()
    entries = models.PositiveIntegerField()
    """How long the log was when it was asked for: a longer one needs another bundle."""
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    """Bytes packed and to pack: how far the job is."""
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["made_at"],
                condition=models.Q(made_at__isnull=False, gone_at=None),
                name="archive_bundle_kept",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=list(BundleKind)), name="archive_bundle_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(made_at=None, blob=None)
                | models.Q(made_at__isnull=False, blob__isnull=False),
                name="archive_bundle_made",
            ),
        ]


class Term(models.Model):
    """Term, срок хранения (947н §V): how many years a МО keeps talks of one class."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    keeping = models.CharField(max_length=12)
    years = models.PositiveSmallIntegerField()
    set_by = models.UUIDField()
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "keeping"], name="archive_term_once"),
            models.CheckConstraint(
                condition=models.Q(
                    keeping=Keeping.DOCUMENT,
                    years__range=(LEAST_YEARS[Keeping.DOCUMENT], MOST_YEARS),
                )
                | models.Q(
                    keeping=Keeping.TALK, years__range=(LEAST_YEARS[Keeping.TALK], MOST_YEARS)
                ),
                name="archive_term_years",
            ),
        ]


class Hold(models.Model):
    """Hold, запрет на уничтожение: a court or a dispute keeps a talk beyond its term.

    Set and lifted by the head, with a reason each time; a lifted hold stays as a row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    set_by = models.UUIDField()
    set_by_name = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    lifted_by = models.UUIDField(null=True)
    lifted_by_name = models.CharField(max_length=200, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consultation"],
                condition=models.Q(lifted_at=None),
                name="archive_one_hold",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_by=None)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False)
                & ~models.Q(lift_reason=""),
                name="archive_hold_lifted",
            ),
        ]


class SealSignature(models.Model):
    """SealSignature, подпись описи: the organisation's, detached, over a seal's manifest (63-ФЗ).

    One row for each seal that got one, never changed (seal_signature.sql).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    way = models.CharField(max_length=16)
    owner = models.CharField(max_length=200)
    serial = models.CharField(max_length=64)
    certificate_until = models.DateTimeField()
    cms = models.BinaryField()
    signed_at = models.DateTimeField()
    """When it was received and checked, by our clock."""
