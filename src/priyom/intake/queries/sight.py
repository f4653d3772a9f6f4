"""Which requests an actor may know of, and how a read of them is kept."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from priyom.audit.actions import record
from priyom.intake.models import Request
from priyom.intake.rules import RequestState
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients.queries import people_of

WAITING = (RequestState.NEW, RequestState.TAKEN)
_PARTS = ("patient", "speciality", "doctor", "organisation", "ordered_by", "duplicate_of")


def visible_to(actor: Actor) -> QuerySet[Request]:
    """Return the requests whose existence the actor may know of."""
    rows = Request.objects.select_related(*_PARTS)
    if actor.kind is ActorKind.REGISTRAR:
        return rows.filter(organisation_id=actor.workplace)
    if actor.kind is ActorKind.PATIENT:
        return rows.filter(patient_id__in=[person.id for person in people_of(actor)])
    return rows.none()


def find(actor: Actor, request_id: UUID) -> Request:
    """Return a row the actor may see, or refuse as missing; the door keeps the attempt."""
    found = visible_to(actor).filter(pk=request_id).first()
    if found is None:
        raise missing("Заявка")
    return found


def keep_read(actor: Actor, action: str, rows: list[Request]) -> None:
    """Write whose requests a list is about to show."""
    people = sorted({str(row.patient_id) for row in rows if row.patient_id})
    seen = {"patients": people, "requests": len(rows)}
    record(actor, action, ("list", action), result="read", detail=seen)
