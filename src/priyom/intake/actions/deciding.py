"""How a request ends without a consultation, and how it comes back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Max

from priyom.intake import letters
from priyom.intake.access import may
from priyom.intake.actions.living import audit, due, living, lock, required, step
from priyom.intake.actions.telling import by_phone, drop
from priyom.intake.actions.ticking import each
from priyom.intake.choices import News
from priyom.intake.models import Interval, Request
from priyom.intake.rules import (
    RequestAct,
    RequestState,
    Urgency,
    is_last_day_over,
    no_such_duplicate,
    take_first,
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


def merge(actor: Actor, request_id: UUID, other_id: UUID) -> Request:
    """Bring another waiting request of the same person into the one that the registrar has.

    What was typed in either stays, wished times are joined, the earlier term counts; the other one
    ends as its duplicate and may be reopened. Raises Refusal: missing for strangers, invalid for
    another person's request or the same one, conflict when either is in other hands.
    """
    with transaction.atomic():
        for key in sorted({request_id, other_id}):  # one order, whoever merges crosswise
            lock(key)
        kept = lock(request_id)
        may(actor, _A.MERGE, kept)
        if kept.state != RequestState.TAKEN or kept.taken_by != actor.account:
            raise take_first()
        if other_id == request_id:
            raise no_such_duplicate()
        with living(actor, other_id, _A.MERGE, f"№ {kept.number}") as other:
            if other.organisation_id != kept.organisation_id or not _is_same_person(kept, other):
                raise no_such_duplicate()
            other.duplicate_of = kept
            drop(actor, other, None)
        _carry(kept, other)
        kept.save()
        step(actor, kept, "merged", f"№ {other.number}")
        audit(actor, kept, "merge")
    return kept


def _carry(kept: Request, other: Request) -> None:
    """Bring over what the kept request has not: words, wished times, ways to reach the person."""
    if other.complaint.strip() not in kept.complaint:
        kept.complaint = f"{kept.complaint}\n\nИз заявки № {other.number}: {other.complaint}"
    for name in ("patient_id", "birth_on", "phone", "email", "doctor_id", "asked_by"):
        if not getattr(kept, name):
            setattr(kept, name, getattr(other, name))
    if Urgency.URGENT in (kept.urgency, other.urgency):
        kept.urgency = Urgency.URGENT
    kept.answer_due_at = min(kept.answer_due_at, other.answer_due_at)
    known = {(one.starts_at, one.ends_at) for one in kept.intervals.all()}
    Interval.objects.bulk_create(
        Interval(request=kept, starts_at=one.starts_at, ends_at=one.ends_at)
        for one in other.intervals.all()
        if (one.starts_at, one.ends_at) not in known
    )


def reopen(actor: Actor, request_id: UUID, reason: str) -> Request:
    """A registrar brings an ended request back into the journal; the term begins anew.

    The patient is told and reads the reason.
    """
    said = required(reason)
    with living(actor, request_id, _A.REOPEN, said) as request:
        request.duplicate_of = None
        request.reason = said
        request.answer_due_at = due(request.organisation, clock.now())
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
