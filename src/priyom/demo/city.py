"""A city of made people as a stream: any number of cards, the same ones each time.

Households share a family, an address and a phone; there are twins, fathers and sons with one name,
foreigners, people without a patronymic or numbers. Drawn in pieces by numpy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from priyom.demo import names
from priyom.demo.people import STREETS
from priyom.demo.signs import latin
from priyom.demo.surnames import surnames

PIECE = 20_000
"""Cards that are drawn together; a piece depends on its number alone."""
MOST = 9_000_000
"""More would repeat numbers."""
DAY = date(2026, 1, 1)
"""Ages are as of this day, so that a file made later is the same file."""
_HOUSEHOLD = (0.34, 0.30, 0.20, 0.12, 0.04)
_CODES = np.array([921, 911, 931, 981, 904, 950, 952, 960, 999, 905])
_SERIES = ("II-АК", "III-МЮ", "IV-АК", "V-МЮ")
_MAILS = ("mail.example", "pochta.example", "post.example", "inbox.example")
# number × step modulo a prime: every number once, in no visible order.
_SNILS_FROM, _SNILS_ROOM, _SNILS_STEP = 2_000_000, 99_999_989, 61_803_399
_ENP_FROM, _ENP_ROOM, _ENP_STEP = 780_000_000_000_000, 9_999_999_999_971, 618_033_988_749

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = NDArray[Any]
Dice = np.random.Generator


class Citizen(NamedTuple):
    """One card to be; what is unknown is ""."""

    number: int
    """From one on: the card's number in the system that it comes from."""
    family: str
    given: str
    patronymic: str
    born: date
    sex: str
    snils: str
    enp: str
    document: str
    phone: str
    email: str
    address: str


def citizens(count: int, *, begin: int = 0) -> Iterator[Citizen]:
    """Yield `count` cards, the first `begin` of them left out. Raises ValueError above MOST."""
    if count > MOST:
        raise ValueError(f"At most {MOST} people, not {count}.")
    for piece in range(begin // PIECE, -(-count // PIECE)):
        first = piece * PIECE
        yield from _people(piece)[max(begin - first, 0) : count - first]


def _people(piece: int) -> list[Citizen]:
    dice = np.random.default_rng([1703, piece])
    place = _places(dice)
    head = np.maximum.accumulate(np.where(place == 0, np.arange(PIECE), 0))
    women = _sexes(dice, place)
    days = _days(dice, place, head)
    born = (np.datetime64(DAY) - days.astype("timedelta64[D]")).tolist()
    given, fathers = _givens(dice, place, head, women, 2026 - days // 365)
    numbers = np.arange(PIECE, dtype=np.int64) + piece * PIECE + 1
    age = days // 365
    families = _families(dice, place, head, women)
    _foreign(dice, families, given, fathers, women)
    rows = zip(
        numbers.tolist(), families, given, _patronymics(fathers, women), born,
        np.where(women, "f", "m").tolist(), _snils(dice, numbers), _enp(dice, numbers),
        _documents(dice, age), _phones(dice, head, age), _mails(dice, age, families, given),
        _homes(dice, head), strict=True,
    )  # fmt: skip
    return [Citizen(*row) for row in rows]


def _places(dice: Dice) -> Numbers:
    """Return each person's place in the household: 0 and 1 are grown, the others their children."""
    sizes = dice.choice(np.arange(1, 6), PIECE, p=_HOUSEHOLD)
    firsts = np.cumsum(sizes) - sizes
    place: Numbers = (np.arange(sizes.sum()) - np.repeat(firsts, sizes))[:PIECE]
    return place


def _sexes(dice: Dice, place: Numbers) -> Flags:
    women = dice.random(PIECE) < 0.53
    partners = np.flatnonzero((place == 1) & (dice.random(PIECE) < 0.95))
    women[partners] = ~women[partners - 1]
    return women


def _days(dice: Dice, place: Numbers, head: Numbers) -> Numbers:
    """Return how many days ago everybody was born; one younger child in thirty is a twin."""
    days = dice.triangular(19 * 365, 38 * 365, 93 * 365, PIECE)
    days = np.where(place == 1, days[head] + dice.normal(0, 1200, PIECE), days)
    children = days[head] - dice.uniform(20, 41, PIECE) * 365
    children = np.where(children < 1, dice.uniform(1, 7 * 365, PIECE), children)
    days = np.where(place >= 2, children, days)
    twins = np.flatnonzero((place >= 3) & (dice.random(PIECE) < 0.03))
    days[twins] = days[twins - 1]
    return np.clip(days, 1, 104 * 365).astype(np.int64)


def _drawn(dice: Dice, sums: Sequence[float], count: int) -> Numbers:
    """Return indexes by the summed weights."""
    return np.searchsorted(np.asarray(sums), dice.random(count) * sums[-1])


def _names(dice: Dice, women: Flags, years: Numbers) -> Words:
    """Return given names as they were given in those years; one in forty is a rare one."""
    found: Words = np.empty(len(years), dtype=object)
    eras = np.searchsorted(names.ERAS, np.maximum(years, names.ERAS[0]), side="right") - 1
    for sex, those in (("m", ~women), ("f", women)):
        for at, era in enumerate(names.ERAS):
            known, sums = names.givens(sex, era)
            chosen = np.flatnonzero(those & (eras == at))
            found[chosen] = np.array(known, dtype=object)[_drawn(dice, sums, len(chosen))]
        rare: Words = np.array([*names.RARE_GIVEN[sex], *names.EASTERN_GIVEN[sex]], dtype=object)
        chosen = np.flatnonzero(those & (dice.random(len(years)) < 0.025))
        found[chosen] = dice.choice(rare, len(chosen))
    return found


def _givens(
    dice: Dice, place: Numbers, head: Numbers, women: Flags, years: Numbers
) -> tuple[Words, Words]:
    """Return given names and the fathers' ones; one son in twenty-five bears his father's."""
    given = _names(dice, women, years)
    fathers = _names(dice, np.zeros(PIECE, dtype=bool), years - 27)
    partner = np.minimum(head + 1, PIECE - 1)
    second = (place[partner] == 1) & ~women[partner]
    for known, where in ((~women[head], head), (women[head] & second, partner)):
        children = np.flatnonzero((place >= 2) & known)
        fathers[children] = given[where[children]]
    alike = np.flatnonzero((place >= 2) & ~women & (dice.random(PIECE) < 0.04))
    given[alike] = fathers[alike]
    fathers[dice.random(PIECE) < 0.015] = ""
    return given, fathers


def _families(dice: Dice, place: Numbers, head: Numbers, women: Flags) -> list[str]:
    """Return the household's family in each one's form; one partner in eight keeps an own one."""
    men, womens, sums = surnames()
    which = _drawn(dice, sums, PIECE)[head]
    own = (place == 1) & (dice.random(PIECE) < 0.12)
    which = np.where(own, _drawn(dice, sums, PIECE), which)
    return [
        (womens if is_woman else men)[at]
        for at, is_woman in zip(which.tolist(), women.tolist(), strict=True)
    ]


def _foreign(dice: Dice, families: list[str], given: Words, fathers: Words, women: Flags) -> None:
    """Make one person in a hundred and fifty a foreigner."""
    abroad = {sex: [one for one in names.ABROAD if one[2] == sex] for sex in "mf"}
    for at in np.flatnonzero(dice.random(PIECE) < 1 / 150).tolist():
        those = abroad["f" if women[at] else "m"]
        families[at], given[at], _ = those[int(dice.integers(len(those)))]
        fathers[at] = ""


@cache
def _patronymic(father: str, sex: str) -> str:
    return names.patronymic(father, sex) if father else ""


def _patronymics(fathers: Words, women: Flags) -> list[str]:
    pairs = zip(fathers.tolist(), women.tolist(), strict=True)
    return [_patronymic(father, "f" if is_woman else "m") for father, is_woman in pairs]


def _often(dice: Dice, share: float, texts: list[str]) -> list[str]:
    """Return the texts, but "" where chance says that the card has none."""
    there = (dice.random(PIECE) < share).tolist()
    return [text if is_there else "" for text, is_there in zip(texts, there, strict=True)]


def _digits(numbers: Numbers, count: int) -> Numbers:
    return (numbers[:, None] // 10 ** np.arange(count - 1, -1, -1)) % 10


def _snils(dice: Dice, numbers: Numbers) -> list[str]:
    """Return СНИЛС with their control sums, as kernel.snils.control makes them."""
    nine = _SNILS_FROM + numbers * _SNILS_STEP % _SNILS_ROOM
    control = (_digits(nine, 9) * np.arange(9, 0, -1)).sum(axis=1) % 101 % 100
    return _often(dice, 0.98, [f"{whole:011d}" for whole in (nine * 100 + control).tolist()])


def _enp(dice: Dice, numbers: Numbers) -> list[str]:
    """Return ЕНП whose last digit is Luhn's."""
    fifteen = _ENP_FROM + numbers * _ENP_STEP % _ENP_ROOM
    digits = _digits(fifteen, 15)
    doubled = digits[:, ::2] * 2
    total = (doubled - 9 * (doubled > 9)).sum(axis=1) + digits[:, 1::2].sum(axis=1)
    whole = fifteen * 10 + (-total) % 10
    return _often(dice, 0.97, [f"{one:016d}" for one in whole.tolist()])


def _documents(dice: Dice, age: Numbers) -> list[str]:
    numbers = dice.integers(100_000, 999_999, PIECE).tolist()
    series = dice.integers(0, 52, PIECE).tolist()
    return [
        f"{40 + one // 26}{one % 26:02d}:{number}" if years >= 14
        else f"{_SERIES[one % 4]}:{number}"
        for one, number, years in zip(series, numbers, age.tolist(), strict=True)
    ]  # fmt: skip


def _phones(dice: Dice, head: Numbers, age: Numbers) -> list[str]:
    """Return E.164; old people often have a landline, children the phone of the household."""
    mobile = dice.choice(_CODES, PIECE) * 10_000_000 + dice.integers(1_000_000, 9_999_999, PIECE)
    city = 8_120_000_000 + dice.integers(2_200_000, 7_999_999, PIECE)
    own = np.where((age > 70) & (dice.random(PIECE) < 0.4), city, mobile)
    return _often(dice, 0.93, [f"+7{one}" for one in np.where(age < 14, own[head], own).tolist()])


@cache
def _latin(text: str) -> str:
    return "".join(sign for sign in latin(text) if sign.isascii())


def _mails(dice: Dice, age: Numbers, families: list[str], given: Words) -> list[str]:
    share = np.where(age < 18, 0.0, np.where(age < 55, 0.75, 0.3))
    there = (dice.random(PIECE) < share).tolist()
    hosts = dice.choice(np.array(_MAILS, dtype=object), PIECE).tolist()
    rows: Any = zip(there, given.tolist(), families, age.tolist(), hosts, strict=True)
    return [
        f"{_latin(first)}.{_latin(last)}{years}@{host}" if is_there else ""
        for is_there, first, last, years, host in rows
    ]


def _homes(dice: Dice, head: Numbers) -> list[str]:
    streets = dice.integers(0, len(STREETS), PIECE)[head].tolist()
    houses = dice.integers(1, 120, PIECE)[head].tolist()
    flats = dice.integers(1, 240, PIECE)[head].tolist()
    rows = zip(streets, houses, flats, strict=True)
    return [f"{STREETS[street]}, {house}, кв. {flat}" for street, house, flat in rows]
