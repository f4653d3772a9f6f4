"""For whom a portal account may act: itself, a child, a ward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.kernel.words import full_name
from priyom.patients.models import Owner, Patient, Representative
from priyom.patients.standing import RELATIONS, Relation, Right, right


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
        return f"пишет {RELATIONS[Relation(self.relation)]}" if self.relation else ""


def _person(card: Patient, relation: str = "") -> Person:
    return Person(
        card.id, card.family, card.given, card.patronymic, card.birth_on, relation,
        card.email, card.phone, card.is_temporary, card.merged_into_id is not None,
    )  # fmt: skip


def own_card(actor: Actor) -> Person | None:
    """Return the account's own card, None before `actions.link`."""
    owner, _ = _owner(actor)
    return _person(owner.patient.merged_into or owner.patient) if owner else None


def people_of(actor: Actor) -> tuple[Person, ...]:
    """Return whom the account may act for today: oneself, then children and wards by birth.

    Cards that were merged into one of theirs stand behind it: what was done with them is theirs.
    """
    owner, has_behind = _owner(actor)
    if owner is None:
        return ()
    own = owner.patient.merged_into or owner.patient
    rows = (
        Representative.objects.filter(Q(person=own) | Q(person__merged_into=own), ended_at=None)
        .annotate(has_behind=_HAS_BEHIND)
        .select_related("patient__merged_into")
        .order_by("id")
    )
    today = clock.today()
    standing = {}
    for row in rows:
        card = row.patient.merged_into or row.patient
        if right(row.proof, card.birth_on, row.since, row.valid_until, today) is Right.ACTS:
            standing[card.id] = _person(card, row.relation)
            has_behind = has_behind or row.has_behind
    others = sorted(standing.values(), key=lambda person: (person.birth_on, person.id))
    people = [_person(own), *others]
    return (*people, *(_behind(people) if has_behind else ()))


_HAS_BEHIND = Exists(
    Patient.objects.filter(
        merged_into=Coalesce(OuterRef("patient__merged_into"), OuterRef("patient"))
    )
)
"""Whether a card was merged into it: most pages need not ask for which."""


def accounts_of_ended(since: datetime) -> set[UUID]:
    """Return the accounts whose right to act for somebody a registrar has ended since then."""
    rows = Representative.objects.filter(ended_at__gte=since)
    persons = {key for pair in rows.values_list("person", "person__merged_into") for key in pair}
    owners = Owner.objects.filter(Q(patient__in=persons) | Q(patient__merged_into__in=persons))
    return set(owners.values_list("account_id", flat=True))


def _owner(actor: Actor) -> tuple[Owner | None, bool]:
    """Return the account's link to its own card, and whether a card was merged into that."""
    if actor.kind is not ActorKind.PATIENT:
        return None, False
    owners = Owner.objects.select_related("patient__merged_into").annotate(has_behind=_HAS_BEHIND)
    owner = owners.filter(account_id=actor.account).first()
    return owner, owner is not None and owner.has_behind


def _behind(people: list[Person]) -> list[Person]:
    relations = {person.id: person.relation for person in people}
    cards = Patient.objects.filter(merged_into__in=relations).order_by("id")
    return [_person(card, relations[card.merged_into_id]) for card in cards if card.merged_into_id]


def may_act_for(actor: Actor, patient: UUID, what: str = "Карта") -> Person:
    """Return the person when the account may act for that card today; else Refusal (missing).

    `what` is what was asked for, so that a stranger reads the same as of a key that is nobody's.
    """
    for person in people_of(actor):
        if person.id == patient:
            return person
    raise missing(what)
