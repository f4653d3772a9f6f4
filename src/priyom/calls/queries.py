"""The call of a consultation as its page sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from priyom.calls.models import Call
from priyom.calls.rules import CALL, CallAct, CallState
from priyom.consultations.queries import membership
from priyom.consultations.rules import ConsultationState
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.offer import Offer


@dataclass(frozen=True, slots=True)
class CallPage:
    """The living call, if any, and what the actor may do; instants are aware, UTC."""

    consultation: UUID
    id: UUID | None
    state: str
    label: str
    is_caller: bool
    is_in: bool
    answered_at: datetime | None
    offers: tuple[Offer, ...]


def living_call(actor: Actor, consultation_id: UUID, root: str) -> CallPage:
    """Return the call part of a consultation's page; strangers get missing.

    `root` is the portal's prefix, /my/ or /desk/.
    """
    consultation = membership(actor, consultation_id).consultation
    call = Call.objects.filter(
        consultation_id=consultation_id, state__in=["ringing", "active"]
    ).first()
    is_doctor = actor.kind is ActorKind.DOCTOR
    if call is None:
        ready = consultation.state == ConsultationState.IN_PROGRESS
        ring = Offer(
            act="call.ring",
            label="Позвонить по видео",
            allowed=ready,
            reason="" if ready else "Сначала начните консультацию.",
            url=f"{root}consultations/{consultation_id}/call/",
            style="quiet",
        )
        is_open = consultation.state in ("scheduled", "in_progress")
        offers = (ring,) if is_doctor and is_open else ()
        return CallPage(consultation_id, None, "", "", False, False, None, offers)
    is_in = call.presences.filter(account=actor.account, left_at=None).exists()
    is_caller = call.rang_by == actor.account
    acts = _acts(CallState(call.state), is_doctor=is_doctor, is_caller=is_caller, is_in=is_in)
    return CallPage(
        consultation=consultation_id,
        id=call.pk,
        state=call.state,
        label=CALL.labels[CallState(call.state)],
        is_caller=is_caller,
        is_in=is_in,
        answered_at=call.answered_at,
        offers=tuple(
            Offer(
                act=f"call.{act}",
                label=label,
                allowed=True,
                url=f"{root}calls/{call.pk}/{act}/",
                style="main" if act in (CallAct.ACCEPT, CallAct.REJOIN) else "quiet",
            )
            for act, label in acts
        ),
    )


def _acts(
    state: CallState, *, is_doctor: bool, is_caller: bool, is_in: bool
) -> list[tuple[CallAct, str]]:
    if state is CallState.RINGING:
        if is_caller:
            return [(CallAct.END, "Отменить вызов")]
        return [(CallAct.ACCEPT, "С видео"), (CallAct.DECLINE, "Не сейчас")]
    acts = (
        [(CallAct.LEAVE, "Выйти из звонка")] if is_in else [(CallAct.REJOIN, "Вернуться в звонок")]
    )
    if is_doctor:
        acts.append((CallAct.END, "Завершить звонок"))
    return acts
