"""Rare surnames for a whole city: stems whose letters follow each other as in known ones."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from priyom.demo import names

DISTINCT = 45_000
"""Families in the man's form; a city of six million has about twice as many spellings."""
_ENDINGS = {
    "ов": 34, "ев": 14, "ин": 22, "ский": 8, "цкий": 2, "енко": 5, "ук": 3, "ых": 2, "ян": 3,
    "швили": 1, "ич": 2, "ко": 2, "ынин": 1, "инов": 1,
}  # fmt: skip
_STEM = (2, 9)
"""The fewest and the most letters before the ending."""


@cache
def surnames() -> tuple[tuple[str, ...], tuple[str, ...], tuple[float, ...]]:
    """Return men's forms, women's forms and summed weights: frequent ones first, by Zipf's law."""
    known, _ = names.families()
    men = list(dict.fromkeys([*known, *_made(known)]))[:DISTINCT]
    total, sums = 0.0, []
    for rank, name in enumerate(men):
        total += (0.25 if "-" in name else 1) / (rank + 6) ** 0.85
        sums.append(total)
    return tuple(men), tuple(names.feminine(name) for name in men), tuple(sums)


def _made(known: list[str]) -> Iterator[str]:
    """Yield made families: in a stem each letter follows as after the two before it in life."""
    follow: dict[str, list[str]] = defaultdict(list)
    for name in known:
        end = next((one for one in _ENDINGS if name.endswith(one)), "")
        stem = f"^^{name.lower().removesuffix(end)}$"
        if end and "-" not in name:
            for at in range(len(stem) - 2):
                follow[stem[at : at + 2]].append(stem[at + 2])
    dice = random.Random("Приём, фамилии")
    seen = set(known)
    while len(seen) < DISTINCT + 500:
        stem, (end,) = _stem(dice, follow), dice.choices([*_ENDINGS], [*_ENDINGS.values()])
        name = (stem + end).capitalize()
        if name not in seen and _STEM[0] <= len(stem) <= _STEM[1]:
            seen.add(name)
            yield name


def _stem(dice: random.Random, follow: dict[str, list[str]]) -> str:
    letters = "^^"
    while not letters.endswith("$") and len(letters) < _STEM[1] + 4:
        letters += dice.choice(follow[letters[-2:]])
    return letters[2:].rstrip("$")
