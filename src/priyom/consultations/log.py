"""The hot path of the log for both doors: SQL texts and row types, no Django, no driver.

The gateway (async) runs the same texts as Django (sync), so nothing here awaits: texts, arguments,
and what the rows mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

import msgspec

APPEND = "SELECT ix, verdict, seq, at, files FROM priyom_append_v4(%s::jsonb, %s) ORDER BY ix"
REPLAY = """
SELECT r.c, r.a, priyom_replay_v1(r.a, r.c, r.after, r.lim)
FROM jsonb_to_recordset(%s::jsonb) AS r(c uuid, a uuid, after integer, lim integer)
"""
NEWS = """
SELECT c, state, last, accounts, delivered, read, seq, plain, author, side, name, k, refers, body,
    at
FROM priyom_news_v1(%s::jsonb)
"""
MARK = """
SELECT r.c, r.a, priyom_mark_v2(r.a, r.c, r.delivered, r.read)
FROM jsonb_to_recordset(%s::jsonb) AS r(c uuid, a uuid, delivered integer, read integer)
"""
BEHIND = "SELECT c, a FROM priyom_behind_v2(%s::jsonb)"

BY_KEYS = "-c enable_seqscan=off"
"""For a connection that only calls these functions: foreign keys are checked at its commit, by
plans that the functions' own settings do not reach."""
WAKE = "priyom_log"
"""Channel of the hints `origin|consultation:low:high;…`: ids only, never content."""
REPLAY_LIMIT = 1000
FILES_LIMIT = 20
KEY_LIMIT = 64


class Verdict(StrEnum):
    """What became of one message of a batch."""

    STORED = "stored"
    REPEAT = "repeat"
    """It was stored before; the answer has the first one's number and time."""
    BUSY = "busy"
    """Somebody holds the consultation: send it again with the next batch."""
    STRANGER = "stranger"
    CLOSED = "closed"
    BAD = "bad"
    """Too long, empty, of an unknown kind, or with files that are not the author's unsent ones."""


@dataclass(frozen=True, slots=True)
class Item:
    """One message on its way into the log. `key` is the sender's own, `files` attachments' ids.

    `session` and `address` go to the audit only.
    """

    consultation: UUID
    account: UUID
    key: str
    kind: str
    body: str = ""
    refers: int | None = None
    files: tuple[UUID, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    session: UUID | None = None
    address: str = ""

    def plain(self) -> dict[str, Any]:
        """Return what `priyom_append_v4` reads; msgspec writes keys as texts."""
        return {
            "c": self.consultation,
            "a": self.account,
            "k": self.key,
            "kind": self.kind,
            "body": self.body,
            "refers": self.refers,
            "files": self.files,
            "data": dict(self.data),
            "s": self.session,
            "ip": self.address or None,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict on one item; `seq` and `at` (UTC) when it stands in the log."""

    verdict: Verdict
    seq: int | None
    at: datetime | None
    files: tuple[dict[str, Any], ...]

    @property
    def place(self) -> tuple[int, datetime]:
        """Number and instant (UTC) in the log; raises ValueError for what was not stored."""
        if self.seq is None or self.at is None:
            raise ValueError(f"{self.verdict}: it stands nowhere in the log")
        return self.seq, self.at


@dataclass(frozen=True, slots=True)
class Marks:
    """A member and how far it has got: numbers of the log."""

    account: UUID
    side: str
    name: str
    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class Replay:
    """What a member may see now: state, last number, members, the entries asked for.

    `entries` are plain dicts in the shape of the `entry` frame (log.sql names the keys).
    """

    state: str
    last: int
    members: tuple[Marks, ...]
    entries: tuple[dict[str, Any], ...]


@dataclass(slots=True)
class News:
    """What a process lacks of one chat, in short: marks without names, ordinary messages only.

    `marks` has all members: account → (delivered, read).
    """

    state: str
    last: int
    marks: dict[UUID, tuple[int, int]]
    entries: list[dict[str, Any]] = field(default_factory=list)
    is_plain: bool = True
    """False: another kind of entry is among them, ask REPLAY."""


class Cursor(Protocol):
    """What is needed of psycopg's or Django's cursor."""

    def execute(self, query: Any, params: Any = ..., /) -> Any: ...

    def fetchall(self) -> list[Any]: ...


def batch(items: Iterable[Item]) -> str:
    """Return the first argument of APPEND."""
    return msgspec.json.encode([item.plain() for item in items]).decode()


def answers(rows: Iterable[Sequence[Any]]) -> list[Answer]:
    """Return the answers of APPEND's rows, in the order of the items."""
    return [
        Answer(Verdict(verdict), seq, at, tuple(_decoded(files) or ()))
        for _ix, verdict, seq, at, files in rows
    ]


def replay_of(value: Any) -> Replay | None:
    """Return what `priyom_replay_v1` said; None when the account is no member."""
    told = _decoded(value)
    if told is None:
        return None
    members = tuple(
        Marks(UUID(m["account"]), m["side"], m["name"], m["delivered"], m["read"])
        for m in told["members"]
    )
    return Replay(told["state"], told["last"], members, tuple(told["entries"]))


def news(rows: Iterable[Sequence[Any]]) -> dict[UUID, News]:
    """Return what NEWS said, by consultation; none where the account is no member."""
    found: dict[UUID, News] = {}
    for consultation, state, last, accounts, delivered, read, *entry in rows:
        one = found.get(consultation)
        if one is None:
            marks = dict(zip(accounts, zip(delivered, read, strict=True), strict=True))
            one = found[consultation] = News(state, last, marks)
        seq, plain, author, side, name, key, refers, body, at = entry
        if seq is None:
            continue
        if not plain:
            one.is_plain = False
            continue
        one.entries.append(
            {
                "seq": seq,
                "kind": "message",
                "author": str(author),
                "side": side,
                "name": name,
                "k": key,
                "refers": refers,
                "body": body,
                "data": {},
                "at": iso(at),
                "files": None,
            }
        )
    return found


@lru_cache(maxsize=8)  # one batch has one time
def iso(at: datetime) -> str:
    """Return an instant in UTC as replay writes it: ISO 8601, milliseconds, Z."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def asked(consultation: UUID, account: UUID, after: int, limit: int) -> dict[str, Any]:
    """Return one row of the argument of REPLAY and NEWS, a JSON list."""
    return {"c": str(consultation), "a": str(account), "after": after, "lim": limit}


def seen(consultation: UUID, account: UUID, delivered: int, read: int) -> dict[str, Any]:
    """Return one row of MARK's argument, a JSON list sorted by (c, a): the order of its locks."""
    return {"c": str(consultation), "a": str(account), "delivered": delivered, "read": read}


def append(cursor: Cursor, items: Sequence[Item], origin: str) -> list[Answer]:
    """Write a batch and return a verdict for each item; one transaction of the cursor.

    `origin` names the writing process, so that it can pass over its own hint.
    """
    cursor.execute(APPEND, [batch(items), origin])
    return answers(cursor.fetchall())


def replay(
    cursor: Cursor, consultation: UUID, account: UUID, after: int = 0, limit: int = REPLAY_LIMIT
) -> Replay | None:
    """Return the entries numbered above `after`, at most `limit`; None for a stranger."""
    cursor.execute(REPLAY, [json.dumps([asked(consultation, account, after, limit)])])
    return replay_of(cursor.fetchall()[0][2])


def mark(
    cursor: Cursor, consultation: UUID, account: UUID, *, delivered: int, read: int
) -> tuple[int, int] | None:
    """Move a member's marks forward, never back; return both as they stand, None for a stranger."""
    cursor.execute(MARK, [json.dumps([seen(consultation, account, delivered, read)])])
    now = cursor.fetchall()[0][2]
    return (now[0], now[1]) if now else None


def _decoded(value: Any) -> Any:
    # Django's connections hand jsonb over as text.
    return json.loads(value) if isinstance(value, str) else value
