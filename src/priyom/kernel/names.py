"""Names of people as keys: how the index compares what was typed with what is kept."""

from __future__ import annotations

import re
import unicodedata

LOOKALIKES = dict(zip("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху", strict=True))
"""Latin letters and the Russian ones that look the same."""
_LOOKALIKES = str.maketrans(LOOKALIKES)
_ABSENT = frozenset({"", "-", "–", "—", "нет", "б/о", "отсутствует"})


def compare_key(name: str) -> str:
    """Return the comparison form: NFC, lower case, ё→е, hyphens as one space, no dots.

    Latin look-alikes become Cyrillic when the word has any Cyrillic letter: a clerk's «Cидоров»
    is Сидоров, but Li stays Li. The same text stands in the index's generated columns for the
    part SQL can say (`lower`, ё→е, '-'→' ').
    """
    text = unicodedata.normalize("NFC", name).strip()
    if re.search("[а-яё]", text, re.IGNORECASE):
        text = text.translate(_LOOKALIKES)
    text = text.lower().replace("ё", "е").replace("-", " ").replace(".", " ")
    return " ".join(text.split())


def absent_or(name: str) -> str:
    """Return the patronymic, or "" where people write «нет» or a dash."""
    text = " ".join(name.split())
    return "" if text.lower() in _ABSENT else text
