"""One socket or stream: hello, replay of what is missing, then live until one side ends it."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from enum import Enum, auto
from typing import Any, LiteralString, Protocol

from priyom.accounts.ticket import REDEEM, hash_of
from priyom.chat import wire
from priyom.consultations import log
from priyom.consultations.log import Replay
from priyom.gateway.line import Lost
from priyom.gateway.member import Member, Process
from priyom.gateway.pipe import Gone, Pipe
from priyom.gateway.room import mark_plain


class Phase(Enum):
    """Where a socket stands."""

    NEW = auto()
    LIVE = auto()
    OVER = auto()


# Why a socket is closed: WebSocket code, whether to come back (the page takes a new ticket).
ENDS = {
    "ticket": (4401, True),
    "session": (4401, False),
    "missing": (4404, False),
    "stranger": (4403, False),
    "many": (4429, False),
    "frame": (1008, False),
    "flood": (1008, False),
    "slow": (1013, True),
    "database": (1013, True),
    "restart": (1012, True),
}


Entry = Callable[[wire.Hello], tuple[LiteralString, list[Any]]]
"""The statement that says whose hello it is: account and session, or no row."""


def by_ticket(hello: wire.Hello) -> tuple[LiteralString, list[Any]]:
    """Let in whoever holds a one-time ticket."""
    return REDEEM, [hash_of(hello.ticket)]


class House(Process, Protocol):
    """What a session asks of the process it lives in."""

    def seat(self, session: Session) -> None:
        """Count a socket for its account; of too many the oldest goes."""

    def left(self, session: Session) -> None:
        """Forget a socket that has ended."""


class Session(Member):
    """The state of one socket or stream."""

    def __init__(self, gateway: House, pipe: Pipe, entry: Entry = by_ticket) -> None:
        super().__init__(gateway, pipe.address)
        self._house = gateway
        self._pipe = pipe
        self._entry = entry
        self._phase = Phase.NEW
        self._ending: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve the socket to its end."""
        try:
            if self._phase is Phase.NEW:
                await self._greet()
            if self._phase is Phase.LIVE:
                self._pipe.hand(self._heard)
                await self._pipe.over()
        except Gone:
            pass
        except Lost:
            self.dismiss("database")
        finally:
            self._phase = Phase.OVER
            self.is_live = False
            self._house.left(self)
            if self._ending is not None:
                await self._ending

    def _heard(self, raw: bytes) -> None:
        if self._phase is Phase.LIVE:
            self.take(raw)

    # -- hello

    async def _greet(self) -> None:
        hello = await self._hello()
        if hello is None:
            return
        line = self._gateway.reader
        found = await line.rows(*self._entry(hello))
        if not found:
            self._gateway.counters.turned_away += 1
            self.dismiss("ticket")
            return
        self.account, self.handle = found[0][:2]
        self._house.seat(self)
        await self._catch_up(hello)

    async def _hello(self) -> wire.Hello | None:
        try:
            async with asyncio.timeout(self._gateway.config.limits.hello_seconds):
                frame = wire.read(await self._pipe.receive())
        except (wire.Malformed, wire.Unacceptable, TimeoutError):
            self.dismiss("frame")
            return None
        if not isinstance(frame, wire.Hello):
            self.dismiss("frame")
            return None
        return frame

    async def _catch_up(self, hello: wire.Hello) -> None:
        """Send what the page lacks, then go live without gap or double."""
        hub, limits = self._gateway.hub, self._gateway.config.limits
        self.consultation, self.sent = hello.consultation, hello.after
        room = hub.enter(self)
        known = room.known
        told = await self._replay()
        if told is None:
            self._gateway.counters.turned_away += 1
            self.dismiss("missing")
            return
        you = next(one for one in told.members if one.account == self.account)
        self.side, self.name = you.side, you.name
        # A page cannot be ahead of the log, whatever it says.
        self.sent = min(self.sent, told.last)
        ready = wire.frame(
            "ready",
            last=told.last,
            after=self.sent,
            state=told.state,
            marks=[mark_plain(one) for one in told.members],
            here=sorted({*map(str, room.here()), str(self.account)}),
            you={"account": self.account, "side": self.side, "name": self.name},
        )
        await self._pipe.send(ready)
        while True:
            for entry in told.entries:
                # Waits for a slow reader here, where nothing else waits for it.
                await self._pipe.send(wire.frame("entry", **entry))
                self.sent = entry["seq"]
            if self._phase is Phase.OVER:  # sent away while the log was read
                return
            if len(told.entries) < limits.page and hub.settle_in(room, self, told, known):
                self._phase = Phase.LIVE
                return
            known = room.known
            told = await self._replay()
            if told is None:
                self.dismiss("stranger")
                return

    async def _replay(self) -> Replay | None:
        asked = log.asked(
            self.consultation, self.account, self.sent, self._gateway.config.limits.page
        )
        rows = await self._gateway.reader.rows(log.REPLAY, [json.dumps([asked])])
        return log.replay_of(rows[0][2])

    # -- what others do with it

    def push(self, text: str) -> None:
        """Send a frame without waiting; a reader that lets too much pile up is dropped."""
        if self._phase is Phase.OVER:
            return
        self._pipe.push(text)
        if self._pipe.waiting() > self._gateway.config.limits.unread_bytes:
            self._gateway.counters.slow_readers += 1
            self.dismiss("slow")

    async def told(self) -> None:
        """Return when the page has its goodbye, or did not come for it in time."""
        if self._ending is not None:
            await asyncio.shield(self._ending)

    def dismiss(self, why: str) -> None:
        """End the socket and tell the page whether to come back, and after how long."""
        if self._ending is not None:
            return
        code, again = ENDS[why]
        wait = random.randrange(self._gateway.config.limits.come_back_ms) if again else 0
        if why != "slow":
            self._pipe.push(wire.frame("bye", why=why, again=again, wait=wait))
        self._phase = Phase.OVER
        self.is_live = False
        self._ending = asyncio.create_task(self._pipe.close(code, why))
