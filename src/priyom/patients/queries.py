"""Reads of the index: the search, a card, and for whom a portal account may act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Q

from priyom.audit import actions as audit
from priyom.clinics.models import Organisation
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.names import compare_key
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import missing
from priyom.kernel.snils import digits, show_snils
from priyom.kernel.words import full_name
from priyom.patients import search
from priyom.patients.models import Owner, Patient, Representative
from priyom.patients.rules import (
    RELATION_LABELS,
    ROWS,
    CardData,
    Relation,
    masked,
    still_stands,
)
from priyom.patients.understand import Query, QueryKind, understand


class Outcome(StrEnum):
    """What the page must show: three different screens (domain.md 8, cases 1 and 2)."""

    IDLE = "idle"
    NONE = "none"
    ONE = "one"
    SEVERAL = "several"


@dataclass(frozen=True)
class Typed:
    """What a request says about the person; "" and None are not compared with the card."""

    family: str = ""
    given: str = ""
    patronymic: str = ""
    birth_on: date | None = None
    phone: str = ""


@dataclass(frozen=True)
class Row:
    """One found card, masked: enough to tell people apart, not enough to copy."""

    id: UUID
    family: str
    given: str
    patronymic: str
    name_parts: tuple[tuple[str, str], ...]
    """(matched beginning, rest) of family, given name and patronymic."""
    birth_on: date
    sex: str
    snils: str
    enp: str
    attached_to: str
    address: str
    is_temporary: bool
    agreed: int
    compared: int
    differs: tuple[str, ...]
    """«другой телефон», «другая дата рождения»: against the request's data."""

    @property
    def name(self) -> str:
        """«Иванова Анна Сергеевна»."""
        return full_name(self.family, self.given, self.patronymic)

    @property
    def is_full_match(self) -> bool:
        """Whether everything comparable agreed."""
        return self.compared > 0 and self.agreed == self.compared


@dataclass(frozen=True)
class Found:
    """Answer of the search, ready for parts/found.html."""

    text: str
    outcome: Outcome
    kind: QueryKind
    understood: tuple[tuple[str, str], ...]
    how: str
    """«набрано латиницей», «имя и фамилия наоборот» or ""."""
    remark: str
    guess: str
    rows: tuple[Row, ...]
    is_cut: bool


def find(actor: Actor, text: str, against: Typed | None = None) -> Found:
    """Return at most 20 masked cards for what a member of staff typed; audited without the words.

    Raises Refusal (missing) for anybody but staff.
    """
    if not actor.is_staff:
        raise missing()
    query = understand(text)
    hits = search.find(query)
    ids = hits.ids[:ROWS]
    cards = Patient.objects.select_related("attached_to").in_bulk(ids) if ids else {}
    rows = [_row(cards[key], query, hits, against or Typed()) for key in ids]
    if against:
        rows.sort(key=lambda row: -row.agreed)
    if query.kind in (QueryKind.PERSON, QueryKind.NUMBER):
        audit.record(
            actor, "patients.search", ("index", query.kind), result="read",
            detail={"found": len(hits.ids)},
        )  # fmt: skip
    return Found(
        text=text,
        outcome=_outcome(query, len(rows)),
        kind=query.kind,
        understood=query.meaning(hits.reading),
        how=hits.reading.how if hits.reading else "",
        remark=query.remark,
        guess=hits.guess,
        rows=tuple(rows),
        is_cut=len(hits.ids) > ROWS,
    )


def _outcome(query: Query, count: int) -> Outcome:
    if query.kind in (QueryKind.EMPTY, QueryKind.SHORT):
        return Outcome.IDLE
    return (Outcome.NONE, Outcome.ONE)[count] if count < 2 else Outcome.SEVERAL


def _row(card: Patient, query: Query, hits: search.Hits, typed: Typed) -> Row:
    agreed, differs = compare(card, typed)
    reading = hits.reading
    sought = (reading.family, reading.given, reading.patronymic) if reading else ("", "", "")
    names = (card.family, card.given, card.patronymic)
    return Row(
        id=card.id,
        family=card.family,
        given=card.given,
        patronymic=card.patronymic,
        name_parts=tuple(_marked(name, key) for name, key in zip(names, sought, strict=True)),
        birth_on=card.birth_on,
        sex=card.get_sex_display(),
        snils=masked(card.snils, 5),
        enp=masked(card.enp, 4),
        attached_to=card.attached_to.short_name if card.attached_to else "",
        address=card.address,
        is_temporary=card.is_temporary,
        agreed=agreed,
        compared=agreed + len(differs),
        differs=differs,
    )


def _marked(name: str, key: str) -> tuple[str, str]:
    """Split `name` after the typed beginning; a compare key is as long as what it stands for."""
    matches = bool(key) and compare_key(name).startswith(key)
    return (name[: len(key)], name[len(key) :]) if matches else ("", name)


def compare(card: Patient, typed: Typed) -> tuple[int, tuple[str, ...]]:
    """Return how many of the typed things agree with the card, and in Russian those that do not."""
    pairs = (
        ("другая фамилия", compare_key(typed.family), compare_key(card.family)),
        ("другое имя", compare_key(typed.given), compare_key(card.given)),
        ("другое отчество", compare_key(typed.patronymic), compare_key(card.patronymic)),
        ("другая дата рождения", typed.birth_on, card.birth_on),
        ("другой телефон", typed.phone, card.phone),
    )
    differs = tuple(word for word, asked, kept in pairs if asked and asked != kept)
    return sum(bool(asked) for _, asked, _ in pairs) - len(differs), differs


@dataclass(frozen=True)
class Standing:
    """Somebody who stands for a patient, as the card shows it."""

    patient: UUID
    name: str
    relation: str
    proof: str
    valid_until: date | None
    is_valid: bool


@dataclass(frozen=True)
class Card:
    """A whole card for the page of a member of staff."""

    id: UUID
    family: str
    given: str
    patronymic: str
    birth_on: date
    sex: str
    snils: str
    enp: str
    document: str
    address: str
    phone: str
    email: str
    is_email_confirmed: bool
    attached_to: str
    is_temporary: bool
    has_account: bool
    representatives: tuple[Standing, ...]
    represents: tuple[Standing, ...]

    @property
    def phone_text(self) -> str:
        """«+7 921 555-10-20»."""
        return show_phone(self.phone)

    @property
    def name(self) -> str:
        """«Иванова Анна Сергеевна»."""
        return full_name(self.family, self.given, self.patronymic)


def card(actor: Actor, patient: UUID) -> Card:
    """Return a whole card; the reading is audited.

    Registrars and heads of any МО of the region (the index is regional); a doctor only with a
    consultation with this patient. Raises Refusal (missing) for everybody else.
    """
    cards = Patient.objects.select_related("attached_to")
    found = cards.filter(_readable_by(actor), id=patient).first()
    if found is None:
        raise missing("Карта")
    audit.record_read(actor, "patients.card", ("patient", patient), patient)
    today = clock.today()
    standing = Representative.objects.select_related("patient", "person")
    rows = list(standing.filter(Q(patient=patient) | Q(person=patient)).order_by("id"))
    return Card(
        id=found.id,
        family=found.family,
        given=found.given,
        patronymic=found.patronymic,
        birth_on=found.birth_on,
        sex=found.get_sex_display(),
        snils=show_snils(found.snils or ""),
        enp=found.enp or "",
        document=found.document.replace(":", " "),
        address=found.address,
        phone=found.phone,
        email=found.email,
        is_email_confirmed=found.email_confirmed_at is not None,
        attached_to=found.attached_to.short_name if found.attached_to else "",
        is_temporary=found.is_temporary,
        has_account=Owner.objects.filter(patient=found).exists(),
        representatives=tuple(
            _standing(row, row.person, today) for row in rows if row.patient_id == found.id
        ),
        represents=tuple(
            _standing(row, row.patient, today) for row in rows if row.person_id == found.id
        ),
    )


def _readable_by(actor: Actor) -> Q:
    if actor.kind in (ActorKind.REGISTRAR, ActorKind.HEAD):
        return Q()
    if actor.kind is ActorKind.DOCTOR and actor.doctor:
        # The reverse side of a key of the room above: the right to a card comes from there.
        talked = Patient.objects.filter(consultations__doctor_id=actor.doctor)
        return Q(id__in=talked.values("id"))
    return Q(pk__in=[])


def _standing(row: Representative, other: Patient, today: date) -> Standing:
    return Standing(
        patient=other.id,
        name=f"{other} ({RELATION_LABELS[Relation(row.relation)]})",
        relation=row.relation,
        proof=row.proof,
        valid_until=row.valid_until,
        is_valid=still_stands(row.relation, row.patient.birth_on, row.valid_until, today),
    )


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

    @property
    def is_self(self) -> bool:
        """Whether this is the account's own card."""
        return not self.relation

    @property
    def name(self) -> str:
        """«Иванова Анна Сергеевна»."""
        return full_name(self.family, self.given, self.patronymic)

    @property
    def badge(self) -> str:
        """«пишет мама» for the other side of a chat; "" for oneself."""
        return f"пишет {RELATION_LABELS[Relation(self.relation)]}" if self.relation else ""


def _person(card: Patient, relation: str = "") -> Person:
    return Person(
        card.id, card.family, card.given, card.patronymic, card.birth_on, relation,
        card.email, card.phone, card.is_temporary,
    )  # fmt: skip


def own_card(actor: Actor) -> Person | None:
    """Return the account's own card, None before `actions.link`."""
    if actor.kind is not ActorKind.PATIENT:
        return None
    owner = Owner.objects.select_related("patient").filter(account_id=actor.account).first()
    return _person(owner.patient) if owner else None


def people_of(actor: Actor) -> tuple[Person, ...]:
    """Return whom the account may act for today: oneself, then children and wards by birth."""
    own = own_card(actor)
    if own is None:
        return ()
    rows = Representative.objects.filter(person_id=own.id).select_related("patient")
    today = clock.today()
    standing = [
        _person(row.patient, row.relation)
        for row in rows
        if still_stands(row.relation, row.patient.birth_on, row.valid_until, today)
    ]
    return (own, *sorted(standing, key=lambda person: (person.birth_on, person.id)))


def may_act_for(actor: Actor, patient: UUID, what: str = "Карта") -> Person:
    """Return the person when the account may act for that card today; else Refusal (missing).

    `what` is what was asked for, so that a stranger reads the same as of a key that is nobody's.
    """
    for person in people_of(actor):
        if person.id == patient:
            return person
    raise missing(what)


def similar(data: CardData) -> tuple[Row, ...]:
    """Return cards that look like the one about to be made: near name and same birth; masked.

    Internal to the form of a new card, whose view asks the actor's right first. The card that this
    very form has made already (`data.key`) is not similar to itself.
    """
    names = (compare_key(name).replace(" ", "-") for name in (data.family, data.given))
    query = understand(f"{' '.join(names)} {data.birth_on:%d.%m.%Y}")
    hits = search.find(query)
    ids = [key for key in hits.ids if key != data.key][:5]
    cards = Patient.objects.select_related("attached_to").in_bulk(ids) if ids else {}
    typed = Typed(data.family, data.given, data.patronymic, data.birth_on)
    return tuple(_row(cards[key], query, hits, typed) for key in ids)


def with_number(snils: str, enp: str) -> tuple[str, Patient] | None:
    """Return («snils» or «enp», the card that has the number already), None when it is free."""
    for name, number in (("snils", digits(snils)), ("enp", digits(enp))):
        kept = Patient.objects.filter(**{name: number}).first() if number else None
        if kept:
            return name, kept
    return None


def attachable() -> list[tuple[str, str]]:
    """Return (id, short name) of the organisations a card can be attached to."""
    rows = Organisation.objects.order_by("short_name").values_list("id", "short_name")
    return [(str(key), name) for key, name in rows]
