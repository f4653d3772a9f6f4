"""Pairs of cards that may be one person's, for the registrar who decides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from priyom.audit import actions as audit
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import missing
from priyom.kernel.snils import show_snils
from priyom.kernel.words import full_name
from priyom.patients.likeness import Reason
from priyom.patients.models import Change, Double, Merge, Owner, Patient
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
    """One field side by side. `takes_other`: the other card's value is proposed or was chosen."""

    name: str
    label: str
    one: str
    other: str
    is_same: bool
    takes_other: bool


@dataclass(frozen=True)
class Comparison:
    """A pair side by side; `one` is the card that stays."""

    id: UUID
    one: Side
    other: Side
    fields: tuple[FieldRow, ...]
    percent: str
    reasons: tuple[Reason, ...]
    has_accounts: tuple[bool, bool]
    made_at: tuple[datetime, datetime]
    seen: tuple[UUID | None, UUID | None]
    """The newest change of each card as it is shown here."""
    is_swapped: bool
    """Whether the other card than the proposed one stays."""


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


def comparison(
    actor: Actor, double: UUID, *, swapped: bool = False, survivor: UUID | None = None,
    taken: Collection[str] = (),
) -> Comparison:  # fmt: skip
    """Return a pair side by side; both readings are audited.

    A form that was shown names the card that stays (`survivor`) and the fields chosen from the
    other one (`taken`); before that one is proposed, and `swapped` lets the other one stay. Raises
    Refusal (missing): not a registrar, no such pair, decided already, `survivor` not of the pair.
    """
    _registrar_only(actor)
    # In one statement with the cards: a change seen here is in what is shown.
    rows = Double.objects.select_related("one__attached_to", "other__attached_to").annotate(
        seen_one=_newest_change("one"), seen_other=_newest_change("other")
    )
    pair = rows.filter(id=double, verdict="").first()
    if pair is None or survivor not in (None, pair.one_id, pair.other_id):
        raise missing("Пара карт")
    for card in (pair.one, pair.other):
        audit.record_read(actor, "patients.compare", ("patient", card.id), card.id)
    stays = Coalesce("patient__merged_into", "patient")
    owned = set(owners_of(pair.one_id, pair.other_id).values_list(stays, flat=True))
    kept, gone = sorted((pair.one, pair.other), key=lambda card: _weight(card, owned), reverse=True)
    swapped = kept.id != survivor if survivor else swapped
    if swapped:
        kept, gone = gone, kept
    seen = {pair.one_id: pair.seen_one, pair.other_id: pair.seen_other}
    return Comparison(
        pair.id, _side(kept), _side(gone),
        tuple(_field(name, label, kept, gone, name in taken) for name, label in _FIELDS),
        _percent(pair), _reasons(pair), (kept.id in owned, gone.id in owned),
        (kept.made_at, gone.made_at), (seen[kept.id], seen[gone.id]), swapped,
    )  # fmt: skip


def _newest_change(card: str) -> Subquery:
    newest = Change.objects.filter(patient=OuterRef(card)).order_by("-at", "-id")
    return Subquery(newest.values("id")[:1])


def _registrar_only(actor: Actor) -> None:
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing()


def _weight(card: Patient, owned: set[UUID]) -> tuple[bool, bool, int, float]:
    """Return what makes a card stay: an account, documents seen, more fields, older."""
    filled = sum(bool(getattr(card, name)) for name, _ in _FIELDS)
    return card.id in owned, not card.is_temporary, filled, -card.made_at.timestamp()


def _field(name: str, label: str, kept: Patient, gone: Patient, is_taken: bool) -> FieldRow:
    one, other = _text(name, kept), _text(name, gone)
    takes_other = bool(other) and (is_taken or not one)
    return FieldRow(name, label, one, other, one == other, takes_other)


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


def staying(patient: UUID) -> Patient | None:
    """Return the card, or the one that stays when it was merged; None when there is none.

    Whatever is new, a request or a consultation, is made with it.
    """
    card = Patient.objects.select_related("merged_into").filter(id=patient).first()
    return card.merged_into or card if card else None


def pair(double: UUID) -> tuple[UUID, UUID]:
    """Return the two cards of a pair that waits. Raises Refusal (missing)."""
    row = Double.objects.filter(id=double, verdict="").first()
    if row is None:
        raise missing("Пара карт")
    return row.one_id, row.other_id
