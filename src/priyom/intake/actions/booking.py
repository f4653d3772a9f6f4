"""From a request to a consultation: one transaction, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from priyom.clinics.models import Doctor
from priyom.consultations import actions as consultations
from priyom.consultations.models import Consultation
from priyom.intake import letters
from priyom.intake.actions.living import living, step
from priyom.intake.actions.telling import by_phone
from priyom.intake.choices import News
from priyom.intake.models import Request
from priyom.intake.rules import RequestAct, ask_three, misfit, mismatch, unfit
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients.actions import confirm_email
from priyom.patients.models import Patient
from priyom.patients.queries import staying
from priyom.schedule import actions as schedule


@dataclass(frozen=True, slots=True)
class Choice:
    """What the registrar chose: the card, the time, and the address confirmed with the person.

    `email` may be empty: then the patient is told by phone. `is_sure`: the person of a card that
    differs from the request has answered three questions.
    """

    patient: UUID
    slot: UUID
    email: str = ""
    is_sure: bool = False


def book(actor: Actor, request_id: UUID, choice: Choice) -> Consultation:
    """Book the slot, make the consultation, open its chat, queue the letters: all or nothing.

    Raises Refusal: SlotGone (conflict) with the nearest times, conflict when a colleague has the
    request or it is booked already, missing for strangers, invalid for a wrong address or age.
    """
    with living(actor, request_id, RequestAct.BOOK) as request:
        card = staying(choice.patient)
        ordered = request.patient_id if request.ordered_by_id else None
        if card is None or (ordered and staying(ordered) != card):
            raise missing("Карта")
        if choice.email and actor.kind is ActorKind.REGISTRAR:
            card = confirm_email(actor, card.pk, choice.email)
        require_same(actor, request, card, is_sure=choice.is_sure)
        slot = schedule.book(actor, choice.slot)
        require_fit(card, slot.doctor)
        consultation = consultations.book(
            actor,
            consultations.Booking(
                organisation=request.organisation_id,
                patient=card.pk,
                doctor=slot.doctor_id,
                slot=slot.pk,
                complaint=request.complaint,
            ),
        )
        request.patient = card
        request.email = choice.email.strip()
        request.consultation = consultation
        letters.tell_booked(request, consultation)
        if actor.kind is not ActorKind.DOCTOR:  # whose patient sits beside
            by_phone(actor, News.BOOKED, request, consultation)
    return consultation


def require_fit(card: Patient, doctor: Doctor) -> None:
    """Refuse (invalid) a doctor who does not see patients of this age or sex."""
    why = misfit(doctor.speciality, card.sex, card.birth_on, clock.today())
    if why:
        raise unfit(why)


def require_same(actor: Actor, request: Request, card: Patient, *, is_sure: bool) -> None:
    """Refuse (invalid) a card that differs from its request until the person was asked."""
    asked = (request.family, request.given, request.birth_on)
    differs = mismatch(asked, (card.family, card.given, card.birth_on))
    if not differs:
        return
    if not is_sure:
        raise ask_three()
    step(actor, request, "identified", f"Другое: {', '.join(differs)}")
