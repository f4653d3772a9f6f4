"""Phrases: whose they are, and as they stand ready in one talk."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from priyom.chat.models import Phrase
from priyom.chat.pages import PhraseLine, Phrases, ReadyPhrase
from priyom.chat.phrases import filled
from priyom.consultations.access import is_consultant
from priyom.consultations.queries import find
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing


def owner_of(actor: Actor) -> tuple[UUID, UUID | None]:
    """Return organisation and doctor whose phrases the actor keeps; missing for who keeps none."""
    if actor.kind is ActorKind.DOCTOR:
        return actor.workplace, actor.consultant
    if actor.kind is ActorKind.HEAD:
        return actor.workplace, None
    raise missing()


def own_phrase(actor: Actor, phrase_id: UUID) -> Phrase:
    """Return a phrase that the actor may change; anybody else's is missing."""
    organisation, doctor = owner_of(actor)
    found = Phrase.objects.filter(pk=phrase_id, organisation=organisation, doctor=doctor).first()
    if found is None:
        raise missing("Фраза")
    return found


def phrases_of(actor: Actor) -> Phrases:
    """Return the actor's own phrases and, for a doctor, the organisation's beside them."""
    organisation, doctor = owner_of(actor)
    rows = _at_hand(organisation, doctor)
    mine = [row for row in rows if row.doctor_id == doctor]
    shared = [row for row in rows if doctor is not None and row.doctor_id is None]
    return Phrases(
        mine=tuple(PhraseLine(row.pk, row.title, row.body) for row in mine),
        shared=tuple(PhraseLine(row.pk, row.title, row.body) for row in shared),
        is_of_all=doctor is None,
    )


def ready_phrases(actor: Actor, consultation_id: UUID) -> tuple[ReadyPhrase, ...]:
    """Return the phrases of a talk's consultant with their fields filled; others get missing."""
    row = find(actor, consultation_id)
    if not is_consultant(actor, row):
        raise missing("Консультация")
    values = {
        "имя отчество пациента": f"{row.patient.given} {row.patient.patronymic}".strip(),
        "врач": str(row.doctor),
        "время приёма": words.promise(row.starts_at, clock.today()),
    }
    return tuple(
        ReadyPhrase(one.title, filled(one.body, values), is_own=one.doctor_id is not None)
        for one in _at_hand(*owner_of(actor))
    )


def _at_hand(organisation: UUID, doctor: UUID | None) -> QuerySet[Phrase]:
    whose = Q(doctor=None) | Q(doctor=doctor) if doctor else Q(doctor=None)
    return Phrase.objects.filter(whose, organisation=organisation).order_by("title")
