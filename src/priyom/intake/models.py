"""Requests of the deferred-appointment journal (ЖОЗ) and all that was done about them."""

from __future__ import annotations

from django.db import models

from priyom.clinics.models import Doctor, Organisation, Speciality
from priyom.consultations.models import Consultation
from priyom.intake.choices import (
    AbsenceState,
    News,
    ProposalState,
    TellingState,
    TransferState,
)
from priyom.intake.rules import (
    RequestState,
    Urgency,
)
from priyom.kernel.ids import uuid7
from priyom.patients.models import Patient
from priyom.schedule.models import Deviation, Slot


class Request(models.Model):
    """Request, заявка ЖОЗ (журнал отложенной записи, domain.md 2.6): who asks, for whom, when.

    What the person typed stays as typed; `patient` is the card a registrar matched to it (or
    the portal knew). One live request leads to at most one live consultation.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=24, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(
        max_length=16,
        choices=[
            ("portal", "портал"),
            ("phone", "телефон"),
            ("desk", "регистратура"),
            ("doctor", "врач"),
        ],
    )
    for_whom = models.CharField(
        max_length=8, choices=[("self", "себе"), ("child", "ребёнку"), ("ward", "подопечному")]
    )
    asked_by = models.UUIDField(null=True)
    """Account of the patient or representative; null when it came by phone."""
    asked_by_name = models.CharField(max_length=200, blank=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, related_name="+")
    family = models.CharField(max_length=100)
    given = models.CharField(max_length=100)
    patronymic = models.CharField(max_length=100, blank=True)
    birth_on = models.DateField(null=True)
    phone = models.CharField(max_length=16, blank=True)
    email = models.CharField(max_length=254, blank=True)
    complaint = models.TextField()
    speciality = models.ForeignKey(Speciality, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, null=True, related_name="+")
    ordered_by = models.ForeignKey(Doctor, on_delete=models.PROTECT, null=True, related_name="+")
    """The treating doctor, when the source is a doctor."""
    urgency = models.CharField(
        max_length=16, default=Urgency.PLANNED, db_default=Urgency.PLANNED.value
    )
    state = models.CharField(max_length=16, default=RequestState.NEW)
    taken_by = models.UUIDField(null=True)
    taken_by_name = models.CharField(max_length=200, blank=True)
    taken_at = models.DateTimeField(null=True)
    taken_until = models.DateTimeField(null=True)
    consultation = models.OneToOneField(
        Consultation, on_delete=models.PROTECT, null=True, related_name="request"
    )
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    reason = models.CharField(max_length=500, blank=True)
    """Why declined, withdrawn or reopened; the patient sees it."""
    answer_due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    """The registry's first answer: talked, offered, booked, declined (rules.ANSWERS)."""
    last_contact = models.CharField(max_length=24, blank=True, default="", db_default="")
    """The newest attempt to reach the person (rules.Contact), "" before the first."""
    call_back_at = models.DateTimeField(null=True)
    """When to call back, as the newest attempt has it."""
    asked_at = models.DateTimeField()
    client_key = models.UUIDField(unique=True, default=uuid7)
    """Idempotency key of the form: a double tap makes one request."""

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "asked_at"],
                name="intake_journal",
                condition=models.Q(state__in=["new", "taken"]),
            ),
            models.Index(fields=["organisation", "asked_at"], name="intake_asked"),
            # What ended without a consultation is rare among years of booked ones.
            models.Index(
                fields=["organisation", "asked_at", "id"],
                name="intake_ended",
                condition=models.Q(state__in=["declined", "withdrawn", "duplicate", "expired"]),
            ),
            models.Index(fields=["phone"], name="intake_phone", condition=~models.Q(phone="")),
            models.Index(fields=["patient", "asked_at"], name="intake_patient"),
            models.Index(fields=["asked_by", "asked_at"], name="intake_asked_by"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(RequestState)), name="intake_state"
            ),
            models.CheckConstraint(
                condition=models.Q(urgency__in=list(Urgency)), name="intake_urgency"
            ),
            models.CheckConstraint(
                condition=models.Q(state="taken", taken_by__isnull=False, taken_until__isnull=False)
                | (
                    ~models.Q(state="taken")
                    & models.Q(taken_by__isnull=True, taken_until__isnull=True)
                ),
                name="intake_taken",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="scheduled") | models.Q(consultation__isnull=False),
                name="intake_scheduled",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="duplicate") | models.Q(duplicate_of__isnull=False),
                name="intake_duplicate",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="declined") | ~models.Q(reason=""),
                name="intake_declined",
            ),
        ]


class Interval(models.Model):
    """Wished time, удобное время: an interval in which the person can talk (UTC)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="intervals")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="intake_interval"
            )
        ]


class Step(models.Model):
    """Step, шаг заявки: every change of state and every attempt to reach the person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=24)
    """`asked`, a RequestAct, or a contact: called, no_answer, call_back, note."""
    at = models.DateTimeField()
    by = models.UUIDField()
    by_name = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    call_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["request", "at"], name="intake_steps")]


class Absence(models.Model):
    """Absence, отсутствие врача: days on which the booked people need another time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()
    reason = models.CharField(max_length=500)
    """The patients see it."""
    state = models.CharField(max_length=16, default=AbsenceState.PREPARED)
    deviation = models.ForeignKey(Deviation, on_delete=models.SET_NULL, null=True, related_name="+")
    """What keeps plans away from these days; gone when it was undone."""
    prepared_at = models.DateTimeField()
    prepared_by_name = models.CharField(max_length=200)
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "prepared_at"], name="intake_absences"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(AbsenceState), last_on__gte=models.F("first_on")),
                name="intake_absence",
            ),
        ]


class Transfer(models.Model):
    """Transfer, перенос: one consultation that an absence displaces, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    absence = models.ForeignKey(Absence, on_delete=models.CASCADE, related_name="transfers")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    """When it was to begin; another time of the consultation means that it has moved already."""
    state = models.CharField(max_length=16, default=TransferState.WAITING)
    is_by_phone = models.BooleanField(default=False)
    """No address was known: the registry calls."""
    settled_at = models.DateTimeField(null=True)

    @property
    def is_over(self) -> bool:
        """Whether the consultation has moved, ended or gone to a colleague by another way."""
        now = self.consultation
        return (
            now.state != "scheduled"
            or now.starts_at != self.starts_at
            or now.doctor_id != self.absence.doctor_id
        )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(TransferState)), name="intake_transfer"
            ),
            models.UniqueConstraint(
                fields=["absence", "consultation"], name="intake_transfer_once"
            ),
            models.UniqueConstraint(
                fields=["consultation"],
                condition=models.Q(state=TransferState.WAITING),
                name="intake_transfer_waits_once",
            ),
        ]


class Proposal(models.Model):
    """Proposal, предложение времени: a free time that somebody who waits may accept by a link.

    The slot is held in the proposal's own name; one time and one request have one at a time.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="proposals")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, default=ProposalState.OFFERED)
    why = models.CharField(max_length=300)
    """The reasons of its rank when it was offered."""
    goes_on = models.BooleanField(default=True)
    """Not accepted, the time is offered to the next one."""
    offered_at = models.DateTimeField()
    offered_by = models.UUIDField()
    offered_by_name = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "offered_at"], name="intake_proposals"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(ProposalState)), name="intake_proposal"
            ),
            models.UniqueConstraint(
                fields=["slot"],
                condition=models.Q(state=ProposalState.OFFERED),
                name="intake_proposal_of_slot",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(state=ProposalState.OFFERED),
                name="intake_proposal_of_request",
            ),
        ]


class Telling(models.Model):
    """Telling, оповещение по телефону: what a person without e-mail must hear from the registry.

    News of one request (or of a consultation without one) replace what was not told yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(
        Request, on_delete=models.CASCADE, null=True, related_name="tellings"
    )
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    news = models.CharField(max_length=16)
    state = models.CharField(max_length=16, default=TellingState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    call_back_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "made_at"],
                name="intake_tellings",
                condition=models.Q(state=TellingState.WAITING),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(TellingState), news__in=list(News))
                & (models.Q(request__isnull=False) | models.Q(consultation__isnull=False)),
                name="intake_telling",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(state=TellingState.WAITING),
                name="intake_telling_of_request",
            ),
            models.UniqueConstraint(
                fields=["consultation"],
                condition=models.Q(state=TellingState.WAITING),
                name="intake_telling_of_consultation",
            ),
        ]


class ConsentCode(models.Model):
    """Consent code, код согласия: what a patient reads out of a letter to say yes to a doctor."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asked_by = models.UUIDField()
    """Account of the doctor; nobody else may use it."""
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["patient", "organisation", "sent_at"], name="intake_codes"),
        ]
