"""Which closed talks have reached their term, and which may not be destroyed all the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from priyom.archive.models import Hold, Term
from priyom.archive.rules import KEEPINGS, LEAST_YEARS, Keeping
from priyom.audit.actions import record
from priyom.consultations.models import Consultation
from priyom.consultations.rules import LIVE, ConsultationState
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing

SHOWN = 100


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A talk that is held, by its number."""

    consultation: UUID
    number: str
    reason: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class DueLine:
    """A talk whose term is over, by its number."""

    consultation: UUID
    number: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeepingLine:
    """One class: how long it is kept, what closed until which day is due, how much of it."""

    keeping: Keeping
    label: str
    years: int
    least: int
    until: date
    count: int
    first: tuple[DueLine, ...]


@dataclass(frozen=True, slots=True)
class Retention:
    """The head's page: classes with what is due, and what is held."""

    keepings: tuple[KeepingLine, ...]
    holds: tuple[HoldLine, ...]


def retention(actor: Actor) -> Retention:
    """Return what the head's МО keeps for how long, and what is due today; the look is recorded."""
    if actor.kind is not ActorKind.HEAD:
        raise missing("Страница")
    place = actor.workplace
    record(actor, "archive.retention", ("organisation", place), result="read")
    rows = Hold.objects.select_related("consultation").filter(organisation=place, lifted_at=None)
    return Retention(
        keepings=tuple(_keeping(place, one) for one in Keeping),
        holds=tuple(
            HoldLine(one.consultation_id, one.consultation.number, one.reason, one.set_by_name,
                     one.set_at)
            for one in rows.order_by("-set_at")[:SHOWN]
        ),
    )  # fmt: skip


def due(organisation: UUID, keeping: Keeping, on: date) -> QuerySet[Consultation]:
    """Return the talks of a class whose term is over on that day and which nobody holds."""
    held = Hold.objects.filter(consultation=OuterRef("pk"), lifted_at=None)
    ended = Q(state=ConsultationState.COMPLETED)
    return Consultation.objects.filter(
        ended if keeping is Keeping.DOCUMENT else ~ended,
        ~Q(state__in=sorted(LIVE)),
        ~Exists(held),
        organisation=organisation,
        ended_at__date__lte=_last_day(organisation, keeping, on),
    ).order_by("ended_at", "pk")


def hold_of(consultation_id: UUID) -> HoldLine | None:
    """Return the hold of a talk, None when it has none; access was checked."""
    rows = Hold.objects.select_related("consultation")
    one = rows.filter(consultation=consultation_id, lifted_at=None).first()
    if one is None:
        return None
    talk = one.consultation
    return HoldLine(talk.pk, talk.number, one.reason, one.set_by_name, one.set_at)


def years_of(organisation: UUID, keeping: Keeping) -> int:
    """Return how many years the МО keeps talks of a class."""
    row = Term.objects.filter(organisation=organisation, keeping=keeping).first()
    return row.years if row else LEAST_YEARS[keeping]


def _last_day(organisation: UUID, keeping: Keeping, on: date) -> date:
    """Return the last day of closing whose term is over: the years run from the next 1 January."""
    return date(on.year - years_of(organisation, keeping) - 1, 12, 31)


def _keeping(organisation: UUID, keeping: Keeping) -> KeepingLine:
    on = clock.today()
    rows = due(organisation, keeping, on)
    first = rows.values_list("pk", "number", "ended_at")[:SHOWN]
    return KeepingLine(
        keeping=keeping,
        label=KEEPINGS[keeping],
        years=years_of(organisation, keeping),
        least=LEAST_YEARS[keeping],
        until=_last_day(organisation, keeping, on),
        count=rows.count(),
        first=tuple(DueLine(*one) for one in first),
    )
