"""Runs the statements of search.sql in their order: cheap and exact first, guesses only after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from priyom.kernel import sql
from priyom.patients.rules import ROWS
from priyom.patients.understand import SHORTEST_FAMILY, Query, QueryKind, Reading

GUESS_FROM = 4
"""Letters of a family from which a misspelling is guessed: shorter ones are near to everything."""


@dataclass(frozen=True)
class Hits:
    """Keys of cards, best first, at most one more than a page holds; how they were found."""

    ids: tuple[UUID, ...] = ()
    reading: Reading | None = None
    guess: str = ""
    """Russian remark when the cards are not exactly what was typed."""


@cache
def _statements() -> dict[str, str]:
    whole = sql.text(Path(__file__).with_name("search.sql"))
    parts = re.split(r"^-- name: (\w+)\n", whole, flags=re.M)
    return dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True))


def _run(name: str, values: dict[str, Any]) -> tuple[UUID, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_statements()[name], {"rows": ROWS + 1, **values})
        return tuple(row[0] for row in cursor.fetchall())


def find(query: Query) -> Hits:
    """Return the cards that `query` asks for; at most ROWS + 1, so that a cut is seen."""
    if query.kind is QueryKind.NUMBER:
        return Hits(_run("number", {name: getattr(query, name) for name in _NUMBERS}))
    if query.kind is not QueryKind.PERSON:
        return Hits()
    if not query.readings:
        return Hits(_run("born", {"since": query.since}))
    return _exact(query) or _swapped_date(query) or _guessed(query) or Hits()


_NUMBERS = ("snils", "enp", "document", "phone")


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
            ids += _run("prefix", {**values, "rows": ROWS + 1 - len(ids)})
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


def _guessed(query: Query) -> Hits | None:
    """Misspelt families through the dictionary: as typed and swapped, then the given name too."""
    for reading in [way for way in query.readings if len(way.family) >= GUESS_FROM][:4]:
        values = _values(reading, query.since, query.until)
        ids = _run("misspelt", values)
        if not ids and len(reading.given) >= SHORTEST_FAMILY and (query.born or query.year):
            ids = _run("misspelt_given", values)
        if ids:
            return Hits(ids, reading, "Точных совпадений нет. Вот похожие.")
    return None
