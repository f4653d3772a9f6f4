"""Whom the region's index knows, beside this base: asked only for a person, never while typing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q

from priyom.audit import actions as audit
from priyom.clinics.models import Organisation
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.kernel.words import full_name
from priyom.patients import outside, rules
from priyom.patients.models import Alias, Patient
from priyom.patients.outside import Silent, State
from priyom.patients.pdqm import Stranger
from priyom.patients.rules import masked
from priyom.patients.understand import understand


@dataclass(frozen=True)
class OutsideRow:
    """Somebody of the other index, masked. `card` is the same person's card of this base."""

    number: str
    name: str
    birth_on: date
    sex: str
    snils: str
    enp: str
    address: str
    card: UUID | None


@dataclass(frozen=True)
class Beside:
    """What the other index says to a search."""

    name: str
    state: State
    rows: tuple[OutsideRow, ...]


def asks_outside(actor: Actor, text: str) -> bool:
    """Tell whether the search is worth asking the other index; costs nothing without one."""
    index = outside.current()
    return actor.kind is ActorKind.REGISTRAR and bool(index.name) and index.asks(understand(text))


def beside(actor: Actor, text: str) -> Beside:
    """Return whom the other index knows; audited without the words, as the own search.

    Raises Refusal (missing) for anybody but a registrar.
    """
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing()
    index = outside.current()
    place = Organisation.objects.filter(id=actor.workplace).first()
    _let_go()
    answer = index.find(understand(text), place.oid if place else "")
    if answer.state is not State.NOT_ASKED:
        audit.record(
            actor, "patients.outside", ("index", "outside"), result="read",
            detail={"found": len(answer.strangers), "state": answer.state},
        )  # fmt: skip
    here = _here(index.source, answer.strangers)
    rows = tuple(_row(one, here.get(one.number)) for one in answer.strangers)
    return Beside(index.name, answer.state, rows)


def stranger(actor: Actor, number: str) -> tuple[str, Stranger]:
    """Return the other index's domain and its card as it is now, for taking it over.

    Raises Refusal: missing (not a registrar, no such card), conflict (the index does not answer).
    """
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing()
    index = outside.current()
    _let_go()
    try:
        found = index.read(number)
    except Silent:
        raise rules.outside_silent(index.name) from None
    if found is None:
        raise missing("Карта")
    return index.source, found


def by_alias(source: str, number: str) -> Patient | None:
    """Return the card that stays of the person whom another index keeps under that number."""
    rows = Alias.objects.select_related("patient__merged_into")
    row = rows.filter(source=source, number=number).first()
    return row.patient.merged_into or row.patient if row else None


def aliases_of(cards: list[UUID]) -> tuple[str, ...]:
    """Return the numbers that a card and those merged into it have elsewhere."""
    rows = Alias.objects.filter(patient__in=cards).order_by("taken_at", "id")
    return tuple(rows.values_list("number", flat=True))


def _let_go() -> None:
    """Give the connection back to the pool: somebody else's network may take seconds."""
    if not connection.in_atomic_block:
        connection.close()


def _here(source: str, strangers: tuple[Stranger, ...]) -> dict[str, UUID]:
    """Return the cards of this base that are the same people's, by the other index's numbers."""
    if not strangers:
        return {}
    numbers = [one.number for one in strangers]
    rows = Alias.objects.filter(source=source, number__in=numbers).select_related("patient")
    here = {row.number: row.patient.merged_into_id or row.patient_id for row in rows}
    snils = {one.snils: one.number for one in strangers if one.snils}
    enp = {one.enp: one.number for one in strangers if one.enp}
    for card in Patient.objects.filter(Q(snils__in=snils) | Q(enp__in=enp)):
        number = snils.get(card.snils or "") or enp[card.enp or ""]
        here.setdefault(number, card.merged_into_id or card.id)
    return here


def _row(one: Stranger, card: UUID | None) -> OutsideRow:
    return OutsideRow(
        number=one.number,
        name=full_name(one.family, one.given, one.patronymic),
        birth_on=one.birth_on,
        sex={"m": "м", "f": "ж"}.get(one.sex, "пол не указан"),
        snils=masked(one.snils, 5),
        enp=masked(one.enp, 4),
        address=one.address,
        card=card,
    )
