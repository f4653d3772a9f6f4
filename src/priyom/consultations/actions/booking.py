"""From a booked slot to a consultation, and what moves or ends it before the doctor begins."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from priyom.audit.actions import record
from priyom.clinics.models import Doctor
from priyom.consultations.actions.living import Turn, living, write
from priyom.consultations.models import Consultation, Member
from priyom.consultations.offers import late_for_patient
from priyom.consultations.rules import WISH_LIMIT, ConsultationAct, EntryKind, patient_died
from priyom.kernel import clock, typed
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.present import present
from priyom.kernel.refusal import Refusal, RefusalKind, missing
from priyom.kernel.typed import REASON_LIMIT
from priyom.patients.models import Patient
from priyom.patients.queries import staying
from priyom.schedule import actions as schedule
from priyom.schedule.models import Slot


@dataclass(frozen=True, slots=True)
class Booking:
    """What a consultation is made of; the slot is already booked by the caller's transaction."""

    organisation: UUID
    patient: UUID
    doctor: UUID
    slot: UUID
    complaint: str = ""


def book(actor: Actor, booking: Booking) -> Consultation:
    """Make the consultation with its number, open its chat with a system entry.

    Called inside the transaction that booked the slot (intake.actions.book), which has checked
    the actor's right to the request; of merged cards the one that stays gets it. Raises Refusal:
    missing (no such card), conflict if the slot is not the doctor's, or a death is noted.
    """
    with transaction.atomic():
        slot = Slot.objects.get(pk=booking.slot)
        doctor = Doctor.objects.select_related("account").get(pk=booking.doctor)
        if slot.doctor_id != doctor.pk or doctor.organisation_id != booking.organisation:
            raise Refusal(
                "consultation.book.other_doctor",
                RefusalKind.CONFLICT,
                "Это время другого врача. Выберите время заново.",
            )
        card = _card(booking.patient)
        now = clock.now()
        consultation = Consultation.objects.create(
            number=_next_number(),
            organisation_id=booking.organisation,
            patient=card,
            doctor=doctor,
            slot=slot,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            complaint=booking.complaint,
            booked_at=now,
        )
        Member.objects.create(
            consultation=consultation,
            account=doctor.account,
            side="doctor",
            name=str(doctor),
            since=now,
        )
        turn = Turn(actor, consultation, now)
        turn.say(EntryKind.OPENED, starts_at=slot.starts_at.isoformat())
        write(turn)
        consultation.save(update_fields=["last_seq"])
        record(
            actor,
            "consultation.book",
            ("consultation", consultation.pk),
            patient=card.pk,
            detail={"slot": str(slot.pk)},
        )
        return consultation


def _card(patient: UUID) -> Patient:
    card = staying(patient)
    if card is None:
        raise missing("Карта")
    if card.died_on:
        raise patient_died()
    return card


def reschedule(
    actor: Actor, consultation_id: UUID, slot_id: UUID, reason: str = ""
) -> Consultation:
    """Move to another free time of the same or another doctor of this МО; the old time is freed.

    `reason` stands in the chat. Raises Refusal (conflict) with the nearest free times when the new
    one is taken, invalid for a reason that is too long.
    """
    if len(reason) > REASON_LIMIT:
        raise typed.too_long(REASON_LIMIT, "reason")
    with living(actor, consultation_id, ConsultationAct.RESCHEDULE) as turn:
        consultation = turn.consultation
        schedule.move(actor, consultation.slot_id, slot_id)
        slot = Slot.objects.select_related("doctor__account").get(pk=slot_id)
        if slot.organisation_id != consultation.organisation_id:
            raise Refusal(
                "consultation.reschedule.other_organisation",
                RefusalKind.CONFLICT,
                "Это время в другой поликлинике. Выберите время в своей.",
            )
        turn.say(
            EntryKind.RESCHEDULED,
            reason.strip(),
            before=consultation.starts_at.isoformat(),
            starts_at=slot.starts_at.isoformat(),
        )
        if slot.doctor_id != consultation.doctor_id:
            change_consultant(turn, slot.doctor)
        consultation.slot = slot
        consultation.starts_at, consultation.ends_at = slot.starts_at, slot.ends_at
        consultation.move_asked_at, consultation.move_wish = None, ""
    return consultation


def cancel(actor: Actor, consultation_id: UUID, reason: str) -> Consultation:
    """End it before its conclusion, by the patient, by the МО, or because consent was withdrawn.

    The slot becomes free again. Raises Refusal: invalid without a reason, conflict to the patient's
    side after the МО's limit.
    """
    with living(actor, consultation_id, ConsultationAct.CANCEL) as turn:
        _require_in_time(turn)
        _end(turn, EntryKind.CANCELLED, reason)
    return turn.consultation


def return_(actor: Actor, consultation_id: UUID, reason: str) -> Consultation:
    """The doctor refuses: the slot is freed; intake sends the request back to the journal."""
    with living(actor, consultation_id, ConsultationAct.RETURN) as turn:
        _end(turn, EntryKind.RETURNED, reason)
    return turn.consultation


def ask_to_move(actor: Actor, consultation_id: UUID, wish: str) -> Consultation:
    """The patient asks for another time; nothing moves until a registrar does it.

    Raises Refusal (conflict) after the МО's limit.
    """
    with living(actor, consultation_id, ConsultationAct.ASK_TO_MOVE) as turn:
        _require_in_time(turn)
        turn.consultation.move_asked_at = turn.at
        turn.consultation.move_wish = required(wish, "Напишите, когда вам удобно.", WISH_LIMIT)
        turn.say(EntryKind.MOVE_ASKED)
    return turn.consultation


def change_consultant(turn: Turn, doctor: Doctor) -> None:
    """Move the doctor's membership to another account, in the turn's transaction."""
    consultation = turn.consultation
    Member.objects.filter(consultation=consultation, side="doctor", until=None).update(
        until=turn.at
    )
    Member.objects.update_or_create(
        consultation=consultation,
        account=doctor.account,
        defaults={"until": None, "name": str(doctor)},
        create_defaults={"side": "doctor", "name": str(doctor), "since": turn.at},
    )
    consultation.doctor = doctor


def required(text: str, otherwise: str, limit: int = REASON_LIMIT) -> str:
    """Return the stripped text, or refuse with the sentence `otherwise` beside the field."""
    lacking = Refusal("reason.missing", RefusalKind.INVALID, otherwise, field="reason")
    return typed.required(text, lacking, limit)


def _require_in_time(turn: Turn) -> None:
    if turn.actor.kind is ActorKind.PATIENT:
        late = late_for_patient(turn.consultation, turn.at)
        if late is not None:
            raise late


def _end(turn: Turn, kind: EntryKind, reason: str) -> None:
    consultation = turn.consultation
    consultation.reason = required(reason, "Напишите причину: пациент её увидит.")
    schedule.free(turn.actor, consultation.slot_id)
    turn.say(kind, consultation.reason)


def _next_number() -> str:
    """Return the number that people say aloud: date in Moscow and a running number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('consultations_number')")
        (number,) = present(cursor.fetchone(), by="a sequence always answers")
    return f"{clock.today():%y%m%d}-{number}"
