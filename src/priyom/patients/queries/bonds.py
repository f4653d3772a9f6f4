"""Representatives for the registrar who enters, corrects and ends them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from priyom.audit import actions as audit
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients.models import Patient, Representative
from priyom.patients.queries.cards import Standing, standing_row
from priyom.patients.rules import card_merged, masked
from priyom.patients.standing import Party


@dataclass(frozen=True)
class Human:
    """Somebody of the index, enough to be told apart."""

    id: UUID
    name: str
    birth_on: date
    snils: str
    party: Party


@dataclass(frozen=True)
class Standings:
    """A representative on its own page: of whom, and who."""

    patient: Human
    person: Human
    standing: Standing


def for_bond(actor: Actor, patient: UUID, person: UUID | None) -> tuple[Human, Human | None]:
    """Return the patient, and the person chosen to stand for the patient; both are audited.

    Raises Refusal: missing (not a registrar, no such card), conflict (the patient's card merged).
    """
    _registrar_only(actor)
    cards = Patient.objects.in_bulk([key for key in (patient, person) if key])
    if patient not in cards or (person and person not in cards):
        raise missing("Карта")
    if cards[patient].merged_into_id:
        raise card_merged()
    for key in cards:
        audit.record_read(actor, "patients.represent_form", ("patient", key), key)
    return _human(cards[patient]), _human(cards[person]) if person else None


def representative(actor: Actor, bond: UUID) -> Standings:
    """Return a representative for its page; audited of both people. Raises Refusal (missing)."""
    _registrar_only(actor)
    rows = Representative.objects.select_related("patient__merged_into", "person")
    row = rows.filter(id=bond).first()
    if row is None:
        raise missing("Представитель")
    patient = row.patient.merged_into or row.patient
    for key in (patient.id, row.person_id):
        audit.record_read(actor, "patients.representative", ("representative", row.id), key)
    return Standings(
        _human(patient), _human(row.person), standing_row(row, row.person, clock.today())
    )


def _registrar_only(actor: Actor) -> None:
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing("Карта")


def _human(card: Patient) -> Human:
    party = Party(card.birth_on, card.sex)
    return Human(card.id, str(card), card.birth_on, masked(card.snils, 5), party)
