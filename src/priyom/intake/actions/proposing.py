"""A free time is offered to who waits; the patient accepts by a link, or it goes to the next."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from priyom.audit.actions import record
from priyom.consultations import actions as consultations
from priyom.consultations.models import Consultation
from priyom.consultations.rules import patient_died
from priyom.intake import letters, news
from priyom.intake.access import is_registrar
from priyom.intake.actions.booking import require_fit
from priyom.intake.actions.living import audit, living, lock, require_holder, step
from priyom.intake.actions.ticking import each
from priyom.intake.choices import (
    KEPT_FOR,
    PROPOSAL,
    ProposalAct,
    ProposalState,
    already_offered,
    no_address,
    too_late,
)
from priyom.intake.matching import Match
from priyom.intake.models import Proposal, Request
from priyom.intake.queries.sight import WAITING
from priyom.intake.queries.waiting import matches
from priyom.intake.rules import (
    REQUEST,
    RequestAct,
    RequestState,
    Urgency,
)
from priyom.kernel import clock, words
from priyom.kernel.actor import SYSTEM, Actor, ActorKind
from priyom.kernel.present import present
from priyom.kernel.refusal import Refusal, missing
from priyom.patients.queries import may_act_for, staying
from priyom.schedule import actions as schedule
from priyom.schedule.models import Slot

_OFFERED_ONCE = ("intake_proposal_of_slot", "intake_proposal_of_request")


def propose(actor: Actor, request_id: UUID, slot_id: UUID) -> Proposal:
    """A registrar offers a free time to who waits; it is kept for the patient KEPT_FOR.

    Not wanted or not answered, it goes on to the next one by itself. Raises Refusal: SlotGone
    (conflict) with the nearest times, conflict when a colleague has the request, when it or the
    time is offered already, nobody could be written to or the patient died, missing for strangers.
    """
    slot = Slot.objects.filter(pk=slot_id, organisation_id=actor.workplace).first()
    if slot is None:
        raise missing("Время приёма")
    found = [match for match in matches(slot) if match.request == request_id]
    return _propose(actor, request_id, slot_id, found[0] if found else None)


def accept_proposal(actor: Actor, proposal_id: UUID) -> Consultation:
    """The patient takes the offered time: slot, consultation, chat and letters, all or nothing.

    Raises Refusal: missing for strangers, conflict when it is too late or settled.
    """
    with transaction.atomic():
        row = _open(actor, proposal_id)
        PROPOSAL.after(ProposalState(row.state), ProposalAct.ACCEPT)
        if row.expires_at <= clock.now():
            raise too_late()
        guest = replace(actor, organisation=row.organisation_id)
        with living(guest, row.request_id, RequestAct.ACCEPT) as request:
            slot = schedule.book(guest, row.slot_id, keeper=row.pk)
            patient = present(request.patient, by="only known people are offered times")
            require_fit(patient, slot.doctor)
            made = consultations.book(
                guest,
                consultations.Booking(
                    organisation=row.organisation_id,
                    patient=patient.pk,
                    doctor=slot.doctor_id,
                    slot=slot.pk,
                    complaint=request.complaint,
                ),
            )
            request.consultation = made
            letters.tell_booked(request, made)
        _settle(actor, row, ProposalAct.ACCEPT)
        return made


def decline_proposal(actor: Actor, proposal_id: UUID) -> None:
    """The patient does not want it: the request stays in its place, the time goes to the next.

    Raises Refusal: missing for strangers, conflict when it is settled.
    """
    with transaction.atomic():
        row = _open(actor, proposal_id)
        _let_go(actor, row, ProposalAct.DECLINE)
        step(actor, row.request, "declined_offer")
    _go_on(row)


def withdraw_proposal(actor: Actor, proposal_id: UUID) -> None:
    """A registrar takes an offer back; the time is free, nobody else gets it by itself."""
    with transaction.atomic():
        row = _lock(proposal_id)
        if not is_registrar(actor, row.request):
            raise missing("Страница")
        _let_go(actor, row, ProposalAct.WITHDRAW)


def pass_on() -> int:
    """End the offers that nobody answered, whose request is settled or whose time has closed.

    Those times that are still there go on.

    Each in a transaction of its own: one's trouble never stops the next. Returns how many.
    """
    late = Q(expires_at__lte=clock.now()) | ~Q(request__state__in=WAITING)
    lost = ~Q(slot__held_by=F("pk"))
    rows = Proposal.objects.filter(late | lost, state=ProposalState.OFFERED)
    keys = list(rows.order_by("expires_at").values_list("pk", flat=True))
    return each("the end of offer", keys, _pass_on)


def hasten(actor: Actor, request_id: UUID, *, is_urgent: bool) -> Request:
    """A registrar marks a waiting request as urgent, or as planned again; it ranks by it.

    Raises Refusal: missing for strangers, conflict when a colleague has it or it is settled.
    """
    with transaction.atomic():
        request = lock(request_id)
        if not is_registrar(actor, request):
            raise missing("Заявка")
        require_holder(actor, request)
        if request.state not in WAITING:
            REQUEST.after(RequestState(request.state), RequestAct.BOOK)
        request.urgency = Urgency.URGENT if is_urgent else Urgency.PLANNED
        request.save(update_fields=["urgency"])
        step(actor, request, request.urgency)
        audit(actor, request, "hasten")
        return request


def _propose(actor: Actor, request_id: UUID, slot_id: UUID, match: Match | None) -> Proposal:
    try:
        with transaction.atomic():
            return _offer(actor, request_id, slot_id, match)
    except IntegrityError as error:
        if any(name in str(error) for name in _OFFERED_ONCE):
            raise already_offered() from None
        raise


def _offer(actor: Actor, request_id: UUID, slot_id: UUID, match: Match | None) -> Proposal:
    request = lock(request_id)
    if actor.kind is not ActorKind.SYSTEM and not is_registrar(actor, request):
        raise missing("Заявка")
    require_holder(actor, request)
    REQUEST.after(RequestState(request.state), RequestAct.ACCEPT)
    if not request.email or request.patient is None:
        raise no_address()
    card = staying(request.patient.pk)
    if card is None or card.died_on:
        raise patient_died()
    row = Proposal(
        organisation_id=request.organisation_id,
        request=request,
        why=", ".join(match.reasons) if match else "выбрано регистратурой",
        offered_at=clock.now(),
        offered_by=actor.account,
        offered_by_name=actor.name,
        expires_at=clock.now() + KEPT_FOR,
    )
    if Proposal.objects.filter(request=request, state=ProposalState.OFFERED).exists():
        raise already_offered()
    row.slot = schedule.keep(actor, slot_id, row.pk, KEPT_FOR)
    require_fit(request.patient, row.slot.doctor)
    row.save()
    step(actor, request, "offered", words.exact(row.slot.starts_at))
    audit(actor, request, "propose")
    news.tell_proposal(request, row)
    return row


def _go_on(row: Proposal) -> None:
    """Offer the time to the next one whom it suits; nobody left, it is free for all."""
    if not row.goes_on:
        return
    slot = Slot.objects.filter(pk=row.slot_id, starts_at__gt=clock.now() + KEPT_FOR).first()
    for match in matches(slot) if slot else ():
        if not match.may_follow:
            continue
        try:
            _propose(SYSTEM, match.request, row.slot_id, match)
        except Refusal as refusal:
            if refusal.code.startswith("slot."):
                return  # somebody was quicker with the time
            continue  # or with this request
        return


def _pass_on(key: UUID) -> bool:
    with transaction.atomic():
        row = _lock(key)
        _let_go(SYSTEM, row, ProposalAct.EXPIRE)
    _go_on(row)
    return True


def _let_go(actor: Actor, row: Proposal, act: ProposalAct) -> None:
    _settle(actor, row, act)
    schedule.let_go(actor, row.slot_id, row.pk)


def _settle(actor: Actor, row: Proposal, act: ProposalAct) -> None:
    row.state = PROPOSAL.after(ProposalState(row.state), act)
    row.settled_at = clock.now()
    row.save(update_fields=["state", "settled_at"])
    patient = row.request.patient_id
    record(actor, f"proposal.{act}", ("proposal", row.pk), patient=patient)


def _lock(proposal_id: UUID) -> Proposal:
    """Return the offer locked, after its request and its time: the order of every act.

    An offer of the same time locks its request, then the time, and its row then waits for ours.
    """
    rows = Proposal.objects.filter(pk=proposal_id)
    found = rows.values_list("request_id", "slot_id").first()
    if found is None:
        raise missing("Страница")
    lock(found[0])
    Slot.objects.select_for_update(no_key=True).values_list("pk").get(pk=found[1])
    return rows.select_for_update(of=("self",)).select_related("request").get()


def _open(actor: Actor, proposal_id: UUID) -> Proposal:
    """Return the proposal locked, for the patient's side; raise missing for anybody else."""
    row = _lock(proposal_id)
    if actor.kind is not ActorKind.PATIENT or row.request.patient_id is None:
        raise missing("Страница")
    may_act_for(actor, row.request.patient_id, "Страница")
    return row
