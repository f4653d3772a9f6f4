"""Ring, accept, decline, leave, rejoin, end: acts by POST; the gateway only relays the media's
description between the members and stores none of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from priyom.audit.actions import record
from priyom.calls.models import Call, Presence
from priyom.calls.rules import (
    CALL,
    LOST_AFTER,
    RING_FOR,
    CallAct,
    CallState,
    already_rings,
    only_in_talk,
    seconds_of,
    talk_over,
)
from priyom.consultations import actions as consultations
from priyom.consultations.models import Consultation, Member
from priyom.consultations.rules import LIVE, ConsultationState, EntryKind
from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM, Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients.queries import may_act_for

_LIVING = (CallState.RINGING, CallState.ACTIVE)


def ring(actor: Actor, consultation_id: UUID) -> Call:
    """The consultant calls (process.md step 6: only the doctor may start a video call).

    Raises Refusal: missing for strangers, conflict before the consultation began or while another
    call lives.
    """
    try:
        with transaction.atomic():
            _of_member(actor, consultation_id)
            if actor.kind is not ActorKind.DOCTOR:
                raise missing("Консультация")
            consultation = _held(consultation_id)
            if consultation.state != ConsultationState.IN_PROGRESS:
                raise only_in_talk()
            seq = consultations.note(actor, consultation_id, EntryKind.CALL)
            call = Call.objects.create(
                consultation=consultation,
                organisation_id=consultation.organisation_id,
                rang_by=actor.account,
                rang_at=clock.now(),
                started_seq=seq,
            )
            _enter(call, actor)
            _audit(actor, call, "ring")
            return call
    except IntegrityError as error:
        raise already_rings() from error


def accept(actor: Actor, call_id: UUID) -> Call:
    """The patient's side answers; the caller cannot answer itself."""
    with transaction.atomic():
        call = _locked(actor, call_id)
        if call.rang_by == actor.account:
            raise missing("Звонок")
        _require_talk(call)
        call.state = CALL.after(CallState(call.state), CallAct.ACCEPT)
        call.answered_at = clock.now()
        call.save()
        _enter(call, actor)
        _audit(actor, call, CallAct.ACCEPT)
        return call


def decline(actor: Actor, call_id: UUID) -> Call:
    """The patient's side does not take the call; the talk goes on in the chat."""
    with transaction.atomic():
        call = _locked(actor, call_id)
        if call.rang_by == actor.account:
            raise missing("Звонок")
        _over(actor, call, CallAct.DECLINE)
        return call


def leave(actor: Actor, call_id: UUID) -> Call:
    """Go out; the call lives on and can be joined again until it is ended or both are gone."""
    with transaction.atomic():
        call = _locked(actor, call_id)
        call.state = CALL.after(CallState(call.state), CallAct.LEAVE)
        Presence.objects.filter(call=call, account=actor.account, left_at=None).update(
            left_at=clock.now()
        )
        _audit(actor, call, CallAct.LEAVE)
        return call


def rejoin(actor: Actor, call_id: UUID) -> Call:
    """Come back into a call that still lives."""
    with transaction.atomic():
        call = _locked(actor, call_id)
        _require_talk(call)
        call.state = CALL.after(CallState(call.state), CallAct.REJOIN)
        _enter(call, actor)
        _audit(actor, call, CallAct.REJOIN)
        return call


def end(actor: Actor, call_id: UUID) -> Call:
    """The consultant ends it for both; while it rings this is a missed call."""
    with transaction.atomic():
        call = _locked(actor, call_id)
        if actor.kind is not ActorKind.DOCTOR:
            raise missing("Звонок")
        _over(actor, call, CallAct.END)
        return call


def beat(actor: Actor, call_id: UUID) -> Call:
    """Take a sign of life of somebody in the call."""
    with transaction.atomic():
        call = _locked(actor, call_id)
        Presence.objects.filter(call=call, account=actor.account, left_at=None).update(
            seen_at=clock.now()
        )
        return call


def expire() -> int:
    """End what rang too long, whose heartbeats stopped or whose consultation ended.

    A job calls it; what somebody holds waits for the next time. Returns how many.
    """
    now, ended = clock.now(), 0
    live = Call.objects.filter(state__in=_LIVING).values_list("pk", "consultation_id")
    for call_id, consultation_id in live:
        with transaction.atomic():
            # The consultation before the call, as every act does: one order, no deadlock.
            held = Consultation.objects.select_for_update(skip_locked=True, of=("self",))
            if not held.filter(pk=consultation_id).exists():
                continue
            call = Call.objects.select_for_update(of=("self",)).get(pk=call_id)
            if call.state in _LIVING and _is_over(call, now):
                _over(SYSTEM, call, CallAct.EXPIRE)
                ended += 1
    return ended


def _is_over(call: Call, now: datetime) -> bool:
    if call.consultation.state not in LIVE:
        return True
    if call.state == CallState.RINGING:
        return now - call.rang_at > RING_FOR
    last = max((one.left_at or one.seen_at for one in call.presences.all()), default=call.rang_at)
    return now - last > LOST_AFTER


def _of_member(actor: Actor, consultation_id: UUID, what: str = "Консультация") -> Consultation:
    member = Member.objects.filter(
        consultation_id=consultation_id, account=actor.account, until=None
    )
    if not member.exists():
        # The same words as for what does not exist: a stranger learns nothing of a guessed key.
        raise missing(what)
    consultation = Consultation.objects.get(pk=consultation_id)
    if actor.kind is ActorKind.PATIENT:  # the right of a representative ends, the membership stays
        may_act_for(actor, consultation.patient_id, what)
    return consultation


def _locked(actor: Actor, call_id: UUID) -> Call:
    found = Call.objects.filter(pk=call_id).first()
    if found is None:
        raise missing("Звонок")
    _of_member(actor, found.consultation_id, "Звонок")
    held = _held(found.consultation_id)
    call = Call.objects.select_for_update(of=("self",)).get(pk=call_id)
    call.consultation = held
    return call


def _held(consultation_id: UUID) -> Consultation:
    """Lock the consultation: always before the call, so that nobody waits in a ring."""
    return Consultation.objects.select_for_update(of=("self",)).get(pk=consultation_id)


def _require_talk(call: Call) -> None:
    """Refuse (conflict) to come into a call whose consultation has ended meanwhile."""
    if call.consultation.state not in LIVE:
        raise talk_over()


def _enter(call: Call, actor: Actor) -> None:
    now = clock.now()
    seen = Presence.objects.filter(call=call, account=actor.account, left_at=None).update(
        seen_at=now
    )
    if not seen:
        Presence.objects.create(call=call, account=actor.account, joined_at=now, seen_at=now)


def _over(actor: Actor, call: Call, act: CallAct) -> None:
    call.state = CALL.after(CallState(call.state), act)
    call.ended_at = clock.now()
    call.save()
    Presence.objects.filter(call=call, left_at=None).update(left_at=call.ended_at)
    consultations.note(
        actor,
        call.consultation_id,
        EntryKind.CALL_ENDED,
        call=str(call.pk),
        outcome=call.state,
        seconds=seconds_of(call.answered_at, call.ended_at),
    )
    _audit(actor, call, act)


def _audit(actor: Actor, call: Call, act: str) -> None:
    record(
        actor,
        f"call.{act}",
        ("call", call.pk),
        patient=call.consultation.patient_id,
        detail={"state": call.state},
    )
