"""The waiting list: free times, who they suit best and why, and what is offered just now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from priyom.audit.actions import record_read
from priyom.intake.choices import (
    PROPOSAL,
    ProposalState,
)
from priyom.intake.matching import Match, Opening, Waiting, rank
from priyom.intake.models import Proposal, Request
from priyom.intake.queries.sight import keep_read
from priyom.intake.rules import (
    RequestState,
    Urgency,
)
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import missing
from priyom.patients.queries import may_act_for
from priyom.schedule.models import Slot
from priyom.schedule.queries import search
from priyom.schedule.rules import FreeTime, SlotState, Sought

MOST_WAITING = 300
"""The longest waiting ones of a МО; the others' turn comes."""
TIMES, BEST = 6, 3
"""So many times of a speciality are shown, each with so many who suit best."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One who waits, as the registrar sees it beside a time."""

    request: UUID
    number: str
    name: str
    phone: str
    match: Match

    @property
    def phone_text(self) -> str:
        """Return «+7 921 555-10-20»."""
        return show_phone(self.phone)


@dataclass(frozen=True, slots=True)
class OpeningView:
    """A free time and who it suits best."""

    time: FreeTime
    speciality: str
    best: tuple[Candidate, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A time that waits for its patient's answer."""

    id: UUID
    request: UUID
    name: str
    doctor: str
    starts_at: datetime
    expires_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """The waiting list of a МО."""

    openings: tuple[OpeningView, ...]
    offered: tuple[Offered, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """What a patient is offered."""

    id: UUID
    state: str
    label: str
    is_open: bool
    is_closed: bool
    """Whether nobody is received at this time any more."""
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime
    doctor: str
    clinic: str
    clinic_phone: str
    request: UUID
    request_title: str
    consultation: UUID | None

    @property
    def clinic_phone_text(self) -> str:
        """Return «+7 812 555-00-00»."""
        return show_phone(self.clinic_phone)


def waiting_page(actor: Actor) -> WaitingPage:
    """Return the free times that somebody waits for, ranked; for registrars, the read is kept.

    The number of queries grows with the specialities that are waited for, not with the people.
    """
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing("Страница")
    rows = _waiting(actor.workplace)
    proposals = _proposals(actor)
    busy = {one.request_id for one in proposals}
    free_rows = [row for row in rows if row.pk not in busy]
    openings = [
        view
        for speciality in sorted({row.speciality_id for row in free_rows})
        for view in _openings(actor, [r for r in free_rows if r.speciality_id == speciality])
    ]
    # An offered one may be in a registrar's hands already: the name is shown all the same.
    shown = {row.pk: row for row in [*rows, *(one.request for one in proposals)]}
    if shown:
        keep_read(actor, "request.waiting", list(shown.values()))
    openings.sort(key=lambda one: one.time.starts_at)
    return WaitingPage(tuple(openings), tuple(map(_offered, proposals)), len(rows))


def matches(slot: Slot) -> tuple[Match, ...]:
    """Return who of the МО waits for this time, the best first; without those it was offered to."""
    had = Proposal.objects.filter(slot=slot).values("request")
    now_offered = Proposal.objects.filter(state=ProposalState.OFFERED).values("request")
    rows = _waiting(slot.organisation_id, slot.speciality_id, [had, now_offered])
    opening = Opening(slot.pk, slot.doctor_id, slot.starts_at)
    return rank(opening, [_who(row) for row in rows], clock.now())


def proposal(actor: Actor, proposal_id: UUID) -> ProposalPage:
    """Return an offered time for the patient's side; strangers get missing, the read is kept."""
    if actor.kind is not ActorKind.PATIENT:
        raise missing("Страница")
    rows = Proposal.objects.select_related(
        "request__speciality", "slot__doctor__speciality", "organisation"
    )
    row = rows.filter(pk=proposal_id, request__patient__isnull=False).first()
    if row is None or row.request.patient_id is None:
        raise missing("Страница")
    may_act_for(actor, row.request.patient_id, "Страница")
    record_read(actor, "proposal.open", ("proposal", row.pk), row.request.patient_id)
    slot = row.slot
    return ProposalPage(
        id=row.pk,
        state=row.state,
        label=PROPOSAL.labels[ProposalState(row.state)],
        is_open=(
            row.state == ProposalState.OFFERED
            and row.expires_at > clock.now()
            and slot.held_by == row.pk
        ),
        is_closed=slot.state == SlotState.BLOCKED,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        expires_at=row.expires_at,
        doctor=f"{slot.doctor}, {slot.doctor.speciality.doctor}",
        clinic=row.organisation.short_name,
        clinic_phone=row.organisation.phone,
        request=row.request_id,
        request_title=f"Заявка к {row.request.speciality.to_doctor}",
        consultation=row.request.consultation_id,
    )


def open_proposals(requests: list[UUID]) -> dict[UUID, Proposal]:
    """Return by request the time that is offered and still kept, for the patient's own pages."""
    rows = Proposal.objects.select_related("slot").filter(
        request__in=requests,
        state=ProposalState.OFFERED,
        expires_at__gt=clock.now(),
        slot__held_by=F("pk"),
    )
    return {row.request_id: row for row in rows}


def _waiting(
    place: UUID, speciality: UUID | None = None, without: list[Any] | None = None
) -> list[Request]:
    rows = Request.objects.filter(organisation_id=place, state=RequestState.NEW)
    # No time is kept for who died; the registry ends such a request by hand.
    rows = rows.filter(patient__died_on=None, patient__merged_into__died_on=None)
    if speciality is not None:
        rows = rows.filter(speciality_id=speciality)
    for part in without or ():
        rows = rows.exclude(pk__in=part)
    rows = rows.select_related("speciality", "patient").prefetch_related("intervals")
    return list(rows.order_by("asked_at", "pk")[:MOST_WAITING])


def _who(row: Request) -> Waiting:
    return Waiting(
        request=row.pk,
        asked_at=row.asked_at,
        due_at=row.answer_due_at,
        urgency=Urgency(row.urgency),
        spans=tuple((one.starts_at, one.ends_at) for one in row.intervals.all()),
        doctor=row.doctor_id,
        can_be_written_to=bool(row.email and row.patient_id),
    )


def _openings(actor: Actor, rows: list[Request]) -> list[OpeningView]:
    """Return the nearest free times of one speciality that suit anybody of `rows`."""
    now = clock.now()
    people = [_who(row) for row in rows]
    by_key = {row.pk: row for row in rows}
    ahead = [[span for span in one.spans if span[1] > now] for one in people]
    # Who named no time, or whose wishes are over, takes any.
    spans = () if any(not one for one in ahead) else tuple(span for one in ahead for span in one)
    views, placed = [], set[UUID]()
    for time in search(actor, Sought(rows[0].speciality_id, spans), rows=TIMES):
        found = rank(Opening(time.slot, time.doctor, time.starts_at), people, now)
        # Each person is the first of one time only: six times for one patient are no help.
        fitting = [one for one in found if one.fits and one.request not in placed]
        if fitting:
            placed.add(fitting[0].request)
            best = tuple(_candidate(by_key[one.request], one) for one in fitting[:BEST])
            views.append(
                OpeningView(time, rows[0].speciality.doctor, best, len(fitting) - len(best))
            )
    return views


def _candidate(row: Request, match: Match) -> Candidate:
    name = words.short_name(row.family, row.given, row.patronymic)
    return Candidate(row.pk, row.number, name, row.phone, match)


def _proposals(actor: Actor) -> list[Proposal]:
    rows = Proposal.objects.select_related("request", "slot__doctor").filter(
        organisation_id=actor.workplace, state=ProposalState.OFFERED
    )
    return list(rows.order_by("expires_at", "pk"))


def _offered(row: Proposal) -> Offered:
    return Offered(
        id=row.pk,
        request=row.request_id,
        name=words.short_name(row.request.family, row.request.given, row.request.patronymic),
        doctor=str(row.slot.doctor),
        starts_at=row.slot.starts_at,
        expires_at=row.expires_at,
        why=row.why,
    )
