"""What registrars type, made from cards that are there: exact, as one types, and misspelt."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from priyom.kernel.names import compare_key
from priyom.kernel.phones import show_phone
from priyom.kernel.snils import show_snils

LETTERS = "абвгдежзийклмнопрстуфхцчшщыьэюя"
_ALIKE = {
    "о": "а", "а": "о", "е": "и", "и": "е", "б": "п", "п": "б", "в": "ф", "ф": "в", "г": "к",
    "к": "г", "д": "т", "т": "д", "з": "с", "с": "з", "ж": "ш", "ш": "щ", "ы": "и", "я": "е",
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A card that will be sought."""

    id: UUID
    family: str
    given: str
    patronymic: str
    born: date
    snils: str
    enp: str
    document: str
    phone: str


@dataclass(frozen=True)
class Sought:
    """A text that somebody types, and whose card it means."""

    kind: str
    text: str
    person: Person


EXACT: dict[str, Callable[[Person], str]] = {
    "names and year": lambda one: f"{one.family} {one.given} {one.born.year}",
    "names and date": lambda one: f"{one.family} {one.given} {one.born:%d.%m.%Y}",
    "initials and year": lambda one: (
        f"{one.family} {one.given[0]} {one.patronymic[:1]} {one.born.year}"
    ),
    "three names": lambda one: f"{one.family} {one.given} {one.patronymic}",
    "names swapped": lambda one: f"{one.given} {one.family} {one.born.year}",
    "family and date": lambda one: f"{one.family} {one.born:%d.%m.%Y}",
    "СНИЛС": lambda one: show_snils(one.snils),
    "ЕНП": lambda one: one.enp,
    "phone": lambda one: show_phone(one.phone),
    "passport": lambda one: one.document.replace(":", " "),
}
MISSPELT = ("one typo", "two typos")


def exact(people: list[Person]) -> Iterator[Sought]:
    """Yield each kind for each person who has what it needs."""
    for kind, text in EXACT.items():
        for one in people:
            typed = text(one)
            if typed and (kind != "passport" or typed[:4].isdigit()):
                yield Sought(kind, typed, one)


def typing(people: list[Person], dice: random.Random) -> Iterator[Sought]:
    """Yield beginnings of «family given year», from the third letter on."""
    for one in people:
        whole = f"{one.family} {one.given} {one.born.year}".lower()
        for length in dice.sample(range(3, len(whole)), min(8, len(whole) - 3)):
            yield Sought("as one types", whole[:length], one)


def misspelt(people: list[Person], dice: random.Random) -> Iterator[Sought]:
    """Yield names with one or two typos planted, and a year or a date of birth."""
    for one in people:
        names = [compare_key(one.family), compare_key(one.given)]
        for kind, count in zip(MISSPELT, (1, 2), strict=True):
            wrong = spoilt(names, count, dice)
            if wrong:
                born = f"{one.born:%d.%m.%Y}" if dice.random() < 0.5 else str(one.born.year)
                yield Sought(kind, f"{' '.join(wrong)} {born}", one)


def spoilt(names: list[str], count: int, dice: random.Random) -> list[str]:
    """Return the names with so many typos in words of four letters and more; [] if none is."""
    names = [name.replace(" ", "-") for name in names]
    long = [at for at, name in enumerate(names) if len(name) >= 4]
    if not long:
        return []
    wrong = list(names)
    for _ in range(count):
        at = dice.choices(long, weights=[(7, 3)[one] for one in long])[0]
        wrong[at] = typo(wrong[at], dice)
    # A typo may take back the one before.
    return wrong if wrong != names else spoilt(names, count, dice)


def typo(word: str, dice: random.Random) -> str:
    """Return the word with one mistake as clerks make them."""
    at = dice.randrange(len(word))
    kind = dice.choices(
        ("alike", "other", "missing", "doubled", "extra", "swapped"), (35, 15, 20, 10, 8, 12)
    )[0]
    if kind == "alike":
        places = [place for place, letter in enumerate(word) if letter in _ALIKE]
        at = dice.choice(places or [at])
        return word[:at] + _ALIKE.get(word[at], dice.choice(LETTERS)) + word[at + 1 :]
    if kind == "missing":
        return word[:at] + word[at + 1 :]
    if kind == "doubled":
        return word[: at + 1] + word[at:]
    if kind == "extra":
        return word[:at] + dice.choice(LETTERS) + word[at:]
    if kind == "swapped":
        at = min(at, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + dice.choice(LETTERS.replace(word[at], "")) + word[at + 1 :]
