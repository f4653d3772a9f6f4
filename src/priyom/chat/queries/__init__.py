"""Reads of the talk: for its patient's people and its consultant; each read is in the audit."""

from priyom.chat.queries.files import file_line
from priyom.chat.queries.phrases import own_phrase, owner_of, phrases_of, ready_phrases
from priyom.chat.queries.search import search
from priyom.chat.queries.talk import band_of, lines, part_of, thread

__all__ = [
    "band_of",
    "file_line",
    "lines",
    "own_phrase",
    "owner_of",
    "part_of",
    "phrases_of",
    "ready_phrases",
    "search",
    "thread",
]
