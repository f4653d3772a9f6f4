"""The patient's own requests: on the home page and each on its own."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db.models import Q

from priyom.audit.actions import record_read
from priyom.consultations.queries import find as find_consultation
from priyom.intake import offers
from priyom.intake.models import Proposal, Request
from priyom.intake.pages import HomeRequest, OfferedTime, Wait
from priyom.intake.queries.sight import WAITING, find, keep_read, visible_to
from priyom.intake.queries.waiting import open_proposals
from priyom.intake.queries.waits import ahead_of, usual
from priyom.intake.rules import DROPS_FROM_HOME, REQUEST, RequestState
from priyom.intake.timeline import marks
from priyom.intake.wishes import say_all
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.present import present
from priyom.kernel.refusal import missing
from priyom.patients.models import Patient
from priyom.patients.queries import Person, may_act_for, people_of
from priyom.schedule.queries import DoctorView, free_times

DAYS_TO_MOVE = 14
"""How far ahead a patient sees other times for a booking."""


def home(actor: Actor) -> tuple[HomeRequest, ...]:
    """Return the requests of the patient's people that are not a consultation, newest first.

    Those that came to nothing stay for two weeks; audited.
    """
    people = {person.id: person for person in people_of(actor)}
    since = clock.now() - DROPS_FROM_HOME
    rows = list(
        visible_to(actor)
        .exclude(state=RequestState.SCHEDULED)
        .filter(Q(state__in=WAITING) | Q(asked_at__gte=since))
        .prefetch_related("steps", "intervals")
        .order_by("-asked_at")[:20]
    )
    if rows:
        keep_read(actor, "request.home", rows)
    kept = open_proposals([row.pk for row in rows]) if rows else {}
    ahead = ahead_of(rows)
    return tuple(_home(row, people, kept, Wait(ahead.get(row.pk, 0))) for row in rows)


def for_patient(actor: Actor, request_id: UUID) -> HomeRequest:
    """Return one request for the patient's side; strangers get missing, the read is recorded."""
    if actor.kind is not ActorKind.PATIENT:
        raise missing("Заявка")
    row = find(actor, request_id)
    patient = present(row.patient_id, by="visible_to() asked for the card")
    record_read(actor, "request.open", ("request", row.pk), patient)
    people = {person.id: person for person in people_of(actor)}
    is_waiting = row.state in WAITING
    wait = Wait(ahead_of([row])[row.pk], usual(row)) if is_waiting else Wait()
    return _home(row, people, open_proposals([row.pk]), wait)


def _home(
    row: Request, people: dict[UUID, Person], kept: dict[UUID, Proposal], wait: Wait
) -> HomeRequest:
    person = people.get(row.patient_id) if row.patient_id else None
    other = person is not None and not person.is_self
    today = clock.today()
    steps = sorted(row.steps.all(), key=lambda step: (step.at, step.pk))
    wishes = [(one.starts_at, one.ends_at) for one in row.intervals.all()]
    offer = kept.get(row.pk)
    return HomeRequest(
        id=row.pk,
        number=row.number,
        title=f"Заявка к {row.speciality.to_doctor}",
        person=words.short_name(row.family, row.given, row.patronymic) if other else "",
        state=row.state,
        label=REQUEST.labels[RequestState(row.state)],
        complaint=row.complaint,
        clinic=words.unbroken(row.organisation.short_name),
        clinic_phone=row.organisation.phone,
        asked_at=row.asked_at,
        wishes=say_all(wishes, today),
        marks=marks(row, steps, clock.now(), wait),
        is_waiting=row.state in WAITING,
        consultation=row.consultation_id,
        offers=offers.for_patient(row),
        offered=OfferedTime(offer.pk, offer.slot.starts_at, offer.expires_at) if offer else None,
        usual=wait.usual,
    )


def other_times(actor: Actor, consultation_id: UUID) -> tuple[DoctorView, ...]:
    """Return the doctors of the same speciality with times for patients, the own doctor first.

    For the patient's side of a consultation; strangers get missing.
    """
    if actor.kind is not ActorKind.PATIENT:
        raise missing("Консультация")
    row = find_consultation(actor, consultation_id)
    guest = replace(actor, organisation=row.organisation_id)
    speciality = row.doctor.speciality_id
    found = free_times(guest, since=clock.today(), days=DAYS_TO_MOVE, speciality=speciality)
    free = [
        replace(one, days=tuple(day for day in one.days if day.has_free))
        for one in found
        if one.first_free
    ]
    return tuple(sorted(free, key=lambda one: one.id != row.doctor_id))


def attachment_of(actor: Actor, patient: UUID) -> UUID | None:
    """Return the МО a card of the account's people is attached to."""
    person = may_act_for(actor, patient)
    return Patient.objects.filter(pk=person.id).values_list("attached_to_id", flat=True).first()
