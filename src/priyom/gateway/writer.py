"""Group commit: what arrives while a commit is in flight is the next batch, one round trip each.

No timer and no delay: at low load a batch is one message. A message is settled, and so
acknowledged, only after its commit.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import psycopg

from priyom.consultations import log
from priyom.consultations.log import Answer, Item, Verdict
from priyom.gateway.config import Limits
from priyom.gateway.counters import Counters
from priyom.gateway.line import Line, Lost

Sender = TypeVar("Sender")
logger = logging.getLogger("priyom.gateway.writer")
_BAD = Answer(Verdict.BAD, None, None, ())


class Writer(Generic[Sender]):
    """The one writer of a process. `settle(item, answer, sender)` is called in the log's order."""

    def __init__(
        self,
        line: Line,
        name: str,
        settle: Callable[[Item, Answer, Sender], None],
        limits: Limits,
        counters: Counters,
    ) -> None:
        self._line = line
        self._name = name
        self._settle = settle
        self._limits = limits
        self._counters = counters
        self._pending: deque[tuple[Item, Sender]] = deque()
        self._more = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def submit(self, item: Item, sender: Sender) -> bool:
        """Take a message for the next batch; False when too many wait for the database."""
        if len(self._pending) >= self._limits.pending:
            return False
        self._pending.append((item, sender))
        self._idle.clear()
        self._more.set()
        return True

    async def drained(self) -> None:
        """Return when nothing waits."""
        await self._idle.wait()

    async def run(self) -> None:
        """Write batches for ever."""
        pause = 0.0
        while True:
            await self._more.wait()
            if pause:
                await asyncio.sleep(pause)
            batch = self._next()
            try:
                answers = await self._append([item for item, _ in batch])
            except Lost as error:
                # Its fate is unknown; the keys make sending it again harmless.
                self._counters.database_lost += 1
                logger.warning("the database is away, %d messages wait: %s", len(batch), error)
                self._pending.extendleft(reversed(batch))
                pause = min(1.0, pause * 2 or 0.05)
                continue
            except asyncio.CancelledError:
                self._pending.extendleft(reversed(batch))
                raise
            busy = self._done(batch, answers)
            pause = min(0.05, pause * 2 or 0.002) if busy == len(batch) else 0.0
            if not self._pending:
                self._more.clear()
                self._idle.set()

    def _next(self) -> list[tuple[Item, Sender]]:
        batch: list[tuple[Item, Sender]] = []
        size = 0
        while self._pending and len(batch) < self._limits.batch:
            size += len(self._pending[0][0].body) * 2 + 200
            if batch and size > self._limits.batch_bytes:
                break
            batch.append(self._pending.popleft())
        return batch

    async def _append(self, items: list[Item]) -> list[Answer]:
        try:
            rows = await self._line.rows(log.APPEND, [log.batch(items), self._name])
        except psycopg.Error as error:
            if len(items) == 1:
                logger.error("a message that the log cannot take: %s", type(error).__name__)
                return [_BAD]
            # One of them spoils it: let each stand for itself.
            return [(await self._append([item]))[0] for item in items]
        self._counters.batches += 1
        return log.answers(rows)

    def _done(self, batch: list[tuple[Item, Sender]], answers: list[Answer]) -> int:
        """Settle what has a verdict; what was busy goes first into the next batch."""
        again: list[tuple[Item, Sender]] = []
        for (item, sender), answer in zip(batch, answers, strict=True):
            if answer.verdict is Verdict.BUSY:
                again.append((item, sender))
                continue
            try:
                self._settle(item, answer, sender)
            except Exception:
                logger.exception("fan-out of a stored message failed; readers get it by the sweep")
        self._pending.extendleft(reversed(again))
        self._counters.busy += len(again)
        return len(again)


def entry_of(item: Item, answer: Answer, side: str, name: str) -> dict[str, Any]:
    """Return the stored message in the shape that `priyom_replay_v1` gives."""
    seq, at = answer.place
    return {
        "seq": seq,
        "kind": item.kind,
        "author": str(item.account),
        "side": side,
        "name": name,
        "k": item.key,
        "refers": item.refers,
        "body": item.body,
        "data": dict(item.data),
        "at": log.iso(at),
        "files": list(answer.files) or None,
    }
