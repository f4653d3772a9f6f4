"""Three ways to look for a person: the product's own, ILIKE, and pg_trgm on the big table."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from benchmarks.patients.kinds import Person, Sought
from priyom.patients import rules, search
from priyom.patients.understand import Query, understand

PATIENCE = 10_000
"""Milliseconds after which a peer's statement is ended and counts as so long."""
TRIGRAMS = (
    "CREATE INDEX bench_trigrams ON patients_patient "
    "USING gin ((lower(family || ' ' || given)) gin_trgm_ops)"
)


@dataclass
class Times:
    """Milliseconds of one kind by one way, and how many of the sought cards were shown."""

    ms: list[float] = field(default_factory=list)
    found: int = 0

    def share(self, part: float) -> float:
        """Return the percentile, the largest when there are few."""
        ordered = sorted(self.ms)
        return ordered[min(int(part * len(ordered)), len(ordered) - 1)]

    @property
    def found_share(self) -> float:
        """Share of the cards that were shown."""
        return self.found / len(self.ms)


def measure(all_sought: Sequence[Sought], way: Callable[[Sought], set[UUID]]) -> dict[str, Times]:
    """Return the times of each kind."""
    kinds: dict[str, Times] = {}
    for sought in all_sought:
        times = kinds.setdefault(sought.kind, Times())
        begun = time.perf_counter()
        shown = way(sought)
        times.ms.append((time.perf_counter() - begun) * 1000)
        times.found += sought.person.id in shown
    return kinds


def ours(sought: Sought) -> set[UUID]:
    """Return what the page would list, by the product's own search."""
    hits = search.find(understand(sought.text))
    return {*hits.shown, *hits.shown_near}


def sample(count: int, after: str) -> list[Person]:
    """Return `count` cards spread over the whole index, other ones for another `after`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, family, given, patronymic, birth_on, coalesce(snils, ''),"
            " coalesce(enp, ''), document, phone FROM patients_patient"
            " ORDER BY md5(id::text || %s) LIMIT %s",
            [after, count],
        )
        return [Person(*row) for row in cursor.fetchall()]


class Peer:
    """A way that everybody would try first, in SQL of its own on the same rows."""

    def __init__(self, dsn: str, sql: Callable[[Query, str], tuple[str, list[Any]]]) -> None:
        self.connection = psycopg.connect(dsn, autocommit=True)
        self.connection.execute(f"SET statement_timeout = {PATIENCE}")
        self.sql = sql

    def __call__(self, sought: Sought) -> set[UUID]:
        statement, values = self.sql(understand(sought.text), sought.text)
        try:
            rows = self.connection.execute(statement, values).fetchall()
            return {row[0] for row in rows[: rules.ROWS]}
        except psycopg.errors.QueryCanceled:
            return set()


def _born(query: Query) -> tuple[str, list[Any]]:
    if query.born:
        return " AND birth_on = %s", [query.born]
    if query.year:
        return " AND extract(year FROM birth_on) = %s", [query.year]
    return "", []


SELECT = "SELECT id FROM patients_patient WHERE "


def ilike(query: Query, text: str) -> tuple[str, list[Any]]:
    """Return the naive statement: ILIKE on each column, a number looked for in all of them."""
    if not query.readings:
        number = query.snils or query.enp or query.document or query.phone
        columns = ("snils", "enp", "document", "phone")
        return (
            SELECT + " OR ".join(f"{name} ILIKE %s" for name in columns) + " LIMIT 21",
            [f"%{number}%"] * 4,
        )
    first = query.readings[0]
    born, values = _born(query)
    return (
        f"{SELECT} family ILIKE %s AND given ILIKE %s AND patronymic ILIKE %s{born}"
        " ORDER BY family, given LIMIT 21",
        [f"{first.family}%", f"{first.given}%", f"{first.patronymic}%", *values],
    )


def trigrams(query: Query, text: str) -> tuple[str, list[Any]]:
    """Return the plain pg_trgm statement: the nearest by similarity of family and given name."""
    if not query.readings:
        return ilike(query, text)
    first = query.readings[0]
    born, values = _born(query)
    name = f"{first.family} {first.given}".strip()
    near = "lower(family || ' ' || given)"
    return (
        f"{SELECT} {near} %% %s{born} ORDER BY similarity({near}, %s) DESC LIMIT 21",
        [name, *values, name],
    )
