"""How long closed talks are kept, and what may not be destroyed: the head of the МО decides."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from priyom.archive.models import Hold, Term
from priyom.archive.queries import closed_talk
from priyom.archive.rules import (
    LEAST_YEARS,
    MOST_YEARS,
    Keeping,
    held_already,
    reason_needed,
    too_short,
)
from priyom.audit.actions import record
from priyom.consultations.models import Consultation
from priyom.kernel import clock, typed
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing


def hold(actor: Actor, consultation_id: UUID, reason: str) -> Hold:
    """Keep a closed talk whatever its term says, until it is lifted.

    Raises Refusal: invalid without a reason, conflict when it is held already, missing for others.
    """
    talk = _of_head(actor, consultation_id)
    why = typed.required(reason, reason_needed())
    try:
        with transaction.atomic():
            row = Hold.objects.create(
                consultation=talk,
                organisation_id=talk.organisation_id,
                reason=why,
                set_by=actor.account,
                set_by_name=actor.name,
                set_at=clock.now(),
            )
            record(actor, "archive.hold", ("consultation", talk.pk), patient=talk.patient_id)
            return row
    except IntegrityError:
        raise held_already() from None


def lift(actor: Actor, consultation_id: UUID, reason: str) -> Hold:
    """End the hold of a talk; its row stays. Raises Refusal as `hold` does."""
    talk = _of_head(actor, consultation_id)
    why = typed.required(reason, reason_needed())
    with transaction.atomic():
        row = Hold.objects.select_for_update().filter(consultation=talk, lifted_at=None).first()
        if row is None:
            raise held_already()
        row.lifted_by, row.lifted_by_name = actor.account, actor.name
        row.lifted_at, row.lift_reason = clock.now(), why
        row.save()
        record(actor, "archive.lift", ("consultation", talk.pk), patient=talk.patient_id)
        return row


def set_term(actor: Actor, keeping: Keeping, years: str) -> Term:
    """Set how many years the head's МО keeps talks of a class; never below the least term.

    Raises Refusal: invalid for another number, missing for others than the head.
    """
    if actor.kind is not ActorKind.HEAD:
        raise missing("Страница")
    number = int(years) if years.isdecimal() and len(years) < 4 else 0
    if not LEAST_YEARS[keeping] <= number <= MOST_YEARS:
        raise too_short(keeping)
    with transaction.atomic():
        row, _ = Term.objects.update_or_create(
            organisation_id=actor.workplace,
            keeping=keeping,
            defaults={"years": number, "set_by": actor.account, "set_at": clock.now()},
        )
        detail = {"keeping": keeping, "years": number}
        record(actor, "archive.term", ("organisation", actor.workplace), detail=detail)
        return row


def _of_head(actor: Actor, consultation_id: UUID) -> Consultation:
    talk = closed_talk(actor, consultation_id)
    if actor.kind is not ActorKind.HEAD:
        raise missing("Консультация")
    return talk
