"""How likely two cards are one person, and why: Fellegi and Sunter's weights, in bits.

A field that agrees speaks for one person by as much as it seldom agrees by chance: a rare family
more than Иванов. A field that differs speaks against. Fields of a household (phone, address) count
once, and only where the given name agrees: twins and parents share them. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

SURE = 0.95
"""From so likely on a pair is proposed."""
EXPECTED_SHARE = 0.01
"""So many cards are expected to have a second one; the prior comes from it."""

WEIGHTS: dict[str, dict[int, float]] = {
    # Level 2: agrees (weighed by its frequency where that is known), 1: nearly, 0: differs.
    "family": {2: 0.0, 1: 4.0, 0: -4.5},
    "given": {2: 0.0, 1: 3.0, 0: -14.0},
    "patronymic": {2: 5.0, 1: 2.5, 0: -5.0},
    "birth": {2: 14.5, 1: 7.0, 0: -12.0},
    "sex": {2: 0.9, 0: -6.0},
    "snils": {2: 20.0, 0: -25.0},
    "enp": {2: 20.0, 0: -12.0},
    "document": {2: 16.0, 0: -1.5},
    "email": {2: 8.0, 0: -0.3},
    "phone": {2: 7.0, 0: -0.7},
    "address": {2: 5.0, 0: -0.5},
}
"""Bits for each level; m and u behind them stand in docs/decisions/0013."""
HOUSEHOLD = ("phone", "address", "email")
MOST_HOUSEHOLD = 9.0
MOST_NAME = {"family": 13.0, "given": 9.0}
"""Of a very rare name too: it may be rare because it is mistyped."""
LABELS = {
    "family": "фамилия", "given": "имя", "patronymic": "отчество", "birth": "дата рождения",
    "sex": "пол", "snils": "СНИЛС", "enp": "полис", "document": "документ", "email": "почта",
    "phone": "телефон", "address": "адрес",
}  # fmt: skip
WORDS = {2: "совпадает", 1: "почти совпадает", 0: "отличается"}
VARIANTS = (
    frozenset({"наталья", "наталия"}), frozenset({"софья", "софия"}),
    frozenset({"даниил", "данила", "данил"}), frozenset({"юлия", "юлья"}),
    frozenset({"мария", "марья"}),
    frozenset({"артем", "артемий"}), frozenset({"егор", "георгий"}),
    frozenset({"геннадий", "генадий"}), frozenset({"анна мария", "анна"}),
)  # fmt: skip
"""Given names that clerks take for one another."""


@dataclass(frozen=True)
class Reason:
    """What one field says: bits above nought speak for one person."""

    field: str
    level: int
    bits: float

    @property
    def text(self) -> str:
        """«фамилия почти совпадает»."""
        return f"{LABELS[self.field]} {WORDS[self.level]}"


@dataclass(frozen=True)
class Likeness:
    """How two cards compare."""

    bits: float
    chance: float
    reasons: tuple[Reason, ...]


def weigh(levels: Mapping[str, int], frequencies: Mapping[str, float], cards: int) -> Likeness:
    """Return how likely two cards with these levels are one person.

    `levels` has only fields that both cards fill; `frequencies` the shares of the agreeing family
    and given name; `cards` how many there are in the index.
    """
    reasons = [
        Reason(field, level, _bits(field, level, frequencies.get(field, 0.0)))
        for field, level in levels.items()
    ]
    is_namesake = levels.get("given", 0) > 0
    household = [one for one in reasons if one.field in HOUSEHOLD and one.bits > 0]
    over = sum(one.bits for one in household) - (MOST_HOUSEHOLD if is_namesake else 0.0)
    total = sum(one.bits for one in reasons) - max(over, 0.0)
    bits = total + prior(cards)
    return Likeness(
        bits, 1 / (1 + 2 ** -max(min(bits, 60.0), -60.0)),
        tuple(sorted(reasons, key=lambda one: -abs(one.bits))),
    )  # fmt: skip


def _bits(field: str, level: int, frequency: float) -> float:
    if level == 2 and field in MOST_NAME:
        return min(-math.log2(max(frequency, 1e-9)), MOST_NAME[field])
    return WEIGHTS[field][level]


def prior(cards: int) -> float:
    """Return the bits against any two cards being one person, before anything is compared."""
    return math.log2(2 * EXPECTED_SHARE / max(cards, 2))


def are_variants(one: str, other: str) -> bool:
    """Tell whether two given names are forms of one."""
    return any(one in group and other in group for group in VARIANTS)
