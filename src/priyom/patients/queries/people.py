"""For whom a portal account may act: itself, a child, a ward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.kernel.words import full_name
from priyom.patients.models import Owner, Patient, Representative
from priyom.patients.rules import RELATION_LABELS, Relation, still_stands


@dataclass(frozen=True)
class Person:
    """Somebody a portal account may act for: itself («вы»), a child or a ward."""

    id: UUID
    family: str
    given: str
    patronymic: str
    birth_on: date
    relation: str
    """"" for oneself, else `Relation`."""
    email: str
    phone: str
    is_temporary: bool
    is_merged: bool = False
    """An earlier card of the same person: what was done with it stays the person's own."""

    @property
    def is_self(self) -> bool:
        """Whether this is the account's own card."""
        return not self.relation

    @property
    def name(self) -> str:
        """«Иванова Анна Сергеевна»."""
        name = full_name(self.family, self.given, self.patronymic)
        return f"{name} (прежняя карта)" if self.is_merged else name

    @property
    def badge(self) -> str:
        """«пишет мама» for the other side of a chat; "" for oneself."""
        return f"пишет {RELATION_LABELS[Relation(self.relation)]}" if self.relation else ""


def _person(card: Patient, relation: str = "") -> Person:
    return Person(
        card.id, card.family, card.given, card.patronymic, card.birth_on, relation,
        card.email, card.phone, card.is_temporary, card.merged_into_id is not None,
    )  # fmt: skip


def own_card(actor: Actor) -> Person | None:
    """Return the account's own card, None before `actions.link`."""
    if actor.kind is not ActorKind.PATIENT:
        return None
    owners = Owner.objects.select_related("patient__merged_into")
    owner = owners.filter(account_id=actor.account).first()
    return _person(owner.patient.merged_into or owner.patient) if owner else None


def people_of(actor: Actor) -> tuple[Person, ...]:
    """Return whom the account may act for today: oneself, then children and wards by birth.

    Cards that were merged into one of theirs stand behind it: what was done with them is theirs.
    """
    own = own_card(actor)
    if own is None:
        return ()
    own_cards = [own.id, *(card.id for card in _merged_into([own.id]))]
    rows = Representative.objects.filter(person_id__in=own_cards)
    today = clock.today()
    standing = {}
    for row in rows.select_related("patient__merged_into").order_by("id"):
        if still_stands(row.relation, row.patient.birth_on, row.valid_until, today):
            card = row.patient.merged_into or row.patient
            standing[card.id] = _person(card, row.relation)
    people = [own, *sorted(standing.values(), key=lambda person: (person.birth_on, person.id))]
    relations = {person.id: person.relation for person in people}
    behind = {
        card.id: _person(card, relations[card.merged_into_id])
        for card in _merged_into(list(relations))
        if card.merged_into_id
    }
    return (*people, *behind.values())


def _merged_into(cards: list[UUID]) -> list[Patient]:
    return list(Patient.objects.filter(merged_into__in=cards).order_by("id"))


def may_act_for(actor: Actor, patient: UUID, what: str = "Карта") -> Person:
    """Return the person when the account may act for that card today; else Refusal (missing).

    `what` is what was asked for, so that a stranger reads the same as of a key that is nobody's.
    """
    for person in people_of(actor):
        if person.id == patient:
            return person
    raise missing(what)
