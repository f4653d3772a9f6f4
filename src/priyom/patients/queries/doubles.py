"""Pairs of cards that may be one person's, for the registrar who decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from priyom.audit import actions as audit
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import missing
from priyom.kernel.snils import show_snils
from priyom.kernel.words import full_name
from priyom.patients.likeness import Reason
from priyom.patients.models import Double, Merge, Owner, Patient
from priyom.patients.rules import masked

PAGE = 50
"""Pairs on one page; what is decided makes room for the next ones."""
_FIELDS = (
    ("family", "Фамилия"), ("given", "Имя"), ("patronymic", "Отчество"),
    ("birth_on", "Дата рождения"), ("sex", "Пол"), ("snils", "СНИЛС"), ("enp", "Полис ОМС (ЕНП)"),
    ("document", "Документ"), ("phone", "Телефон"), ("email", "Почта"), ("address", "Адрес"),
    ("attached_to_id", "Прикрепление"),
)  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One card of a pair, masked."""

    id: UUID
    name: str
    birth_on: date
    snils: str
    address: str
    is_temporary: bool


@dataclass(frozen=True)
class PairRow:
    """A pair in the list."""

    id: UUID
    one: Side
    other: Side
    percent: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Doubles:
    """The list of pairs that wait, and how many there are in all."""

    rows: tuple[PairRow, ...]
    count: int


@dataclass(frozen=True)
class FieldRow:
    """One field side by side. `takes_other`: the proposal is to keep the other card's value."""

    name: str
    label: str
    one: str
    other: str
    is_same: bool
    takes_other: bool


@dataclass(frozen=True)
class Comparison:
    """A pair side by side; `one` is the card that is proposed to stay."""

    id: UUID
    one: Side
    other: Side
    fields: tuple[FieldRow, ...]
    percent: str
    reasons: tuple[Reason, ...]
    has_accounts: tuple[bool, bool]
    made_at: tuple[datetime, datetime]


def doubles(actor: Actor) -> Doubles:
    """Return the likeliest pairs that nobody has decided. Raises Refusal (missing)."""
    _registrar_only(actor)
    waiting = Double.objects.filter(verdict="", one__merged_into=None, other__merged_into=None)
    rows = waiting.select_related("one", "other").order_by("-chance", "-bits", "id")[:PAGE]
    found = tuple(
        PairRow(row.id, _side(row.one), _side(row.other), _percent(row), _reasons(row)[:5])
        for row in rows
    )
    audit.record(
        actor, "patients.doubles", ("index", "doubles"), result="read",
        detail={"shown": len(found)},
    )  # fmt: skip
    return Doubles(found, waiting.count())


def comparison(actor: Actor, double: UUID, *, swapped: bool = False) -> Comparison:
    """Return a pair side by side; both readings are audited. `swapped` lets the other one stay.

    Raises Refusal (missing): not a registrar, no such pair, decided already.
    """
    _registrar_only(actor)
    rows = Double.objects.select_related("one__attached_to", "other__attached_to")
    pair = rows.filter(id=double, verdict="").first()
    if pair is None:
        raise missing("Пара карт")
    for card in (pair.one, pair.other):
        audit.record_read(actor, "patients.compare", ("patient", card.id), card.id)
    stays = Coalesce("patient__merged_into", "patient")
    owned = set(owners_of(pair.one_id, pair.other_id).values_list(stays, flat=True))
    kept, gone = sorted((pair.one, pair.other), key=lambda card: _weight(card, owned), reverse=True)
    if swapped:
        kept, gone = gone, kept
    return Comparison(
        pair.id, _side(kept), _side(gone),
        tuple(_field(name, label, kept, gone) for name, label in _FIELDS),
        _percent(pair), _reasons(pair), (kept.id in owned, gone.id in owned),
        (kept.made_at, gone.made_at),
    )  # fmt: skip


def _registrar_only(actor: Actor) -> None:
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing()


def _weight(card: Patient, owned: set[UUID]) -> tuple[bool, bool, int, float]:
    """Return what makes a card stay: an account, documents seen, more fields, older."""
    filled = sum(bool(getattr(card, name)) for name, _ in _FIELDS)
    return card.id in owned, not card.is_temporary, filled, -card.made_at.timestamp()


def _field(name: str, label: str, kept: Patient, gone: Patient) -> FieldRow:
    one, other = _text(name, kept), _text(name, gone)
    return FieldRow(name, label, one, other, one == other, not one and bool(other))


def _text(name: str, card: Patient) -> str:
    if name == "attached_to_id":
        return card.attached_to.short_name if card.attached_to else ""
    if name == "birth_on":
        return f"{card.birth_on:%d.%m.%Y}"
    if name == "sex":
        return card.get_sex_display()
    text = getattr(card, name) or ""
    if name == "snils":
        return show_snils(text)
    if name == "phone":
        return show_phone(text)
    return text.replace(":", " ") if name == "document" else text


def _side(card: Patient) -> Side:
    return Side(
        card.id, full_name(card.family, card.given, card.patronymic), card.birth_on,
        masked(card.snils, 5), card.address, card.is_temporary,
    )  # fmt: skip


def _percent(row: Double) -> str:
    """Return «97 %»; never a certainty, for that is the registrar's."""
    return f"{min(row.chance * 100, 99.9):.{1 if row.chance > 0.99 else 0}f} %".replace(".", ",")


def _reasons(row: Double) -> tuple[Reason, ...]:
    found = [Reason(name, level, bits) for name, (level, bits) in row.levels.items()]
    return tuple(sorted(found, key=lambda one: -abs(one.bits)))


@dataclass(frozen=True)
class MergeRow:
    """A merge that made a card what it is, to be undone from its page."""

    id: UUID
    card: UUID
    name: str
    at: datetime


def merges_of(patient: UUID) -> tuple[MergeRow, ...]:
    """Return the merges into a card that stand, newest first."""
    rows = Merge.objects.filter(survivor=patient, undone_at=None).select_related("merged")
    return tuple(
        MergeRow(row.id, row.merged_id, str(row.merged), row.made_at)
        for row in rows.order_by("-made_at")
    )


def owners_of(*cards: UUID) -> QuerySet[Owner]:
    """Return the links of accounts to these cards and to those merged into them."""
    whole = Patient.objects.filter(Q(id__in=cards) | Q(merged_into__in=cards))
    return Owner.objects.filter(patient__in=whole)


def cards_of(patient: UUID) -> list[UUID]:
    """Return the card and those merged into it."""
    merged = Patient.objects.filter(merged_into=patient).order_by("id")
    return [patient, *merged.values_list("id", flat=True)]


def pair(double: UUID) -> tuple[UUID, UUID]:
    """Return the two cards of a pair that waits. Raises Refusal (missing)."""
    row = Double.objects.filter(id=double, verdict="").first()
    if row is None:
        raise missing("Пара карт")
    return row.one_id, row.other_id
