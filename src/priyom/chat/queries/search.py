"""Search within one talk: forms and beginnings of Russian words, ё as е; members only, audited."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchVector
from django.db.models import CharField, F, Func, Q

from priyom.audit.actions import record_read
from priyom.chat.pages import Found, Hit, Piece
from priyom.chat.queries.talk import Room, readable
from priyom.chat.rules import SEARCH_PAGE, SEARCH_WORDS
from priyom.consultations.models import Entry
from priyom.consultations.rules import PEOPLE_SEND, EntryKind
from priyom.kernel import words
from priyom.kernel.actor import Actor

_BEGIN, _END = "\u27e6", "\u27e7"
"""Marks of a found word on its way from the database; what a message has of them is no mark."""
_BEFORE, _AROUND = 50, 180
"""Letters of a snippet before the first found word, and in all."""
_VOWELS = "аеиоуыэюя"
_KINDS = [*map(str, PEOPLE_SEND), str(EntryKind.ASKED)]


class _Folded(Func):
    """A text in which ё is е: letter for letter, so that places stay the same."""

    function = "translate"
    template = f"%(function)s(%(expressions)s, 'ёЁ{_BEGIN}{_END}', 'еЕ  ')"
    output_field = CharField()


def search(actor: Actor, consultation_id: UUID, text: str, before: int | None = None) -> Found:
    """Return the messages of a talk that hold all the words of `text`, newest first.

    At most SEARCH_PAGE, those numbered under `before`. Strangers get missing; the read is recorded
    without the words that were looked for.
    """
    row = readable(actor, consultation_id, None)
    record_read(actor, "chat.search", ("consultation", row.pk), row.patient_id)
    room = Room(actor, row)
    asked = " ".join(text.split())[:200]
    said = re.findall(r"\w+", _fold(asked))[:SEARCH_WORDS]
    if not said:
        return Found(asked, room.root, (), None)
    entries = Entry.objects.filter(consultation=row, kind__in=_KINDS).exclude(body="")
    if before is not None:
        entries = entries.filter(seq__lt=before)
    rows = _matching(entries, asked, said)
    hits = tuple(_hit(room, one, asked) for one in rows[:SEARCH_PAGE])
    return Found(asked, room.root, hits, hits[-1].seq if len(rows) > SEARCH_PAGE else None)


def _matching(entries: Any, asked: str, said: list[str]) -> list[Entry]:
    # Each word as its stem's beginning: «болел» finds «болела», «каш» finds «кашель».
    wanted = ("|".join(f"'{form}':*" for form in forms(word)) for word in said)
    query = SearchQuery(
        " & ".join(f"({one})" for one in wanted), config="russian", search_type="raw"
    )
    folded = _Folded(F("body"))
    marked = SearchHeadline(
        folded, query, config="russian", start_sel=_BEGIN, stop_sel=_END, highlight_all=True
    )
    found = entries.annotate(vector=SearchVector(folded, config="russian"), plain=folded).filter(
        Q(vector=query) | Q(plain__icontains=_fold(asked))
    )
    return list(found.annotate(marked=marked).order_by("-seq")[: SEARCH_PAGE + 1])


def _hit(room: Room, row: Entry, asked: str) -> Hit:
    spans = _spans(row.body, getattr(row, "marked", ""), asked)
    start, end = _cut(row.body, spans[0][0] if spans else 0)
    pieces, at = [], start
    for first, last in spans:
        if first < at or last > end:
            continue
        pieces += [Piece(row.body[at:first]), Piece(row.body[first:last], is_found=True)]
        at = last
    pieces.append(Piece(row.body[at:end]))
    if start:
        pieces.insert(0, Piece("… "))
    if end < len(row.body):
        pieces.append(Piece(" …"))
    on = words.moscow(row.at).date()
    return Hit(
        seq=row.seq,
        speaker=room.speaker(row),
        at=row.at,
        day=words.day_label(on, room.today).capitalize(),
        pieces=tuple(piece for piece in pieces if piece.text),
    )


def _spans(body: str, marked: str, asked: str) -> list[tuple[int, int]]:
    """Return where in the body the found words stand, in order, apart."""
    found: list[tuple[int, int]] = []
    at, begun = 0, 0
    for letter in marked:
        if letter == _BEGIN:
            begun = at
        elif letter == _END:
            found.append((begun, at))
        else:
            at += 1
    if at != len(body):  # the database told another text than it has
        found = []
    whole = re.finditer(re.escape(_fold(asked)), _fold(body), re.IGNORECASE)
    taken: list[tuple[int, int]] = []
    longest = sorted(
        [*found, *(match.span() for match in whole)], key=lambda one: (one[0], -one[1])
    )
    for span in longest:
        if span[0] < span[1] and (not taken or span[0] >= taken[-1][1]):
            taken.append(span)
    return taken


def _cut(body: str, first: int) -> tuple[int, int]:
    """Return begin and end of the snippet around a place, at blanks where there are any."""
    start = max(0, first - _BEFORE)
    if start:
        start = body.find(" ", start, first) + 1 or start
    end = min(len(body), start + _AROUND)
    if end < len(body):
        blank = body.rfind(" ", first + 20, end)
        end = blank if blank > 0 else end
    return start, end


def forms(word: str) -> list[str]:
    """Return a word and what it is with its fleeting vowel or without: кашля, кашель.

    The dictionary's stems do not know such pairs.
    """
    base = word.rstrip(_VOWELS + "йь")
    made = [word]
    if len(base) >= 4 and base[-1] not in _VOWELS:
        if base[-2] in "ео":
            made.append(base[:-2] + base[-1])
        elif base[-2] not in _VOWELS:
            made += [f"{base[:-1]}{vowel}{base[-1]}" for vowel in "ео"]
    return made


def _fold(text: str) -> str:
    return text.replace("ё", "е").replace("Ё", "Е")
