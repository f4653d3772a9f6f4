"""What a registrar does with the journal: take, let go, call, and what the clock does."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Q, QuerySet, When
from django.db.models.functions import Now

from priyom.intake.access import is_registrar
from priyom.intake.actions.living import audit, living, lock, require_holder, short, step
from priyom.intake.actions.ticking import each
from priyom.intake.models import Request
from priyom.intake.rules import (
    REQUEST,
    TAKEN_FOR,
    Contact,
    RequestAct,
    RequestState,
    Urgency,
    busy,
    nothing_new,
)
from priyom.kernel import clock, typed
from priyom.kernel.actor import SYSTEM, Actor, ActorKind
from priyom.kernel.refusal import Refusal, RefusalKind, missing

_A = RequestAct
_S = RequestState
_URGENT_FIRST = Case(When(urgency=Urgency.URGENT, then=0), default=1)


def take(actor: Actor, request_id: UUID) -> Request:
    """Take a new request: one UPDATE that one of many wins. Taking one's own again prolongs it.

    Raises Refusal: missing for strangers, conflict «Сейчас эту заявку ведёт …», or by its state.
    """
    with transaction.atomic():
        if not _take(actor, Request.objects.filter(pk=request_id)):
            _explain(actor, request_id)
        return Request.objects.get(pk=request_id)


def take_next(actor: Actor, *, source: str = "", speciality: UUID | None = None) -> Request:
    """Take an urgent request, else the one that has waited longest; who is called later stays.

    `source` and `speciality` narrow it. Raises Refusal (conflict) when there is none, missing for
    who is no registrar.
    """
    narrow = {"source": source, "speciality": speciality}
    of_kind = {name: value for name, value in narrow.items() if value}
    is_time = Q(call_back_at__isnull=True) | Q(call_back_at__lte=clock.now())
    with transaction.atomic():
        row = (
            Request.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(is_time, organisation_id=actor.workplace, state=_S.NEW, **of_kind)
            .order_by(_URGENT_FIRST, "asked_at", "pk")
            .first()
        )
        if row is None or not _take(actor, Request.objects.filter(pk=row.pk)):
            raise nothing_new()
        return Request.objects.get(pk=row.pk)


def release(actor: Actor, request_id: UUID) -> Request:
    """Put one's own request back into the journal."""
    with living(actor, request_id, _A.RELEASE) as request:
        pass
    return request


def time_out() -> int:
    """Return to the journal what its registrar left alone too long; returns how many.

    Each in a transaction of its own; whom somebody has in hand just now comes with the next tick.
    """
    late = Request.objects.filter(state=_S.TAKEN, taken_until__lt=Now())
    keys = list(late.order_by("taken_until").values_list("pk", flat=True))
    return each("the end of the hold of request", keys, _time_out)


def _time_out(key: UUID) -> bool:
    with transaction.atomic():
        late = Request.objects.filter(pk=key, state=_S.TAKEN, taken_until__lt=Now())
        row = late.select_for_update(skip_locked=True, of=("self",)).first()
        if row is not None:
            _give_back(row)
        return row is not None


def contact(
    actor: Actor,
    request_id: UUID,
    kind: Contact,
    note: str = "",
    call_back_at: datetime | None = None,
) -> None:
    """Write an attempt to reach the person; a request to be called back returns to the journal.

    `call_back_at` (aware) belongs to CALL_BACK. Raises Refusal: missing for strangers, conflict
    when a colleague has it, invalid without the time to call or with a note over 500 characters.
    """
    if kind is Contact.CALL_BACK and (call_back_at is None or call_back_at <= clock.now()):
        raise Refusal(
            "request.call_back",
            RefusalKind.INVALID,
            "Впишите, когда перезвонить: время впереди.",
            field="call_back_at",
        )
    if len(note) > typed.REASON_LIMIT:
        raise typed.too_long(typed.REASON_LIMIT, "note")
    with transaction.atomic():
        request = lock(request_id)
        if not is_registrar(actor, request):
            raise missing("Заявка")
        require_holder(actor, request)
        at = call_back_at if kind is Contact.CALL_BACK else None
        step(actor, request, kind, note, at)
        audit(actor, request, "contact")
        if kind is Contact.CALL_BACK and request.state == _S.TAKEN:
            release(actor, request_id)
        else:
            _prolong(actor, request_id)


def stay(actor: Actor, request_id: UUID) -> bool:
    """Prolong the actor's own time with a request and return whether it still is the actor's.

    Raises Refusal (missing) for strangers.
    """
    if _prolong(actor, request_id):
        return True
    row = Request.objects.filter(pk=request_id).first()
    if row is None or not is_registrar(actor, row):
        raise missing("Заявка")
    return False


def _prolong(actor: Actor, request_id: UUID) -> int:
    own = Request.objects.filter(pk=request_id, state=_S.TAKEN, taken_by=actor.account)
    return own.update(taken_until=Now() + TAKEN_FOR)


def _take(actor: Actor, which: QuerySet[Request]) -> bool:
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing("Заявка")
    won = which.filter(organisation_id=actor.workplace, state=_S.NEW).update(
        state=REQUEST.after(_S.NEW, _A.TAKE),
        taken_by=actor.account,
        taken_by_name=short(actor),
        taken_at=clock.now(),
        taken_until=Now() + TAKEN_FOR,
    )
    if won:
        row = which.get()
        step(actor, row, _A.TAKE)
        audit(actor, row, _A.TAKE, _S.NEW, _S.TAKEN)
    return bool(won)


def _explain(actor: Actor, request_id: UUID) -> None:
    """Return when the actor has the request after all, else refuse with the reason."""
    row = lock(request_id)
    if not is_registrar(actor, row):
        raise missing("Заявка")
    if _prolong(actor, request_id):
        return
    if row.state == _S.TAKEN and row.taken_by is not None:
        if Request.objects.filter(pk=request_id, taken_until__lt=Now()).exists():
            _give_back(row)
            if _take(actor, Request.objects.filter(pk=request_id)):
                return
        raise busy(row.taken_by_name, row.taken_at or clock.now(), clock.now())
    REQUEST.after(_S(row.state), _A.TAKE)


def _give_back(row: Request) -> None:
    with living(SYSTEM, row.pk, _A.TIME_OUT):
        pass
