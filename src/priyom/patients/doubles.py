"""Runs doubles.sql: pairs of cards worth weighing, and how their fields compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import connection

from priyom.kernel import sql
from priyom.patients.likeness import are_variants

FIELDS = (
    "family", "given", "patronymic", "birth", "sex", "snils", "enp", "document", "email", "phone",
    "address",
)  # fmt: skip
_PAIRS = sql.named(Path(__file__).with_name("doubles.sql"))["pairs"]


@dataclass(frozen=True)
class Pair:
    """Two cards and how they compare."""

    one: UUID
    other: UUID
    givens: tuple[str, str]
    compared: Mapping[str, int | None]
    family_people: int
    given_people: tuple[int, int]

    def levels(self, cards: int) -> dict[str, int]:
        """Return the levels of the fields that both cards fill.

        Two given names that many people have are two names (Алина and Арина are sisters); one
        that nearly nobody has is a misspelt one.
        """
        levels = {name: level for name, level in self.compared.items() if level is not None}
        if are_variants(*self.givens):
            levels["given"] = 1
        elif levels["given"] == 1 and min(self.given_people) > max(3, cards * 2e-5):
            levels["given"] = 0
        return levels

    def frequencies(self, cards: int) -> dict[str, float]:
        """Return the shares of the family and the given name."""
        shares = {"family": self.family_people, "given": self.given_people[0]}
        return {name: max(people, 1) / max(cards, 1) for name, people in shares.items()}


def pairs() -> Iterator[Pair]:
    """Yield every pair that one of the rules of doubles.sql brings together.

    Call inside a transaction: the rows come through a cursor of the server.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(_PAIRS)
        for row in cursor:
            one, other, given, other_given, *levels = row
            *compared, family_people, people, other_people = levels
            yield Pair(
                one, other, (given, other_given), dict(zip(FIELDS, compared, strict=True)),
                family_people or 1, (people or 1, other_people or 1),
            )  # fmt: skip
