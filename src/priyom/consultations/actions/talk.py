"""The doctor's and the patient's acts around the talk itself."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from priyom.audit.actions import record
from priyom.clinics.models import Doctor
from priyom.consultations.actions.booking import change_consultant, required
from priyom.consultations.actions.living import living, lock
from priyom.consultations.models import Attachment, Consent, Consultation, Member
from priyom.consultations.queries.promises import promises
from priyom.consultations.rules import (
    BEGIN_EARLIEST,
    NO_SHOW_AFTER,
    OPEN_CHAT,
    ConsultationAct,
    EntryKind,
    chat_closed,
    consent_needed,
    not_waiting,
    too_early,
)
from priyom.files.actions import bind, bound, permit
from priyom.files.models import Blob
from priyom.files.rules import SUBJECT_LIMIT
from priyom.kernel import clock
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import Refusal, RefusalKind, missing


def attach(
    actor: Actor, consultation_id: UUID, blob: Blob, name: str, upload: UUID | None = None
) -> Attachment:
    """Keep an uploaded file for the member's next message; it is seen when the message is sent.

    `upload` is the way it came, if by tus: finishing it twice gives the same attachment.
    Raises Refusal: missing for strangers, conflict when the chat is closed.
    """
    with transaction.atomic():
        consultation = lock(consultation_id)
        member = Member.objects.filter(
            consultation=consultation, account=actor.account, until=None
        ).exists()
        if not member:
            raise missing("Консультация")
        became = bound(actor, consultation_id, upload) if upload else None
        if became:
            return Attachment.objects.select_related("blob").get(pk=became)
        if consultation.state not in OPEN_CHAT:
            raise chat_closed()
        attachment = Attachment.objects.create(
            consultation=consultation,
            blob=blob,
            name=name[:200],
            uploaded_by=actor.account,
            uploaded_at=clock.now(),
        )
        record(
            actor,
            "file.attach",
            ("attachment", attachment.pk),
            patient=consultation.patient_id,
        )
        if upload:
            bind(upload, attachment.pk)
        return attachment


def attached(actor: Actor, consultation_id: UUID, upload: UUID) -> Attachment | None:
    """Return the attachment that an upload of the actor has become, None while it is none."""
    with transaction.atomic():
        became = bound(actor, consultation_id, upload)
        if became is None:
            return None
        return Attachment.objects.select_related("blob").get(pk=became)


def permit_uploads(actor: Actor, consultation_id: UUID) -> str:
    """Return the secret with which a member sends files into an open chat for five minutes.

    Raises Refusal: missing for strangers, conflict when the chat is closed.
    """
    with transaction.atomic():
        member = (
            Member.objects.select_related("consultation")
            .filter(consultation_id=consultation_id, account=actor.account, until=None)
            .first()
        )
        if member is None:
            raise missing("Консультация")
        if member.consultation.state not in OPEN_CHAT:
            raise chat_closed()
        taken = Attachment.objects.filter(consultation_id=consultation_id).aggregate(
            bytes=Sum("blob__size", default=0)
        )
        return permit(actor, consultation_id, max(0, SUBJECT_LIMIT - taken["bytes"]))


def begin(actor: Actor, consultation_id: UUID) -> Consultation:
    """The doctor begins; the actual start is kept. At most 15 minutes before the time.

    Raises Refusal (conflict) without a given consent; the database refuses it too.
    """
    with living(actor, consultation_id, ConsultationAct.BEGIN) as turn:
        consultation = turn.consultation
        if turn.at < consultation.starts_at - BEGIN_EARLIEST:
            raise too_early("Начать", consultation.starts_at - BEGIN_EARLIEST)
        if not has_consent(consultation):
            raise consent_needed(to_doctor=True)
        consultation.began_at = turn.at
        turn.say(EntryKind.BEGUN)
    return consultation


def ask(actor: Actor, consultation_id: UUID, what: str) -> Consultation:
    """Ask the patient for more data; stands out in the chat and on the patient's home page."""
    with living(actor, consultation_id, ConsultationAct.ASK) as turn:
        turn.consultation.data_asked_at = turn.at
        turn.say(EntryKind.ASKED, required(what, "Напишите, что прислать пациенту."))
    return turn.consultation


def hand_over(actor: Actor, consultation_id: UUID, doctor_id: UUID, reason: str) -> Consultation:
    """Hand the consultation to a colleague of the same МО: membership moves, the thread stays."""
    with living(actor, consultation_id, ConsultationAct.HAND_OVER) as turn:
        doctor = (
            Doctor.objects.select_related("account")
            .filter(pk=doctor_id, organisation_id=turn.consultation.organisation_id, works=True)
            .exclude(pk=turn.consultation.doctor_id)
            .first()
        )
        if doctor is None:
            raise Refusal(
                "consultation.hand_over.nobody",
                RefusalKind.INVALID,
                "Выберите коллегу из списка.",
                field="doctor",
            )
        said = required(reason, "Напишите, почему передаёте: коллега и пациент это увидят.")
        turn.say(EntryKind.HANDED_OVER, said, to=str(doctor), doctor=str(doctor.pk))
        change_consultant(turn, doctor)
    return turn.consultation


def take_over(actor: Actor, consultation_id: UUID) -> Consultation:
    """A colleague of the same speciality takes what is overdue; the thread stays.

    Raises Refusal (conflict) when the doctor has answered or another colleague was first.
    """
    with living(actor, consultation_id, ConsultationAct.TAKE_OVER) as turn:
        asked = promises([turn.consultation]).get(consultation_id)
        if asked is None or not asked.is_overdue:
            raise not_waiting()
        doctor = Doctor.objects.select_related("account").get(pk=actor.consultant)
        turn.say(EntryKind.HANDED_OVER, to=str(doctor), doctor=str(doctor.pk), taken=True)
        change_consultant(turn, doctor)
    return turn.consultation


def miss(actor: Actor, consultation_id: UUID) -> Consultation:
    """Mark a no-show, ten minutes after the time at the earliest (domain.md 8, case 17)."""
    with living(actor, consultation_id, ConsultationAct.MISS) as turn:
        earliest = turn.consultation.starts_at + NO_SHOW_AFTER
        if turn.at < earliest:
            raise too_early("Отметить неявку", earliest)
        turn.consultation.reason = "Пациент не пришёл"
        turn.say(EntryKind.NO_SHOW)
    return turn.consultation


def form(actor: Actor, consultation_id: UUID) -> Consultation:
    """Freeze the chat for the signature; called by conclusions.actions.form in its transaction."""
    with living(actor, consultation_id, ConsultationAct.FORM) as turn:
        turn.say(EntryKind.FORMED)
    return turn.consultation


def revise(actor: Actor, consultation_id: UUID) -> Consultation:
    """Open the chat again before the signature; called by conclusions.actions.revise."""
    with living(actor, consultation_id, ConsultationAct.REVISE) as turn:
        turn.say(EntryKind.REVISED)
    return turn.consultation


def complete(actor: Actor, consultation_id: UUID) -> Consultation:
    """Close for good; called by conclusions.actions.sign in its transaction."""
    with living(actor, consultation_id, ConsultationAct.COMPLETE) as turn:
        turn.say(EntryKind.COMPLETED)
    return turn.consultation


def has_consent(consultation: Consultation) -> bool:
    """Tell whether this patient's consent to this МО is given now."""
    return Consent.objects.filter(
        patient_id=consultation.patient_id,
        organisation_id=consultation.organisation_id,
        state="given",
    ).exists()
