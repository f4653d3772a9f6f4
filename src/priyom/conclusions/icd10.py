"""Frequent out-patient codes of МКБ-10 in Russian: found by the beginning of a code or of words.

A help for typing, not a gate: a code that is not here is taken when its form is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from priyom.conclusions.rules import split_diagnosis
from priyom.kernel.names import compare_key

_FILE = Path(__file__).with_name("icd10.tsv")
SHOWN = 8
_KNOWN_AS = {
    "орви": "J06.9",
    "орз": "J06.9",
    "простуда": "J06.9",
    "ангина": "J03.9",
    "гипертония": "I10",
    "давление": "I10",
    "ковид": "U07.1",
    "диабет": "E11.9",
    "остеохондроз": "M42.1",
    "вздутие": "R14",
    "понос": "A09",
    "диарея": "A09",
    "бессонница": "G47.0",
    "хобл": "J44.9",
    "вич": "B24",
    "экзема": "L30.9",
    "насморк": "J00",
    "температура": "R50.9",
    "аллергия": "T78.4",
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One code and its words."""

    code: str
    name: str

    @property
    def line(self) -> str:
        """Return both as a doctor's field holds them."""
        return f"{self.code} {self.name}"


@cache
def known() -> tuple[tuple[Diagnosis, tuple[str, ...]], ...]:
    """Return the list in the order of codes, each with its words in comparison form."""
    rows = (line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines())
    return tuple((Diagnosis(code, name), _words(name)) for code, name in rows)


def search(text: str, limit: int = SHOWN) -> list[Diagnosis]:
    """Return the best matches of «j06», «06.9», «J06.9 остр» or «остр бронх», at most `limit`.

    Each typed word must begin a word of the name; a name that begins with the first one is first.
    """
    text = text.strip()
    if not text:
        return []
    code, rest = split_diagnosis(text)
    start = (code or text).upper().replace(",", ".")
    by_code = [one for one, _ in known() if one.code.startswith(start)]
    if by_code and (code or len(by_code) < len(known())):
        found = by_code
        if rest and code:
            narrowed = [one for one in by_code if _matches(_words(one.name), _words(rest))]
            found = narrowed or by_code
        return found[:limit]
    asked = _words(text)
    named = _KNOWN_AS.get(" ".join(asked))
    first = [one for one, _ in known() if one.code == named]
    hits = [(one, words) for one, words in known() if _matches(words, asked)]
    hits.sort(key=lambda hit: (not hit[1][0].startswith(asked[0]), len(hit[1])))
    return [*first, *(one for one, _ in hits if one not in first)][:limit]


def _words(text: str) -> tuple[str, ...]:
    plain = "".join(sign if sign.isalnum() else " " for sign in compare_key(text))
    return tuple(plain.split())


def _matches(words: tuple[str, ...], asked: tuple[str, ...]) -> bool:
    return bool(asked) and all(any(word.startswith(part) for word in words) for part in asked)
