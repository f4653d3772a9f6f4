"""One socket: hello with a ticket, replay of what is missing, then live until one side ends it."""

from __future__ import annotations

import asyncio
import json
import random
from enum import Enum, auto
from typing import Protocol
from uuid import UUID

from priyom.accounts.ticket import REDEEM, hash_of
from priyom.calls.wire import is_signal
from priyom.chat import wire
from priyom.consultations import log
from priyom.consultations.log import Item, Replay
from priyom.gateway.config import Config
from priyom.gateway.counters import Counters
from priyom.gateway.hub import Hub
from priyom.gateway.limits import Bucket
from priyom.gateway.line import Line, Lost
from priyom.gateway.pipe import Gone, Pipe
from priyom.gateway.room import mark_plain
from priyom.gateway.writer import Writer


class Phase(Enum):
    """Where a socket stands."""

    NEW = auto()
    LIVE = auto()
    OVER = auto()


ALLOWED: dict[Phase, tuple[type, ...]] = {
    Phase.NEW: (wire.Hello,),
    Phase.LIVE: (wire.Send, wire.Seen, wire.Typing, wire.Signal, wire.Ping),
    Phase.OVER: (),
}
"""Any other frame in that state closes the socket."""

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


class Process(Protocol):
    """What a socket asks of the process it lives in."""

    config: Config
    counters: Counters
    hub: Hub
    reader: Line
    writer: Writer[Session]

    def admits(self, session: Session) -> bool:
        """Tell whether the account may have one more socket."""

    def left(self, session: Session) -> None:
        """Forget a socket that has ended."""


class Session:
    """The state of one socket; the hub's Listener."""

    def __init__(self, gateway: Process, pipe: Pipe) -> None:
        self._gateway = gateway
        self._pipe = pipe
        limits = gateway.config.limits
        self._messages = Bucket(limits.messages_rate, limits.messages_burst)
        self._frames = Bucket(limits.frames_rate, limits.frames_burst)
        self._phase = Phase.NEW
        self._ending: asyncio.Task[None] | None = None
        self.account = UUID(int=0)
        self.handle = UUID(int=0)
        self.consultation = UUID(int=0)
        self.side = ""
        self.name = ""
        self.sent = 0
        self.is_live = False
        self.wrote = False
        """Whether the person did something since the session was last looked at."""

    async def run(self) -> None:
        """Serve the socket to its end."""
        try:
            await self._greet()
            while self._phase is Phase.LIVE:
                self._take(await self._pipe.receive())
        except Gone:
            pass
        except Lost:
            self.dismiss("database")
        finally:
            self._phase = Phase.OVER
            self.is_live = False
            self._gateway.left(self)
            if self._ending is not None:
                await self._ending

    # -- hello

    async def _greet(self) -> None:
        hello = await self._hello()
        if hello is None:
            return
        line = self._gateway.reader
        found = await line.rows(REDEEM, [hash_of(hello.ticket)])
        if not found:
            self._gateway.counters.turned_away += 1
            self.dismiss("ticket")
            return
        self.account, self.handle, _ = found[0]
        if not self._gateway.admits(self):
            self.dismiss("many")
            return
        await self._catch_up(hello)

    async def _hello(self) -> wire.Hello | None:
        try:
            async with asyncio.timeout(self._gateway.config.limits.hello_seconds):
                frame = wire.read(await self._pipe.receive())
        except (wire.Malformed, wire.Unacceptable, TimeoutError):
            self.dismiss("frame")
            return None
        if not isinstance(frame, ALLOWED[self._phase]):
            self.dismiss("frame")
            return None
        assert isinstance(frame, wire.Hello)  # noqa: S101 - the only one allowed here
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

    # -- live

    def _take(self, raw: bytes) -> None:
        if not self._frames.take():
            self._gateway.counters.floods += 1
            self.dismiss("flood")
            return
        try:
            frame = wire.read(raw)
        except wire.Unacceptable as refusal:
            self._gateway.counters.refused += 1
            self.push(wire.refused(refusal.key, refusal.code))
            return
        except wire.Malformed:
            self.dismiss("frame")
            return
        if not isinstance(frame, ALLOWED[self._phase]):
            self.dismiss("frame")
            return
        match frame:
            case wire.Send():
                self._send(frame)
            case wire.Seen():
                self._gateway.hub.seen(self, frame.delivered, frame.read)
            case wire.Typing():
                self._gateway.hub.typing(self)
            case wire.Signal():
                self._signal(frame)
            case wire.Ping():
                self.push(wire.frame("pong"))

    def _send(self, frame: wire.Send) -> None:
        self.wrote = True
        if not self._messages.take():
            self.push(wire.refused(frame.key, "slow"))
            return
        item = Item(
            self.consultation,
            self.account,
            frame.key,
            frame.kind,
            frame.body,
            frame.refers,
            frame.files,
            session=self.handle,
            address=self._pipe.address,
        )
        if not self._gateway.writer.submit(item, self):
            self.push(wire.refused(frame.key, "later"))

    def _signal(self, frame: wire.Signal) -> None:
        self.wrote = True
        if is_signal(frame.data):
            self._gateway.hub.signal(self, frame.call, dict(frame.data))
        else:
            self.dismiss("frame")

    # -- what others do with it

    def push(self, text: str) -> None:
        """Send a frame without waiting; a reader that lets too much pile up is dropped."""
        if self._phase is Phase.OVER:
            return
        self._pipe.push(text)
        if self._pipe.waiting() > self._gateway.config.limits.unread_bytes:
            self._gateway.counters.slow_readers += 1
            self.dismiss("slow")

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
