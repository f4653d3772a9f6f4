"""What the index search answers: masked cards, how the words were understood, what differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from priyom.audit import actions as audit
from priyom.kernel.actor import Actor
from priyom.kernel.names import compare_key
from priyom.kernel.refusal import missing
from priyom.kernel.words import full_name
from priyom.patients import search
from priyom.patients.models import Patient
from priyom.patients.rules import CardData, masked
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
    near: tuple[Row, ...] = ()
    """Beside few exact cards: those of near names, to be offered apart."""


def find(actor: Actor, text: str, against: Typed | None = None) -> Found:
    """Return at most 20 masked cards for what a member of staff typed; audited without the words.

    Raises Refusal (missing) for anybody but staff.
    """
    if not actor.is_staff:
        raise missing()
    query = understand(text)
    hits = search.find(query)
    ids, near = hits.shown, hits.shown_near
    wanted = [*ids, *near]
    cards = Patient.objects.select_related("attached_to").in_bulk(wanted) if wanted else {}
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
        is_cut=len(hits.ids) > len(ids),
        near=tuple(_row(cards[key], query, hits, against or Typed()) for key in near),
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
