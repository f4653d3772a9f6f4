"""Who stands for a patient: entered by a paper, the end put right, ended."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from priyom.audit import actions as audit
from priyom.kernel import clock, typed
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing
from priyom.kernel.words import numeric
from priyom.patients import queries, rules, standing
from priyom.patients.actions.cards import registrar_only
from priyom.patients.actions.history import locked, note
from priyom.patients.models import Patient, Representative
from priyom.patients.standing import Bond, Party, Relation

LONGEST_REASON = 200


def represent(actor: Actor, patient: UUID, person: UUID, bond: Bond) -> Representative:
    """Name `person` as representative of `patient` by a paper; the very same again changes nothing.

    Raises Refusal: missing (not a registrar, no such card), invalid with its field (oneself, a
    dead person, a paper that does not fit, a patient of fifteen and older without a court's
    decision), conflict (a merged card; the same person, or another mother or father, at that time).
    """
    registrar_only(actor)
    try:
        return _represent(actor, patient, person, bond)
    except IntegrityError:
        # Another registrar was quicker by milliseconds: now it is seen.
        return _represent(actor, patient, person, bond)


def _represent(actor: Actor, patient: UUID, person: UUID, bond: Bond) -> Representative:
    with transaction.atomic():
        card, other = _both(patient, person)
        found = standing.faults(bond, party(card), party(other), clock.today())
        if found:
            raise found[0]
        values = {
            "relation": bond.relation,
            "proof": bond.proof,
            "number": " ".join(bond.number.split()),
            "issued_on": bond.issued_on,
            "issued_by": " ".join(bond.issued_by.split()),
            "since": bond.begins,
            "valid_until": bond.until,
        }
        live = Representative.objects.filter(ended_at=None, patient__in=queries.cards_of(card.id))
        same = live.filter(patient=card, person=other, **values).first()
        if same:
            return same
        _refuse_overlap(live, other, bond)
        row = Representative.objects.create(patient=card, person=other, **values)
        _keep(actor, "represent", card, row, ("", _told(row)))
    return row


def correct_term(actor: Actor, key: UUID, until: date | None) -> Representative:
    """Put the last day right, None for none; also of a right whose term has run out.

    Raises Refusal: missing, invalid (a day before the first one or gone by), conflict (ended by
    somebody; another right begins before that day).
    """
    registrar_only(actor)
    with transaction.atomic():
        card, row = _locked(key)
        if row.ended_at:
            raise standing.ended_already()
        found = standing.term_faults(row.since, until, clock.today())
        if found:
            raise found[0]
        if row.valid_until != until:
            live = Representative.objects.filter(
                ended_at=None, patient__in=queries.cards_of(card.id)
            )
            bond = Bond(
                Relation(row.relation), standing.Proof(row.proof), row.number, row.issued_on,
                row.issued_by, row.since, until,
            )  # fmt: skip
            _refuse_overlap(live.exclude(id=row.id), row.person, bond)
            before = _told(row)
            row.valid_until = until
            row.save(update_fields=["valid_until"])
            _keep(actor, "correct_term", card, row, (before, _told(row)))
    return row


def end_representative(actor: Actor, key: UUID, why: str) -> Representative:
    """End a right at once and for good, with the reason; a second time changes nothing.

    Raises Refusal: missing, invalid (no reason, too long a one).
    """
    registrar_only(actor)
    nothing = standing.invalid("why", "Напишите почему: ошибка в карте, решение суда.")
    reason = typed.required(why, nothing, LONGEST_REASON)
    with transaction.atomic():
        card, row = _locked(key)
        if row.ended_at is None:
            row.ended_at, row.ended_why = clock.now(), reason
            row.save(update_fields=["ended_at", "ended_why"])
            _keep(actor, "end_representative", card, row, (_told(row), reason))
    return row


def party(card: Patient) -> Party:
    """Return what the rules ask of a card."""
    return Party(card.birth_on, card.sex)


def _both(patient: UUID, person: UUID) -> tuple[Patient, Patient]:
    """Lock both in one order; refuse who cannot be one of the two."""
    if patient == person:
        raise standing.invalid("person", "Человек не бывает своим представителем.")
    cards = {
        card.id: card
        for card in Patient.objects.select_for_update(of=("self",))
        .filter(id__in=[patient, person])
        .order_by("id")
    }
    if len({patient, person} - cards.keys()):
        raise missing("Карта")
    card, other = cards[patient], cards[person]
    if card.merged_into_id:
        raise rules.card_merged()
    if other.merged_into_id:
        text = "Эта карта объединена с другой. Найдите представителя поиском ещё раз."
        raise standing.invalid("person", text)
    for one, who in ((card, "У пациента"), (other, "У представителя")):
        if one.died_on:
            raise standing.invalid("person", f"{who} в карте стоит дата смерти. Проверьте.")
    return card, other


def _locked(key: UUID) -> tuple[Patient, Representative]:
    """Lock the patient's card that stays, to which the history belongs; return it and the row."""
    rows = Representative.objects.select_related("patient", "person")
    row = rows.filter(id=key).first()
    if row is None:
        raise missing("Представитель")
    card = locked(row.patient.merged_into_id or row.patient_id)
    row.refresh_from_db(fields=["valid_until", "ended_at", "ended_why"])
    return card, row


def _refuse_overlap(live: QuerySet[Representative], person: Patient, bond: Bond) -> None:
    """Refuse the same person, and another mother or father, in the same days."""
    same = Q(person__in=queries.cards_of(person.id))
    if bond.relation is not Relation.GUARDIAN:
        same |= Q(relation=bond.relation)
    days = Q(valid_until=None)
    days |= Q(valid_until__gte=bond.begins) if bond.begins else Q(valid_until__isnull=False)
    begun = Q(since=None) | Q(since__lte=bond.until) if bond.until else Q()
    other = live.filter(same & days & begun).select_related("person").first()
    if other:
        raise standing.overlaps(_told(other))


def _told(row: Representative) -> str:
    """Return «Иванова Анна Сергеевна, мама, до 01.02.2030» for the history."""
    words = [str(row.person), standing.RELATIONS[Relation(row.relation)]]
    if row.valid_until:
        words.append(f"до {numeric(row.valid_until)}")
    return ", ".join(words)


def _keep(
    actor: Actor, act: str, card: Patient, row: Representative, change: tuple[str, str]
) -> None:
    """Write the act into the patient's history, and into the audit of both people."""
    note(actor, card, act, {"representative": change})
    for one in (card.id, row.person_id):
        audit.record(
            actor, f"patients.{act}", ("representative", row.id), patient=one,
            detail={"patient": str(card.id), "person": str(row.person_id)},
        )  # fmt: skip
