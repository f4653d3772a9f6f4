"""Judges a run after Jepsen's manner: what was said to people against what stands in the base.

Pure: a history of what pages sent and heard goes in, verdicts come out. A message is known by its
body, which is unique in a run: keys are what is tested and cannot be what one counts by. A message
whose answer never came is indeterminate: it may stand in the log or not, but only once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import NamedTuple

PEOPLE = frozenset({"message", "file", "voice", "video", "call"})
"""Kinds of entries that people send; acts write the others."""


class Attempt(NamedTuple):
    """Somebody wants this said; `at` is the first instant at which it could have left the page."""

    chat: str
    author: str
    key: str
    body: str
    at: float


class Ack(NamedTuple):
    """The page `view` was told that its message has this number."""

    chat: str
    view: str
    author: str
    key: str
    seq: int
    at: float


class Delivery(NamedTuple):
    """The page `view` was shown an entry; `line` counts its connections."""

    chat: str
    view: str
    line: int
    seq: int
    body: str
    at: float


class Close(NamedTuple):
    """A chat was closed: the number that its log had, the instant at which the closer knew."""

    chat: str
    number: int
    at: float


class Stored(NamedTuple):
    """One row of the log, read past everything that is tested."""

    chat: str
    seq: int
    kind: str
    author: str
    key: str
    body: str


@dataclass
class History:
    """Everything that was observed. `views`: which chat each page that stays to the end shows."""

    attempts: list[Attempt] = field(default_factory=list)
    acks: list[Ack] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    closes: list[Close] = field(default_factory=list)
    views: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """The verdicts, each a list of sentences; a clean run has none."""

    lost: list[str]
    """Acknowledged and not in the base."""
    doubled: list[str]
    """One message twice: in the base, in a view, under two numbers, twice on one line."""
    reordered: list[str]
    """Readers differ, a line ran backwards, or who was acknowledged first stands later."""
    gaps: list[str]
    """The numbers of a consultation are not 1..n."""
    late: list[str]
    """Accepted after the close."""
    unstored: list[str]
    """Shown to somebody and not in the base."""
    altered: list[str]
    """Stored or shown otherwise than it was sent."""
    invented: list[str]
    """In the base, and nobody sent it."""
    unseen: list[str]
    """In the base, and a page that was there to the end never got it."""

    @property
    def found(self) -> dict[str, int]:
        """Return how many of each there are, only what there is."""
        counts = {one.name: len(getattr(self, one.name)) for one in fields(self)}
        return {name: count for name, count in counts.items() if count}

    @property
    def is_clean(self) -> bool:
        """Whether every promise was kept."""
        return not self.found

    def __str__(self) -> str:
        lines = [
            f"{one.name}: {len(told)}, first: {told[:3]}"
            for one in fields(self)
            if (told := getattr(self, one.name))
        ]
        return "\n".join(lines) or "clean"


def check(history: History, base: Iterable[Stored]) -> Report:
    """Return the verdicts on a history, against the log as the base has it at the end."""
    log = list(base)
    return Report(
        lost=list(_lost(history, log)),
        doubled=[*_stored_twice(log), *_numbered_twice(history), *_shown_twice(history)],
        reordered=[*_differ(history), *_backwards(history), *_against_time(history)],
        gaps=list(_gaps(log)),
        late=list(_late(history, log)),
        unstored=list(_unstored(history, log)),
        altered=[*_stored_otherwise(history, log), *_shown_otherwise(history, log)],
        invented=list(_invented(history, log)),
        unseen=list(_unseen(history, log)),
    )


def _lost(history: History, log: list[Stored]) -> Iterator[str]:
    """The set checker: acknowledged minus finally read."""
    bodies = {(one.chat, one.author, one.key): one.body for one in history.attempts}
    there = {(row.chat, row.body) for row in log}
    for ack in history.acks:
        body = bodies.get((ack.chat, ack.author, ack.key), "")
        if (ack.chat, body) not in there:
            yield f"{ack.chat}/{ack.seq} {ack.key} was acknowledged to {ack.view}"


def _stored_twice(log: list[Stored]) -> Iterator[str]:
    first: dict[tuple[str, str], int] = {}
    for row in log:
        if row.kind in PEOPLE and first.setdefault((row.chat, row.body), row.seq) != row.seq:
            yield f"{row.chat}: {row.body[:40]!r} as {first[row.chat, row.body]} and {row.seq}"


def _numbered_twice(history: History) -> Iterator[str]:
    first: dict[tuple[str, str, str], int] = {}
    for ack in history.acks:
        seq = first.setdefault((ack.chat, ack.author, ack.key), ack.seq)
        if seq != ack.seq:
            yield f"{ack.chat}: {ack.key} was acknowledged as {seq} and as {ack.seq}"


def _shown_twice(history: History) -> Iterator[str]:
    lines: set[tuple[str, int, int]] = set()
    for one in history.deliveries:
        if (one.view, one.line, one.seq) in lines:
            yield f"{one.chat}/{one.seq} twice on line {one.line} of {one.view}"
        lines.add((one.view, one.line, one.seq))


def _differ(history: History) -> Iterator[str]:
    """All readers must see the same message under the same number."""
    first: dict[tuple[str, int], Delivery] = {}
    for one in history.deliveries:
        other = first.setdefault((one.chat, one.seq), one)
        if other.body != one.body:
            yield f"{one.chat}/{one.seq} is one thing to {other.view}, another to {one.view}"


def _backwards(history: History) -> Iterator[str]:
    last: dict[tuple[str, int], int] = {}
    for one in history.deliveries:
        before = last.get((one.view, one.line), 0)
        if one.seq < before:
            yield f"{one.view} was shown {one.seq} after {before} on line {one.line}"
        last[one.view, one.line] = max(before, one.seq)


def _against_time(history: History) -> Iterator[str]:
    """If A was acknowledged before B was written, A stands before B."""
    written = {(one.chat, one.author, one.key): one for one in history.attempts}
    events: list[tuple[float, bool, str, int, str]] = []
    for ack in history.acks:
        attempt = written.get((ack.chat, ack.author, ack.key))
        if attempt is not None:
            events.append((attempt.at, True, ack.chat, ack.seq, ack.key))
        events.append((ack.at, False, ack.chat, ack.seq, ack.key))
    highest: dict[str, int] = defaultdict(int)
    # At the same instant nothing was before: writings (True) are judged ahead of answers.
    for _, is_writing, chat, seq, key in sorted(events, key=lambda one: (one[0], not one[1])):
        if is_writing and seq < highest[chat]:
            yield f"{chat}: {key} has {seq}, {highest[chat]} was acknowledged before it was written"
        elif not is_writing:
            highest[chat] = max(highest[chat], seq)


def _gaps(log: list[Stored]) -> Iterator[str]:
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in log:
        numbers[row.chat].append(row.seq)
    for chat, seqs in numbers.items():
        expected = set(range(1, len(seqs) + 1))
        if set(seqs) != expected:
            wrong = sorted(set(seqs) ^ expected)
            yield f"{chat}: of {len(seqs)} entries the numbers {wrong[:5]} are wrong"


def _late(history: History, log: list[Stored]) -> Iterator[str]:
    closes = {one.chat: one for one in history.closes}
    for row in log:
        close = closes.get(row.chat)
        if close and row.kind in PEOPLE and row.seq > close.number:
            yield f"{row.chat}/{row.seq} was stored, closed at {close.number}"
    written = {(one.chat, one.author, one.key): one.at for one in history.attempts}
    for ack in history.acks:
        close = closes.get(ack.chat)
        if close is None:
            continue
        if ack.seq > close.number:
            yield f"{ack.chat}/{ack.seq} was acknowledged, closed at {close.number}"
        elif written.get((ack.chat, ack.author, ack.key), 0.0) > close.at:
            yield f"{ack.chat}/{ack.seq} was written after the close and acknowledged"


def _unstored(history: History, log: list[Stored]) -> Iterator[str]:
    there = {(row.chat, row.seq) for row in log}
    for one in history.deliveries:
        if (one.chat, one.seq) not in there:
            yield f"{one.chat}/{one.seq} was shown to {one.view}"


def _stored_otherwise(history: History, log: list[Stored]) -> Iterator[str]:
    by_body = {(one.chat, one.body): one for one in history.attempts}
    by_key = {(one.chat, one.author, one.key): one for one in history.attempts}
    numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in log:
        numbers[row.chat, row.body].append(row.seq)
    for row in log:
        attempt = by_body.get((row.chat, row.body))
        if attempt is not None and (attempt.author, attempt.key) != (row.author, row.key):
            yield f"{row.chat}/{row.seq} has the author or key of another"
        elif attempt is None and (row.chat, row.author, row.key) in by_key:
            yield f"{row.chat}/{row.seq} has other words than {row.key} was sent with"
    for ack in history.acks:
        attempt = by_key.get((ack.chat, ack.author, ack.key))
        seqs = numbers.get((ack.chat, attempt.body), []) if attempt else []
        if seqs and ack.seq not in seqs:
            yield f"{ack.chat}: {ack.key} was acknowledged as {ack.seq} and stands as {seqs}"


def _shown_otherwise(history: History, log: list[Stored]) -> Iterator[str]:
    bodies = {(row.chat, row.seq): row.body for row in log}
    for one in history.deliveries:
        if bodies.get((one.chat, one.seq), one.body) != one.body:
            yield f"{one.chat}/{one.seq} was shown to {one.view} in other words"


def _invented(history: History, log: list[Stored]) -> Iterator[str]:
    bodies = {(one.chat, one.body) for one in history.attempts}
    keys = {(one.chat, one.author, one.key) for one in history.attempts}
    for row in log:
        known = (row.chat, row.body) in bodies or (row.chat, row.author, row.key) in keys
        if row.kind in PEOPLE and not known:
            yield f"{row.chat}/{row.seq} {row.body[:40]!r} by {row.author}"


def _unseen(history: History, log: list[Stored]) -> Iterator[str]:
    """A page knows what it was shown and what was acknowledged to it."""
    known: dict[str, set[int]] = defaultdict(set)
    for one in history.deliveries:
        known[one.view].add(one.seq)
    for ack in history.acks:
        known[ack.view].add(ack.seq)
    chats: dict[str, set[int]] = defaultdict(set)
    for row in log:
        chats[row.chat].add(row.seq)
    for view, chat in history.views.items():
        missing = sorted(chats[chat] - known[view])
        if missing:
            yield f"{view} of {chat} lacks {len(missing)}, first {missing[:5]}"
