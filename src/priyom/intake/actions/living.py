"""The one way in which a request changes: lock, ask the rules, do, write the step, audit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction

from priyom.audit.actions import record
from priyom.clinics.models import Organisation
from priyom.consultations.queries import terms_of
from priyom.intake.access import may
from priyom.intake.models import Request, Step
from priyom.intake.rules import (
    ANSWERS,
    CALLS,
    REQUEST,
    RequestAct,
    RequestState,
    busy,
    due_after,
    no_reason,
)
from priyom.kernel import clock, typed, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing

_A = RequestAct
_NEEDS_HOLDER = frozenset({_A.RELEASE, _A.BOOK, _A.DECLINE, _A.MARK_DUPLICATE, _A.MERGE})


def lock(request_id: UUID) -> Request:
    """Return the row locked until the transaction ends, or refuse as missing.

    Locked first and read then: a waiter would join what the row said before to the new one.
    """
    rows = Request.objects.filter(pk=request_id)
    if not rows.select_for_update(no_key=True).values_list("pk").first():
        raise missing("Заявка")
    return rows.select_related("organisation", "speciality", "patient", "doctor").get()


@contextmanager
def living(actor: Actor, request_id: UUID, act: RequestAct, note: str = "") -> Iterator[Request]:
    """Carry one act through its transaction; the body adds a few lines of its own.

    Raises Refusal: missing for strangers, conflict when the state does not allow `act` or a
    colleague has the request.
    """
    with transaction.atomic():
        request = lock(request_id)
        may(actor, act, request)
        before = RequestState(request.state)
        if act in _NEEDS_HOLDER:
            require_holder(actor, request)
        after = REQUEST.after(before, act)
        yield request
        request.state = after
        if after is not RequestState.TAKEN:
            leave(request)
        request.save()
        step(actor, request, act, note)
        audit(actor, request, act, before, after)


def require_holder(actor: Actor, request: Request) -> None:
    """Refuse (conflict) when a colleague has the request now."""
    if request.taken_by is not None and request.taken_by != actor.account:
        raise busy(request.taken_by_name, request.taken_at or clock.now(), clock.now())


def leave(request: Request) -> None:
    """Take the holder's name off."""
    request.taken_by = request.taken_at = request.taken_until = None
    request.taken_by_name = ""


def step(
    actor: Actor,
    request: Request,
    kind: str,
    note: str = "",
    call_back_at: datetime | None = None,
) -> Step:
    """Write what was done into the request's history, in the act's transaction."""
    now = clock.now()
    _keep_newest(request, kind, now, call_back_at)
    return Step.objects.create(
        request=request,
        kind=kind,
        at=now,
        by=actor.account,
        by_name=actor.name,
        note=note.strip()[:500],
        call_back_at=call_back_at,
    )


def _keep_newest(request: Request, kind: str, now: datetime, call_back_at: datetime | None) -> None:
    """Let the request itself say the newest contact and when the registry first answered."""
    changed: dict[str, object] = {}
    if kind in CALLS:
        changed = {"last_contact": kind, "call_back_at": call_back_at}
    if kind in ANSWERS and request.answered_at is None:
        changed["answered_at"] = now
    for name, value in changed.items():
        setattr(request, name, value)
    if changed:
        Request.objects.filter(pk=request.pk).update(**changed)


def due(place: Organisation, since: datetime) -> datetime:
    """Return by when the registry of a МО must answer what was asked at `since` (aware)."""
    return due_after(since, place.answer_hours, terms_of(place).hours)


def audit(actor: Actor, request: Request, act: str, before: str = "", after: str = "") -> None:
    """Write who did what into the audit trail: ids and states, never what people typed."""
    record(
        actor,
        f"request.{act}",
        ("request", request.pk),
        patient=request.patient_id,
        detail={"from": before, "to": after} if after else {},
    )


def required(reason: str) -> str:
    """Return the reason without margins; refuse an empty or a too long one beside its field."""
    return typed.required(reason, no_reason())


def short(actor: Actor) -> str:
    """Return «Смирнова Е. И.» for the colleagues' screens."""
    parts = [*actor.name.split(), "", "", ""]
    return words.short_name(parts[0], parts[1], parts[2]) or "коллега"


def is_doctor(actor: Actor) -> bool:
    """Tell whether the actor works as a doctor of a МО."""
    return actor.kind is ActorKind.DOCTOR and actor.doctor is not None
