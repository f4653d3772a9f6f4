"""Codes of МКБ-10 as people type them: look-alike letters, the other keyboard, words as keys."""

from __future__ import annotations

import re
from dataclasses import dataclass

from priyom.kernel.names import compare_key

SHOWN = 8
"""As many rows as a list under a field takes without hiding the form."""
NAME_LIMIT = 300
TYPO_FROM = 4
"""Letters from which a word may hold a typo; from LONG on, two."""
LONG = 7
WORD_LIMIT = 60
FULL = 9_000
"""The whole classification has over 14 000 codes with headings: less is a part of it."""
CODE = re.compile(r"[A-Z]\d{2}(?:\.\d{1,2})?")
_CODED = re.compile(r"([A-ZА-ЯЁ]\d{2}(?:[.,]\d{1,2})?)(?:[\s.,;:—-]+(.*))?", re.DOTALL | re.I)
_BEGUN = re.compile(r"([A-ZА-ЯЁ])(\d{0,2})(?:[.,](\d{0,2}))?", re.IGNORECASE)
_LIKE_LATIN = str.maketrans("АВЕКМНОРСТХУ", "ABEKMHOPCTXY")
_LIKE_RUSSIAN = str.maketrans("abcehkmoptxy", "авсенкмортху")
_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_RUSSIAN = str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS)
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS)
_ENDING = re.compile(
    "(?:ами|ями|ого|его|ому|ему|ыми|ими|ой|ей|ий|ый|ая|яя|ое|ее|ые|ие|ия|ии|ых|их|ую|юю|ую|ию|ью"
    "|ам|ям|ах|ях|ов|ев|ом|ем|ым|им|[аяоеыиуюьй])$"
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One code and its words; how it was found."""

    code: str
    name: str
    is_favourite: bool = False
    is_near: bool = False
    """Not what was typed but close to it: there may have been a typo."""

    @property
    def line(self) -> str:
        """Return both as a doctor's field holds them."""
        return f"{self.code} {self.name}"


def split_diagnosis(line: str) -> tuple[str, str]:
    """Return (code, words) of «j06,9 ОРВИ»: the code in Latin capitals, "" when there is none."""
    found = _CODED.fullmatch(line.strip())
    if found is None:
        return "", line.strip()
    code = found.group(1).upper().replace(",", ".").translate(_LIKE_LATIN)
    if not "A" <= code[0] <= "Z":
        return "", line.strip()
    return code, (found.group(2) or "").strip()


def beginnings(text: str) -> tuple[str, ...]:
    """Return the beginnings of codes that «j06», «О06,9» or «ш1» may mean; () for words.

    A Russian letter is read as the Latin one of its form, and as the one on the same key.
    """
    found = _BEGUN.fullmatch(text.strip())
    if found is None:
        return ()
    letter, number, part = found.groups()
    tail = number + ("" if part is None else f".{part}")
    read = (letter.upper().translate(_LIKE_LATIN), letter.lower().translate(_TO_LATIN).upper())
    return tuple(dict.fromkeys(one + tail for one in read if "A" <= one <= "Z"))


def flipped(text: str) -> str:
    """Return what the same keys write in the other layout: «lbf,tn» is «диабет»."""
    lower = text.lower()
    is_russian = re.search("[а-яё]", lower) is not None
    return lower.translate(_TO_LATIN if is_russian else _TO_RUSSIAN)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words in comparison form (kernel.names); with digits always in Russian letters.

    So «B12» of the classification is found by «в12» and by «b12».
    """
    plain = "".join(sign if sign.isalnum() else " " for sign in text)
    return tuple(
        key.translate(_LIKE_RUSSIAN) if any(sign.isdigit() for sign in key) else key
        for word in plain.split()
        if (key := compare_key(word))
    )


def stem_of(word: str) -> str:
    """Return the word without its ending, at least three letters: what its other forms begin with.

    PostgreSQL's own stems will not do: «бронхит» becomes «бронх», «бронхита» becomes «бронхит».
    """
    stem = _ENDING.sub("", word)
    return stem if len(stem) > 2 else word


def typos_in(word: str) -> int:
    """Return how many letters may be wrong in a word as it is typed."""
    if len(word) < TYPO_FROM or any(map(str.isdigit, word)):
        return 0
    return 2 if len(word) >= LONG else 1
