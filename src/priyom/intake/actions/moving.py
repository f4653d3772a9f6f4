"""What happens to a booked consultation and, with it, to its request: one transaction each."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db import transaction

from priyom.consultations import actions as consultations
from priyom.consultations.models import Consultation
from priyom.consultations.offers import late_for_patient
from priyom.intake import letters
from priyom.intake.actions.booking import require_fit
from priyom.intake.actions.living import due, living, required
from priyom.intake.actions.telling import by_phone, drop
from priyom.intake.choices import News
from priyom.intake.models import Request
from priyom.intake.rules import RequestAct
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients.queries import may_act_for
from priyom.schedule.models import Slot


def reschedule(
    actor: Actor, consultation_id: UUID, slot_id: UUID, reason: str = ""
) -> Consultation:
    """A registrar moves it to another free time, of this or another doctor; both sides are told.

    `reason` stands in the chat, where both read it; no letter carries it.
    Raises Refusal: SlotGone (conflict) with the nearest times, missing for strangers, invalid for
    a children's doctor of an adult.
    """
    with transaction.atomic():
        before = Consultation.objects.filter(pk=consultation_id).values_list("doctor_id").first()
        consultation = consultations.reschedule(actor, consultation_id, slot_id, reason)
        require_fit(consultation.patient, consultation.doctor)
        former = before[0] if before and before[0] != consultation.doctor_id else None
        request = request_of(consultation_id)
        letters.tell_moved(request, consultation, former)
        by_phone(actor, News.MOVED, request, consultation)
    return consultation


def move_by_patient(actor: Actor, consultation_id: UUID, slot_id: UUID) -> Consultation:
    """The patient's side moves it to another time of the same speciality, until the МО's limit.

    Raises Refusal: SlotGone (conflict) with the nearest times, conflict after the limit or by its
    state, missing for strangers and for times that the page does not offer.
    """
    if actor.kind is not ActorKind.PATIENT:
        raise missing("Консультация")
    with transaction.atomic():
        found = Consultation.objects.select_related("organisation", "doctor")
        now = found.filter(pk=consultation_id).first()
        if now is None:
            raise missing("Консультация")
        may_act_for(actor, now.patient_id, "Консультация")
        late = late_for_patient(now, clock.now())
        if late is not None:
            raise late
        require_fitting(now.doctor.speciality_id, slot_id)
        guest = replace(actor, organisation=now.organisation_id)
        return reschedule(guest, consultation_id, slot_id)


def require_fitting(speciality: UUID, slot_id: UUID) -> None:
    """Refuse (missing) to a patient a time that no page offers: another speciality, or nobody's."""
    if not Slot.objects.filter(pk=slot_id, speciality_id=speciality, doctor__works=True).exists():
        raise missing("Время приёма")


def cancel(actor: Actor, consultation_id: UUID, reason: str) -> Consultation:
    """The МО cancels: the slot is freed, the request goes back to the journal, both are told."""
    said = required(reason)
    if actor.kind is ActorKind.PATIENT:
        raise missing("Консультация")
    return send_back(actor, consultation_id, said)


def send_back(actor: Actor, consultation_id: UUID, said: str) -> Consultation:
    """Cancel it for the МО, put its request into the journal, tell both: for the acts here.

    The caller has asked the actor's right and the reason.
    """
    with transaction.atomic():
        request = request_of(consultation_id, lock=True)
        consultation = consultations.cancel(actor, consultation_id, said)
        letters.tell_cancelled(request, consultation, "clinic")
        by_phone(actor, News.CANCELLED, request, consultation)
        _send_back(actor, request, said)
    return consultation


def return_(actor: Actor, consultation_id: UUID, reason: str) -> Consultation:
    """The doctor refuses: the slot is freed, the request goes back to the journal."""
    said = required(reason)
    with transaction.atomic():
        request = request_of(consultation_id, lock=True)
        consultation = consultations.return_(actor, consultation_id, said)
        letters.tell_cancelled(request, consultation, "returned")
        by_phone(actor, News.CANCELLED, request, consultation)
        _send_back(actor, request, said)
    return consultation


def cancel_by_patient(actor: Actor, consultation_id: UUID, reason: str) -> Consultation:
    """The patient's side cancels; the request stays as it ended, a new one may follow.

    Raises Refusal: conflict after the МО's limit, missing for strangers.
    """
    said = required(reason)
    if actor.kind is not ActorKind.PATIENT:
        raise missing("Консультация")
    with transaction.atomic():
        request = request_of(consultation_id, lock=True)
        consultation = consultations.cancel(actor, consultation_id, said)
        letters.tell_cancelled(request, consultation, "patient")
        drop(actor, request, consultation)
    return consultation


def ask_to_move(actor: Actor, consultation_id: UUID, wish: str) -> Consultation:
    """The patient's side asks for another time; nothing moves until a registrar does it."""
    return consultations.ask_to_move(actor, consultation_id, wish)


def hand_over(actor: Actor, consultation_id: UUID, doctor_id: UUID, reason: str) -> Consultation:
    """The consultant hands it to a colleague of the МО; the colleague and the patient are told."""
    with transaction.atomic():
        consultation = consultations.hand_over(actor, consultation_id, doctor_id, reason)
        letters.tell_handed_over(request_of(consultation_id), consultation)
    return consultation


def take_over(actor: Actor, consultation_id: UUID) -> Consultation:
    """A colleague takes what is overdue; the patient and both doctors are told."""
    before = Consultation.objects.select_related("doctor").filter(pk=consultation_id).first()
    with transaction.atomic():
        consultation = consultations.take_over(actor, consultation_id)
        if before is not None:
            letters.tell_taken_over(request_of(consultation_id), consultation, before.doctor)
    return consultation


def miss(actor: Actor, consultation_id: UUID) -> Consultation:
    """The consultant marks a no-show; the patient is told how to ask again."""
    with transaction.atomic():
        consultation = consultations.miss(actor, consultation_id)
        letters.tell_missed(request_of(consultation_id), consultation)
    return consultation


def withdraw_consent(actor: Actor, consent_id: UUID) -> None:
    """The patient's side withdraws a consent; who loses a consultation by it is told."""
    with transaction.atomic():
        for ended in consultations.withdraw_consent(actor, consent_id):
            letters.tell_cancelled(request_of(ended.pk), ended, "patient")


def request_of(consultation_id: UUID, *, lock: bool = False) -> Request | None:
    """Return the request that led to it; locked first: request, then consultation, then slot."""
    rows = Request.objects.filter(consultation_id=consultation_id)
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    return rows.first()


def _send_back(actor: Actor, request: Request | None, reason: str) -> None:
    """Put the request into the journal again with a new term; called in the act's transaction."""
    if request is None:
        return
    with living(actor, request.pk, RequestAct.SEND_BACK, reason) as row:
        row.consultation = None
        row.reason = reason
        row.answer_due_at = due(row.organisation, clock.now())
