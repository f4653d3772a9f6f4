"""Russian names as they are in Saint Petersburg: by frequency, by age, in the right form.

Families: the 250 most frequent (faker), then those that make life hard for an index.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from faker.providers.person.ru_RU import Provider

from priyom.demo.dice import Dice

_TOML = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
_HARD = _TOML["families"].split()
EASTERN = _TOML["eastern"]["families"].split()
EASTERN_GIVEN = {"m": _TOML["eastern"]["men"].split(), "f": _TOML["eastern"]["women"].split()}
ABROAD = tuple((one["family"], one["given"], one["sex"]) for one in _TOML["abroad"])
RARE_GIVEN = {"m": Provider.first_names_male, "f": Provider.first_names_female}
_GIVEN = {
    sex: {int(era): list(dict.fromkeys(names.split())) for era, names in _TOML[table].items()}
    for sex, table in (("m", "men"), ("f", "women"))
}
ERAS = tuple(_GIVEN["m"])
_PATRONYMICS = {father: pair.split() for father, pair in _TOML["patronymics"].items()}


def feminine(family: str) -> str:
    """Return the woman's form: Иванова, Троицкая, Толстая; Шевченко, Белых, Ли stay."""
    if "-" in family:
        head, tail = family.split("-", 1)
        return f"{feminine(head) if head[-1] in 'вйн' else head}-{feminine(tail)}"
    if family.endswith(("ов", "ев", "ёв", "ин", "ын")) and family != "Левин":
        return f"{family}а"
    if family == "Левин":
        return "Левина"
    if family.endswith(("ский", "цкий", "ый", "ой", "кий")) and len(family) > 4:
        return f"{family[:-2]}ая"
    return family


def patronymic(father: str, sex: str) -> str:
    """Return Сергеевич or Сергеевна of Сергей."""
    is_man = sex == "m"
    if father in _PATRONYMICS:
        return str(_PATRONYMICS[father][0 if is_man else 1])
    if father.endswith("ий"):
        stem = father[:-2] + ("ье" if father != "Дмитрий" else "ие")
        return stem + ("вич" if is_man else "вна")
    if father.endswith("й"):
        return father[:-1] + ("евич" if is_man else "евна")
    return father + ("ович" if is_man else "овна")


@cache
def families() -> tuple[list[str], list[float]]:
    """Return families in the man's form and their summed weights, by Zipf's law."""
    rare = [_rare(name) for name in Provider.first_names_male]
    known = [*Provider.last_names_male, *_HARD, *rare]
    names = list(dict.fromkeys(known))
    total, sums = 0.0, []
    for rank, name in enumerate(names):
        weight = 1 / (rank + 6) ** 0.85
        total += weight * (0.25 if "-" in name else 1)
        sums.append(total)
    return names, sums


def _rare(name: str) -> str:
    if name.endswith(("а", "я")):
        return f"{name[:-1]}ин"
    return f"{name[:-1]}ев" if name.endswith(("й", "ь")) else f"{name}ов"


@cache
def givens(sex: str, era: int) -> tuple[list[str], list[float]]:
    """Return given names of an era and their summed weights."""
    names = _GIVEN[sex][era]
    total, sums = 0.0, []
    for rank in range(len(names)):
        total += 1 / (rank + 3)
        sums.append(total)
    return names, sums


def given(dice: Dice, sex: str, year: int) -> str:
    """Return a given name as they were given around `year`."""
    era = max(start for start in ERAS if start <= max(year, 1920))
    names, sums = givens(sex, era)
    return dice.choices(names, cum_weights=sums)[0]


def family(dice: Dice) -> str:
    """Return a family in the man's form."""
    names, sums = families()
    return dice.choices(names, cum_weights=sums)[0]


@dataclass(frozen=True, slots=True)
class Name:
    """Family, given name, patronymic ("" when there is none)."""

    family: str
    given: str
    patronymic: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.family, self.given, self.patronymic)))
