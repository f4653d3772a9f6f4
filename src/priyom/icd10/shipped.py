"""Our own list of frequent out-patient codes and everyday words (actions.ship).

The Russian names are the official ones of МКБ-10, typed by hand; a test compares the codes with
the classification of the WHO. The official dictionary replaces the names (reading.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

CODES = Path(__file__).with_name("shipped.tsv")
SYNONYMS = Path(__file__).with_name("synonyms.tsv")


def pairs(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the two columns of each line."""
    for line in file.read_text(encoding="utf-8").splitlines():
        first, _, second = line.partition("\t")
        yield first, second
