"""A line of a file of cards, read: a card, or what is wrong in which column and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from priyom.kernel.names import absent_or
from priyom.kernel.phones import normal_phone
from priyom.kernel.snils import digits, is_enp, is_snils
from priyom.patients import rules

COLUMNS = (
    "number", "family", "given", "patronymic", "birth_on", "sex", "snils", "enp", "document",
    "phone", "email", "address", "attached_to",
)  # fmt: skip
REQUIRED = ("number", "family", "given", "birth_on", "sex")
_SEXES = {"m": "m", "м": "m", "муж": "m", "1": "m", "f": "f", "ж": "f", "жен": "f", "2": "f"}
_E164 = re.compile(r"\+7\d{10}")
_LONGEST = {"number": 60, "family": 100, "given": 100, "patronymic": 100, "address": 200}
_YEAR_2000 = 946_684_800_000
Faulty = Callable[[str, str], None]
"""Keeps a fault: the column, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one column of one line. `line` counts from one, the header's."""

    line: int
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A sound line: the card's key and columns. `number` is the card's in its own system."""

    line: int
    key: UUID
    number: str
    card: dict[str, object]

    @property
    def person(self) -> tuple[object, ...]:
        """What tells one person from another when two cards have one number."""
        return tuple(self.card[name] for name in ("family", "given", "birth_on"))


@dataclass(frozen=True)
class Place:
    """How far a file is done: lines read and the byte at which the next one begins."""

    lines: int
    offset: int


@dataclass
class Batch:
    """Lines read together: sound ones, faults of the others, and where they stand in the file."""

    begin: Place
    end: Place
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def card_key(source: str, number: str) -> UUID:
    """Return the card's key, the same for the same number of the same system.

    A UUIDv7 by form; its time part follows the number, so that a file in order fills the index
    of keys in order.
    """
    order = int(number) if number.isascii() and number.isdigit() and len(number) <= 10 else 0
    chance = int.from_bytes(sha256(f"{source}\0{number}".encode()).digest()[:10], "big")
    high, low = chance >> 62 & 0xFFF, chance & ((1 << 62) - 1)
    return UUID(int=((_YEAR_2000 + order) << 80) | (7 << 76) | (high << 64) | (2 << 62) | low)


def header_fault(names: Sequence[str]) -> str:
    """Return what is wrong with the first line, "" when nothing is."""
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        return f"The first line names no column {', '.join(missing)}; known: {', '.join(COLUMNS)}."
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        return f"Columns that nobody knows: {', '.join(unknown)}; known: {', '.join(COLUMNS)}."
    twice = sorted({name for name in names if list(names).count(name) > 1})
    return f"The first line names twice: {', '.join(twice)}." if twice else ""


class Reader:
    """Reads lines of one file. `organisations` maps the OID of each МО to its key."""

    def __init__(self, source: str, today: date, organisations: Mapping[str, UUID]) -> None:
        self.source = source
        self.today = today
        self.organisations = organisations

    def read(self, line: int, row: Mapping[str, str]) -> Line | list[Fault]:
        """Return the card of a line, or every fault that it has."""
        found: list[Fault] = []

        def fault(column: str, text: str) -> None:
            found.append(Fault(line, column, text))

        card = {
            **self._names(row, fault),
            "birth_on": self._birth(row.get("birth_on", ""), fault),
            "sex": _SEXES.get(row.get("sex", "").strip(" .").lower()),
            **_numbers(row, fault),
            **_contacts(row, fault),
            "attached_to_id": self._organisation(row.get("attached_to", "").strip(), fault),
        }
        if card["sex"] is None:
            fault("sex", "Neither m (м) nor f (ж): write one of them.")
        number = row.get("number", "").strip()
        if not number:
            fault("number", "Empty: give the card's number in the system that the file comes from.")
        for column, text in row.items():
            if "\0" in text:
                fault(column, "Has zero bytes, which no text has: write it anew.")
        for column, longest in _LONGEST.items():
            if len(row.get(column, "")) > longest:
                fault(column, f"Longer than {longest} characters: shorten it.")
        return found or Line(line, card_key(self.source, number), number, card)

    def _names(self, row: Mapping[str, str], fault: Faulty) -> dict[str, object]:
        names = {
            name: rules.clean_name(row.get(name, "")) for name in ("family", "given", "patronymic")
        }
        for name in ("family", "given"):
            if not names[name]:
                fault(name, "Empty: write it as in the document.")
        for name, text in names.items():
            if any(sign.isdigit() for sign in text):
                fault(name, f"«{text}» has digits: write it as in the document.")
        return {**names, "patronymic": absent_or(names["patronymic"])}

    def _birth(self, text: str, fault: Faulty) -> date | None:
        born = _date(text.strip())
        if born is None:
            fault("birth_on", f"«{text}» is no date: write 1984-03-12 or 12.03.1984.")
        elif born <= rules.OLDEST_BIRTH:
            fault("birth_on", f"{born} is before 1901: check the year.")
        elif born > self.today:
            fault("birth_on", f"{born} has not come yet: check the year.")
        return born

    def _organisation(self, oid: str, fault: Faulty) -> UUID | None:
        if oid and oid not in self.organisations:
            fault("attached_to", f"No МО has the OID «{oid}»: enter it first, or leave it empty.")
        return self.organisations.get(oid)


def _date(text: str) -> date | None:
    try:
        if len(text) == 10 and text[4] == "-":
            return date.fromisoformat(text)
        return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def _numbers(row: Mapping[str, str], fault: Faulty) -> dict[str, object]:
    snils, enp = row.get("snils", ""), row.get("enp", "")
    if snils and not is_snils(snils):
        fault("snils", _wrong_number(snils, 11))
    if enp and not is_enp(enp):
        fault("enp", _wrong_number(enp, 16))
    document = row.get("document", "")
    return {
        "snils": digits(snils) or None,
        "enp": digits(enp) or None,
        "document": rules.normal_document(document) if document.strip() else "",
    }


def _wrong_number(text: str, wanted: int) -> str:
    count = len(digits(text))
    if count != wanted:
        return f"{count} digits instead of {wanted}: compare with the document."
    return "The check digit does not agree, so one digit is wrong: compare with the document."


def _contacts(row: Mapping[str, str], fault: Faulty) -> dict[str, object]:
    phone, email = row.get("phone", "").strip(), row.get("email", "").strip()
    kept = phone if _E164.fullmatch(phone) else normal_phone(phone) if phone else ""
    if kept is None:
        fault("phone", f"«{phone}» is no phone: 10 digits, or 7 of the city's.")
    if email and not rules.is_email(email):
        fault("email", f"«{email}» cannot be an address: correct it or leave it empty.")
    return {"phone": kept, "email": email, "address": " ".join(row.get("address", "").split())}
