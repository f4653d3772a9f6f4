"""Who may do which act with a request; strangers are told it does not exist."""

from __future__ import annotations

from priyom.intake.models import Request
from priyom.intake.rules import RequestAct
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients.queries import people_of

_A = RequestAct
_BY_REGISTRAR = frozenset(
    {_A.TAKE, _A.RELEASE, _A.BOOK, _A.DECLINE, _A.MARK_DUPLICATE, _A.MERGE, _A.REOPEN}
)


def is_registrar(actor: Actor, request: Request) -> bool:
    """Tell whether the actor is a registrar of the request's МО."""
    return actor.kind is ActorKind.REGISTRAR and actor.organisation == request.organisation_id


def is_patient_side(actor: Actor, request: Request) -> bool:
    """Tell whether the account may act today for the card that the request is about."""
    if actor.kind is not ActorKind.PATIENT or request.patient_id is None:
        return False
    return any(person.id == request.patient_id for person in people_of(actor))


def may(actor: Actor, act: RequestAct, request: Request) -> None:
    """Return when the actor may do the act in some state; raise missing for anybody else."""
    if actor.kind is ActorKind.SYSTEM:
        return
    if act in _BY_REGISTRAR and is_registrar(actor, request):
        return
    if act is _A.BOOK and actor.kind is ActorKind.DOCTOR and request.ordered_by_id == actor.doctor:
        return
    if act is _A.SEND_BACK and actor.organisation == request.organisation_id:
        return  # the act on its consultation has asked more exactly
    if act in (_A.WITHDRAW, _A.ACCEPT) and is_patient_side(actor, request):
        return
    raise missing("Заявка")
