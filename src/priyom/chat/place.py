"""Where a page of the talk lies. The log is gapless, so a window of it is a range of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from priyom.chat.wire import SEQ_LIMIT

PAGE = 50
"""Entries that come at once; the others come when one scrolls to them."""
ABOVE = 10
"""So many lines are shown above the first unread one."""

Way = Literal["", "before", "after", "around", "last"]


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of a talk is asked for; `seq` is the number that `way` speaks of.

    "" is what a page opens with: the first unread one, else the newest.
    """

    way: Way = ""
    seq: int = 0

    def window(self, end: int, unread: int = 0) -> tuple[int, int]:
        """Return first and last number of the part; the last is less when it is empty.

        `end` is the last number of the log, `unread` the first unread one or 0.
        """
        if self.way == "before":
            seq = min(self.seq, end + 1)
            return max(1, seq - PAGE), seq - 1
        if self.way == "after":
            return self.seq + 1, min(self.seq + PAGE, end)
        if self.way == "around":
            return _held(self.seq - PAGE // 2, end)
        if self.way == "" and unread:
            return _held(unread - ABOVE, end)
        return _held(end - PAGE + 1, end)


def _held(first: int, end: int) -> tuple[int, int]:
    """Return a whole page from `first` on, moved so far that it stays within the log."""
    first = max(1, min(first, end - PAGE + 1))
    return first, min(first + PAGE - 1, end)


def asked(query: Mapping[str, str]) -> Place:
    """Return what an address asks for: ?before= ?after= ?around= a number, ?last; else "".

    What is no number is no question.
    """
    ways: tuple[Way, ...] = ("before", "after", "around")
    for way in ways:
        text = query.get(way, "")
        if text.isascii() and text.isdecimal() and len(text) < 12:
            return Place(way, min(int(text), SEQ_LIMIT))
    return Place("last") if "last" in query else Place()
