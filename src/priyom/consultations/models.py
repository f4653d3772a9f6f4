"""The aggregate: consultation, its members, consents and its append-only log."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from priyom.clinics.models import Doctor, Organisation
from priyom.consultations.rules import (
    KEEPS_SLOT,
    OPEN_CHAT,
    ConsentState,
    ConsultationState,
    EntryKind,
)
from priyom.files.models import Blob
from priyom.kernel.ids import uuid7
from priyom.kernel.present import present
from priyom.patients.models import Patient
from priyom.schedule.models import Slot


class Consent(models.Model):
    """Consent, ИДС (информированное добровольное согласие), 323-ФЗ ст. 20: one patient, one МО.

    Withdrawing closes this row; a later consent is a new row (append-only by rows).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    text_version = models.CharField(max_length=20)
    method = models.CharField(
        max_length=16,
        choices=[
            ("esia", "в кабинете, вход через ЕСИА"),
            ("visit", "на приёме у врача"),
            ("paper", "на бумаге"),
            ("code", "кодом из письма, у врача"),
        ],
    )
    state = models.CharField(max_length=16, default=ConsentState.GIVEN)
    scan = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    """The signed paper, when it was given on paper and photographed."""
    given_by = models.UUIDField()
    given_by_name = models.CharField(max_length=200)
    given_at = models.DateTimeField()
    withdrawn_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "organisation"],
                condition=models.Q(state="given"),
                name="consultations_one_consent",
            ),
            models.CheckConstraint(
                condition=models.Q(state="given", withdrawn_at__isnull=True)
                | models.Q(state="withdrawn", withdrawn_at__isnull=False),
                name="consultations_consent_state",
            ),
        ]


class Consultation(models.Model):
    """Consultation, консультация: one patient, one consultant, one time, one log.

    The database refuses `in_progress` without a given consent of this patient to this МО.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=24, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consultations")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="consultations")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    complaint = models.TextField(blank=True)
    state = models.CharField(max_length=16, default=ConsultationState.SCHEDULED)
    last_seq = models.PositiveIntegerField(default=0)
    booked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    """When the talk ended: completed, cancelled, no-show or returned."""
    reason = models.CharField(max_length=500, blank=True)
    ended_by = models.CharField(max_length=16, blank=True)
    move_asked_at = models.DateTimeField(null=True)
    move_wish = models.CharField(max_length=300, blank=True)
    data_asked_at = models.DateTimeField(null=True)
    """When the doctor last asked for data: from then on the promise clock may run."""

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "starts_at"],
                condition=models.Q(state__in=sorted(OPEN_CHAT)),
                name="consultations_open",
            ),
            models.Index(fields=["doctor", "starts_at"], name="consultations_doctor_day"),
            models.Index(fields=["patient", "starts_at"], name="consultations_patient"),
            models.Index(fields=["organisation", "starts_at"], name="consultations_org_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(ConsultationState)),
                name="consultations_state",
            ),
            models.UniqueConstraint(
                fields=["slot"],
                condition=models.Q(state__in=sorted(KEEPS_SLOT)),
                name="consultations_one_per_slot",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["in_progress", "concluding", "completed"])
                | models.Q(began_at__isnull=False),
                name="consultations_began",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["scheduled", "in_progress", "concluding"])
                | models.Q(ended_at__isnull=False),
                name="consultations_ended",
            ),
        ]


class Member(models.Model):
    """Member, участник: an account that may read and write here, and how far it has read.

    A patient's account becomes a member when its right to the card was checked (first opening);
    `until` ends a membership (hand-over); handing back opens it again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="members")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    side = models.CharField(max_length=8, choices=[("patient", "пациент"), ("doctor", "врач")])
    name = models.CharField(max_length=200)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    delivered_seq = models.PositiveIntegerField(default=0)
    read_seq = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "account"], name="consultations_member_once"
            ),
            models.CheckConstraint(
                condition=models.Q(side__in=["patient", "doctor"]), name="consultations_side"
            ),
        ]


class Entry(models.Model):
    """Entry, запись журнала консультации: gapless `seq`, never changed, never deleted.

    UNIQUE (consultation, author, client_key): a repeat is answered with the first one's number.
    """

    pk = models.CompositePrimaryKey("consultation_id", "seq")
    # No indexes of their own: both unique keys begin with the consultation, and a lonely one is
    # what an untrained planner takes to look for a client key, through the whole chat.
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    seq = models.PositiveIntegerField()
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=24)
    author = models.UUIDField()
    """Account; kernel.actor.SYSTEM_ACCOUNT for what jobs write."""
    side = models.CharField(max_length=10)
    author_name = models.CharField(max_length=200)
    client_key = models.CharField(max_length=64)
    refers_to_seq = models.PositiveIntegerField(null=True)
    frame = models.PositiveSmallIntegerField(default=1)
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "author", "client_key"],
                name="consultations_entry_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=list(EntryKind)), name="consultations_entry_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(side__in=["patient", "doctor", "registrar", "system"]),
                name="consultations_entry_side",
            ),
            models.CheckConstraint(condition=models.Q(seq__gt=0), name="consultations_entry_seq"),
        ]


class Attachment(models.Model):
    """Attachment, вложение: which file belongs to which entry; `seq` is null until it is sent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="attachments"
    )
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField(null=True)
    name = models.CharField(max_length=200)
    uploaded_by = models.UUIDField()
    uploaded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["consultation", "seq"], name="consultations_attached")]


class Seal(models.Model):
    """Seal, печать закрытой консультации: hash of its log so far and of its manifest (947н §V).

    Asked for by the act that closes, and again by each entry after it; made by a job, because
    hashing a long talk must not hold its lock. Each part covers the log from entry 1.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Its unique key begins with it.
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="seals", db_index=False
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    part = models.PositiveSmallIntegerField()
    entries = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    """Last link of the chain (chain.py), hexadecimal."""
    manifest = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=models.Q(sealed_at=None),
                name="consultations_unsealed",
            ),
            # Whoever signs what was sealed lately (archive) reads that and no more.
            models.Index(
                fields=["sealed_at"],
                condition=models.Q(sealed_at__isnull=False),
                name="consultations_sealed_at",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "part"], name="consultations_seal_part"
            ),
            models.UniqueConstraint(
                fields=["consultation"],
                condition=models.Q(sealed_at=None),
                name="consultations_one_unsealed",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed_at=None, head="", manifest=None)
                | models.Q(sealed_at__isnull=False, manifest__isnull=False, entries__gt=0)
                & ~models.Q(head=""),
                name="consultations_sealed",
            ),
        ]

    @property
    def kept_manifest(self) -> Blob:
        """What was sealed. Raises Absent before the sealing."""
        return present(self.manifest, by="consultations_sealed")
