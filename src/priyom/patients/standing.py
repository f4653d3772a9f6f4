"""Who may stand for a patient, by what paper and until when; pure (323-ФЗ ст. 20, 54)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.kernel.words import numeric, years

DECIDES_ALONE = 15
"""From this age on a person consents alone: who stood for the child acts and reads no longer."""
GROWN_UP = 18
"""From this age on nobody stands for a person whom no court has found incapable."""
PARENT_FROM = 14
"""Younger than this nobody is a parent in the papers."""
_BETWEEN = 12
"""So many years a parent is older than the child, at the least."""


class Relation(StrEnum):
    """In what capacity a person stands for a patient."""

    MOTHER = "mother"
    FATHER = "father"
    GUARDIAN = "guardian"


RELATIONS = {
    Relation.MOTHER: "мама",
    Relation.FATHER: "папа",
    Relation.GUARDIAN: "опекун",
}


class Proof(StrEnum):
    """By what paper: the same person stands for a child, or for an adult by a court's decision."""

    BIRTH = "birth"
    PATERNITY = "paternity"
    ADOPTION = "adoption"
    ACT = "act"
    COURT = "court"


PROOFS = {
    Proof.BIRTH: "свидетельство о рождении",
    Proof.PATERNITY: "свидетельство об установлении отцовства",
    Proof.ADOPTION: "свидетельство об усыновлении",
    Proof.ACT: "акт об опеке над ребёнком",
    Proof.COURT: "решение суда о недееспособности и акт об опеке",
}
PROVES = {
    Relation.MOTHER: (Proof.BIRTH, Proof.ADOPTION),
    Relation.FATHER: (Proof.BIRTH, Proof.PATERNITY, Proof.ADOPTION),
    Relation.GUARDIAN: (Proof.ACT, Proof.COURT),
}


class Right(StrEnum):
    """What a representative may do today."""

    ACTS = "acts"
    """Consents, reads, writes for the patient."""
    AHEAD = "ahead"
    """Will, from a later day on."""
    ALONE = "alone"
    """The patient is fifteen to seventeen and decides alone; the representative has no access."""
    ENDED = "ended"


@dataclass(frozen=True)
class Bond:
    """What is known of a representative. `until` is the last day; without `since` from ever on."""

    relation: Relation
    proof: Proof
    number: str
    issued_on: date | None
    issued_by: str
    since: date | None = None
    until: date | None = None

    @property
    def begins(self) -> date | None:
        """The first day: as said, else the day of the paper."""
        return self.since or self.issued_on


@dataclass(frozen=True)
class Party:
    """What the rules ask of a person: birth and sex («f», «m»)."""

    born: date
    sex: str


def birthday(born: date, age: int) -> date:
    """Return the day on which somebody becomes `age`; born on 29 February: 1 March, or the 29th."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def last_day(proof: str, born: date, until: date | None) -> date | None:
    """Return the last day on which a representative acts for a patient born on `born`.

    A paper about a child ends on the eve of fifteen whatever it says; a court's decision ends when
    it says, None for never.
    """
    if proof == Proof.COURT:
        return until
    eve = birthday(born, DECIDES_ALONE) - timedelta(days=1)
    return min(until, eve) if until else eve


def right(proof: str, born: date, since: date | None, until: date | None, today: date) -> Right:
    """Return what the right of a representative, not ended by anybody, comes to today."""
    if until and until < today:
        return Right.ENDED
    if since and since > today:
        return Right.AHEAD
    age = years(born, today)
    if proof == Proof.COURT or age < DECIDES_ALONE:
        return Right.ACTS
    return Right.ALONE if age < GROWN_UP else Right.ENDED


def faults(bond: Bond, patient: Party, person: Party, today: date) -> list[Refusal]:
    """Return every refusal of a representative about to be entered, each with its field."""
    found = _person_faults(bond, patient, person, today) + _paper_faults(bond, patient, today)
    return found + term_faults(bond.begins, bond.until, today)


def _person_faults(bond: Bond, patient: Party, person: Party, today: date) -> list[Refusal]:
    found = []
    wanted = {Relation.MOTHER: "f", Relation.FATHER: "m"}.get(bond.relation, person.sex)
    if person.sex != wanted:
        found.append(invalid("relation", "Пол в карте представителя другой. Та ли это карта?"))
    if bond.relation is Relation.GUARDIAN:
        if years(person.born, today) < GROWN_UP:
            found.append(invalid("person", "Опекуну меньше 18 лет. Проверьте карту."))
    elif years(person.born, today) < PARENT_FROM or years(person.born, patient.born) < _BETWEEN:
        text = "Представитель слишком молод, чтобы быть родителем. Проверьте карту."
        found.append(invalid("person", text))
    return found


def _paper_faults(bond: Bond, patient: Party, today: date) -> list[Refusal]:
    found = []
    age = years(patient.born, today)
    if bond.proof not in PROVES[bond.relation]:
        papers = ", ".join(PROOFS[one] for one in PROVES[bond.relation])
        found.append(invalid("proof", f"Здесь нужно другое: {papers}."))
    elif bond.proof is Proof.COURT and age < DECIDES_ALONE:
        found.append(invalid("proof", "До 15 лет решение суда не нужно: выберите акт об опеке."))
    elif bond.proof is not Proof.COURT and age >= DECIDES_ALONE:
        text = "С 15 лет пациент решает сам. Представитель бывает только по решению суда."
        found.append(invalid("proof", text))
    if not bond.number.strip():
        found.append(invalid("number", "Впишите номер, как в документе."))
    if not bond.issued_by.strip():
        found.append(invalid("issued_by", "Впишите, кем выдан документ."))
    if bond.issued_on and bond.issued_on > today:
        found.append(invalid("issued_on", "Эта дата ещё не наступила. Проверьте год."))
    elif bond.issued_on and bond.issued_on < patient.born:
        found.append(invalid("issued_on", "Документ выдан раньше рождения пациента."))
    return found


def term_faults(since: date | None, until: date | None, today: date) -> list[Refusal]:
    """Return what is wrong with a term, beside its end."""
    if until and since and until < since:
        return [invalid("until", f"Срок начинается {numeric(since)}: конец не может быть раньше.")]
    if until and until < today:
        return [invalid("until", "Этот день прошёл. Чтобы закрыть право сейчас, прекратите его.")]
    return []


def invalid(field: str, text: str) -> Refusal:
    """Return a refusal beside a field of the form."""
    return Refusal(f"patients.represent.{field}", RefusalKind.INVALID, text, field=field)


def overlaps(who: str) -> Refusal:
    """Return the answer to a second entry of the same person, or of a second mother or father."""
    text = f"Уже записан представитель: {who}. Исправьте срок там или прекратите то право."
    return Refusal("patients.represent.overlaps", RefusalKind.CONFLICT, text, field="person")


def ended_already() -> Refusal:
    """Return the answer to a new term of a right that somebody has ended."""
    return Refusal(
        "patients.represent.ended",
        RefusalKind.CONFLICT,
        "Право уже прекращено. Если оно есть снова, добавьте представителя заново.",
        field="until",
    )
