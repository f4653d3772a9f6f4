"""How a request ends without a consultation, and how it comes back."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Max

from priyom.intake import letters
from priyom.intake.actions.living import living, required
from priyom.intake.actions.telling import by_phone, drop
from priyom.intake.actions.ticking import each
from priyom.intake.choices import News
from priyom.intake.models import Request
from priyom.intake.rules import (
    RequestAct,
    RequestState,
    due_after,
    is_last_day_over,
    no_such_duplicate,
)
from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM, Actor

_A = RequestAct


def decline(actor: Actor, request_id: UUID, reason: str) -> Request:
    """A registrar refuses a taken request; the patient reads the reason on the portal."""
    said = required(reason)
    with living(actor, request_id, _A.DECLINE, said) as request:
        request.reason = said
        letters.tell_request(request, "declined")
        by_phone(actor, News.DECLINED, request)
    return request


def withdraw(actor: Actor, request_id: UUID, reason: str) -> Request:
    """The patient's side takes the request back."""
    said = required(reason)
    with living(actor, request_id, _A.WITHDRAW, said) as request:
        request.reason = said
        drop(actor, request, None)
    return request


def mark_duplicate(actor: Actor, request_id: UUID, of_number: str) -> Request:
    """A registrar marks a taken request as a repeat of another of this МО by its number.

    Raises Refusal (invalid) when that is none, this one, or another person's.
    """
    with living(actor, request_id, _A.MARK_DUPLICATE, f"№ {of_number.strip()}") as request:
        original = (
            Request.objects.filter(
                number=of_number.strip(), organisation_id=request.organisation_id
            )
            .exclude(pk=request.pk)
            .first()
        )
        if original is None or not _is_same_person(request, original):
            raise no_such_duplicate()
        request.duplicate_of = original
    return request


def reopen(actor: Actor, request_id: UUID, reason: str) -> Request:
    """A registrar brings an ended request back into the journal; the term begins anew.

    The patient is told and reads the reason.
    """
    said = required(reason)
    with living(actor, request_id, _A.REOPEN, said) as request:
        request.duplicate_of = None
        request.reason = said
        request.answer_due_at = due_after(clock.now(), request.organisation.answer_hours)
        letters.tell_request(request, "reopened")
        by_phone(actor, News.REOPENED, request)
    return request


def expire() -> int:
    """End the new requests whose last wished day is over (nobody was reached); returns how many.

    One request's trouble never stops the next.
    """
    now = clock.now()
    rows = (
        Request.objects.filter(state=RequestState.NEW)
        .annotate(last_wish=Max("intervals__ends_at"))
        .filter(last_wish__lt=now)
        .values_list("pk", "last_wish")
    )
    over = [key for key, wish in rows if is_last_day_over(wish, now)]
    return each("the end of request", over, _expire)


def _expire(request_id: UUID) -> bool:
    with living(SYSTEM, request_id, _A.EXPIRE) as request:
        letters.tell_request(request, "expired")
    return True


def _is_same_person(one: Request, other: Request) -> bool:
    if one.patient_id and other.patient_id:
        return one.patient_id == other.patient_id
    keys = [(r.family.lower(), r.given.lower(), r.birth_on) for r in (one, other)]
    return keys[0] == keys[1] or bool(one.phone and one.phone == other.phone)
