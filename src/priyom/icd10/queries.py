"""Reads of the classification: what a doctor may mean by what is typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Case, Exists, OuterRef, Q, When

from priyom.icd10.models import Code, Favourite, Word
from priyom.icd10.rules import (
    CODE,
    SHOWN,
    Diagnosis,
    beginnings,
    flipped,
    split_diagnosis,
    stem_of,
    typos_in,
    words_of,
)
from priyom.kernel import sql

_WORDS = Path(__file__).with_name("words.sql")
_NEAREST = Path(__file__).with_name("near.sql")
_SHORTEST = 2
"""Letters from which an everyday word is worth guessing: «аг»."""
_NO_START = "\N{NUMBER SIGN}"
"""A sign that begins no everyday word and no name."""


def search(text: str, doctor: UUID | None = None, rows: int = SHOWN) -> list[Diagnosis]:
    """Return the best matches of «j06», «J06.9 остр», «бронхит», «давление» or «lbf,tn».

    Each typed word must begin a word of the name, in any of its forms. The other keyboard layout is
    tried when nothing was found, near words last of all. `doctor`'s favourites come first; at
    most `rows` are returned.
    """
    text = text.strip()
    code, rest = split_diagnosis(text)
    begun = (code,) if code and rest else beginnings(text)
    found = _coded(begun, rest, doctor, rows) if begun else []
    if found and CODE.fullmatch(found[0].code) and not rest and len(begun[0]) >= len("J06.9"):
        return found
    for typed in (text, flipped(text)):
        if len(found) == rows or (found and typed != text):
            break
        words = words_of(typed)
        named = _named(words, doctor, rows) if words else []
        found += [one for one in named if one.code not in {known.code for known in found}]
    return found[:rows] or _near(words_of(text), doctor, rows)


def favourites(doctor: UUID) -> list[Diagnosis]:
    """Return a doctor's own codes in the order of codes."""
    rows = Code.objects.filter(_favoured(doctor), is_actual=True).order_by("code")
    return [Diagnosis(one.code, one.name, is_favourite=True) for one in rows]


def named(codes: Iterable[str], doctor: UUID | None = None) -> list[Diagnosis]:
    """Return the codes that the classification has now, in the order asked."""
    rows = Code.objects.filter(pk__in=list(codes), is_actual=True, is_heading=False)
    known = {one.code: one for one in _marked(rows, doctor)}
    return [known[code] for code in dict.fromkeys(codes) if code in known]


def edition() -> str:
    """Return the newest edition of НСИ that the index holds, "" for our own list only."""
    return Code.objects.order_by("-edition").values_list("edition", flat=True).first() or ""


def _coded(begun: tuple[str, ...], rest: str, doctor: UUID | None, rows: int) -> list[Diagnosis]:
    begins = Q()
    for one in begun:
        begins |= Q(code__startswith=one)
    found = Code.objects.filter(begins, is_actual=True, is_heading=False).order_by("code")
    # A letter on its own asks for hundreds: what it looks like first, then the same key's.
    first = Case(When(code__startswith=begun[0], then=0), default=1)
    found = found.order_by(first, "code")
    words = words_of(rest)
    query = SearchQuery(_query(words), config="simple", search_type="raw")
    narrowed = found.filter(words=query) if words else found
    return _marked(narrowed[:rows], doctor) or _marked(found[:rows], doctor)


def _marked(rows: Iterable[Code], doctor: UUID | None) -> list[Diagnosis]:
    own = {one.code for one in favourites(doctor)} if doctor else set()
    return [Diagnosis(one.code, one.name, one.code in own) for one in rows]


def _favoured(doctor: UUID) -> Exists:
    return Exists(Favourite.objects.filter(doctor=doctor, code=OuterRef("pk")))


def _named(words: tuple[str, ...], doctor: UUID | None, rows: int) -> list[Diagnosis]:
    start = " ".join(words)
    start = start if len(start) >= _SHORTEST else _NO_START
    values = {"query": _query(words), "start": start, "doctor": doctor, "rows": rows}
    return _run(_WORDS, values)


def _query(words: tuple[str, ...]) -> str:
    """Return the words' stems, letters and digits only, as beginnings for to_tsquery.

    Words of one or two letters («в», «и») say nothing, unless there is nothing else.
    """
    telling = [word for word in words if len(word) > 2 or any(map(str.isdigit, word))]
    return " & ".join(_begun(word) for word in telling or words)


def _begun(word: str) -> str:
    return f"'{stem_of(word)}':*"


def _near(words: tuple[str, ...], doctor: UUID | None, rows: int) -> list[Diagnosis]:
    """Return what is found when misspelt words are put right, marked as near."""
    right = [_alike(word) for word in words]
    if not words or not all(right):
        return []
    query = " & ".join(f"({' | '.join(_begun(one) for one in alike)})" for alike in right)
    values = {"query": query, "start": _NO_START, "doctor": doctor, "rows": rows}
    return [replace(one, is_near=True) for one in _run(_WORDS, values)]


def _alike(word: str) -> list[str]:
    """Return the word itself where it begins one of the classification, else the nearest ones."""
    if Word.objects.filter(word__startswith=stem_of(word)).exists():
        return [word]
    with connection.cursor() as cursor:
        cursor.execute(sql.text(_NEAREST), {"typed": word, "typos": typos_in(word)})
        return [found for (found,) in cursor.fetchall()]


def _run(statement: Path, values: Mapping[str, str | int | UUID | None]) -> list[Diagnosis]:
    with connection.cursor() as cursor:
        cursor.execute(sql.text(statement), values)
        return [Diagnosis(*row) for row in cursor.fetchall()]
