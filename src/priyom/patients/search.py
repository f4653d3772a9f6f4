"""Runs the statements of search.sql in their order: cheap and exact first, guesses only after."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from priyom.kernel import sql
from priyom.patients.rules import NEAR_ROWS, ROWS
from priyom.patients.understand import SHORTEST_FAMILY, Query, QueryKind, Reading

SHORT_WORD = 3
"""Words up to so many letters have one typo at most, unless the whole birth date is there."""
LONGEST_SWAPPED = 16
"""Letters in which swapped neighbours are looked for."""
FEW = 3
"""Up to so many exact cards the near ones are looked for too: the typo may be another's name."""


@dataclass(frozen=True)
class Hits:
    """Keys of cards, best first, at most one more than a page holds; how they were found."""

    ids: tuple[UUID, ...] = ()
    reading: Reading | None = None
    guess: str = ""
    """Russian remark when the cards are not exactly what was typed."""
    near: tuple[UUID, ...] = ()
    """Further cards of near names, beside few exact ones."""

    @property
    def shown(self) -> tuple[UUID, ...]:
        """What a page shows of them."""
        return self.ids[: NEAR_ROWS if self.guess else ROWS]

    @property
    def shown_near(self) -> tuple[UUID, ...]:
        """What a page shows of those of near names."""
        return self.near[:ROWS]


@cache
def _statements() -> dict[str, str]:
    named = sql.named(Path(__file__).with_name("search.sql"))
    return {
        name: re.sub(r":(families|givens)\b", lambda part: named[part[1]], text)
        for name, text in named.items()
    }


def _run(name: str, values: dict[str, Any], but: Sequence[UUID] = ()) -> tuple[UUID, ...]:
    """Return the cards of a statement, each once and none of `but`; merged ones as the staying one.

    A page that merged cards have left room on is filled by asking for more.
    """
    wanted = asked = values.get("rows", ROWS + 1)
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_statements()[name], {**values, "rows": asked})
            rows = [row[0] for row in cursor.fetchall()]
            ids = tuple(key for key in dict.fromkeys(rows) if key not in but)
            if len(ids) >= wanted or len(rows) < asked:
                return ids[:wanted]
            asked *= 2


def find(query: Query) -> Hits:
    """Return the cards that `query` asks for; at most ROWS + 1, so that a cut is seen."""
    if query.kind is QueryKind.NUMBER:
        return Hits(_run("number", {name: getattr(query, name) for name in _NUMBERS}))
    if query.kind is not QueryKind.PERSON:
        return Hits()
    if not query.readings:
        return Hits(_run("born", {"since": query.since}))
    found = _exact(query)
    if found and found.reading and len(found.ids) <= FEW and _is_whole(query, found.reading):
        near = _near(query, found.reading, most=1)
        return replace(found, near=tuple(key for key in near if key not in found.ids))
    return found or _swapped_date(query) or _guessed(query) or Hits()


_NUMBERS = ("snils", "enp", "document", "phone", "policy")


def _values(reading: Reading, since: date, until: date) -> dict[str, Any]:
    return {
        "family": reading.family,
        "given": reading.given,
        "patronymic": reading.patronymic,
        "since": since,
        "until": until,
    }


def _exact(query: Query) -> Hits | None:
    for reading in query.readings:
        values = _values(reading, query.since, query.until)
        ids = _run("exact", values)
        if len(ids) <= ROWS and len(reading.family) >= SHORTEST_FAMILY:
            ids += _run("prefix", {**values, "rows": ROWS + 1 - len(ids)}, but=ids)
        if ids:
            return Hits(ids, reading)
    return None


def _swapped_date(query: Query) -> Hits | None:
    """Clerks swap day and month (domain.md 8, case 1)."""
    born = query.born
    if born is None or born.day > 12 or born.day == born.month:
        return None
    other = date(born.year, born.day, born.month)
    reading = query.readings[0]
    ids = _run("exact", _values(reading, other, other))
    return Hits(ids, reading, "День и месяц рождения наоборот.") if ids else None


def _is_whole(query: Query, reading: Reading) -> bool:
    """Tell whether one person is meant, and not a beginning; a whole date needs no near ones."""
    is_as_typed = reading is query.readings[0]
    return is_as_typed and bool(query.year) and len(reading.given) >= SHORTEST_FAMILY


def _guessed(query: Query) -> Hits | None:
    """Misspelt names through the dictionaries: words as typed and swapped."""
    for reading in query.readings[:4]:
        ids = _near(query, reading)
        if ids:
            return Hits(ids, reading, "Точных совпадений нет. Вот похожие.")
    return None


def _near(query: Query, reading: Reading, most: int = 2) -> tuple[UUID, ...]:
    """Return cards whose names have up to `most` typos against `reading`; one more than a page."""
    words = {"family": reading.family, "given": reading.given}
    values = _values(reading, query.since, query.until)
    values |= {"rows": NEAR_ROWS + 1, "typos": most}
    for name, word in words.items():
        swaps = _swaps(word)
        values[f"{name}_typos"] = min(_typos(word, is_born=query.born is not None), most)
        values[f"{name}_swaps"] = sorted(swaps)
        values[f"{name}_double_swaps"] = sorted({two for one in swaps for two in _swaps(one)})
    if values["given_typos"]:
        return _run("near", values)
    return _run("near_family", values) if values["family_typos"] else ()


def _typos(word: str, *, is_born: bool) -> int:
    """Return how many typos a near word may have: of a short one nearly everything is near."""
    if len(word) < SHORTEST_FAMILY:
        return 0
    return 1 if len(word) <= SHORT_WORD and not is_born else 2


def _swaps(word: str) -> set[str]:
    """Return the words that two swapped neighbours make."""
    pairs = range(min(len(word), LONGEST_SWAPPED) - 1)
    return {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in pairs}
