"""A page of the chat without a browser: the line and the outbox of socket.js and outbox.js.

Same protocol and same patience: a one-time ticket, hello with `after`, back again with jitter,
unacknowledged messages repeated under their keys, in order. What it says and hears is history.
Each page keeps to one way of frames (wires.py): which one to choose is not tried here.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import WebSocketException

from priyom.gateway.line import Lost
from tests.faults.checker import Ack, Attempt, Delivery, History
from tests.faults.wires import Doors, Frame, SocketWire, Wire

FLYING = 20
"""Messages on the line without an answer (outbox.js BURST)."""
PACE = 0.65
LONGEST = 20.0
BROKEN = (OSError, TimeoutError, WebSocketException, Lost)

Ticket = Callable[["Person"], Awaitable[str]]
"""Takes a one-time ticket for somebody, as POST /my/ticket does."""


@dataclass(frozen=True)
class Person:
    """A member of a chat, signed in."""

    account: str
    handle: str
    cookie: str
    token: str
    portal: str


@dataclass(frozen=True)
class Ways:
    """How pages reach the system: the gateways' doors, tickets."""

    doors: Doors
    ticket: Ticket


@dataclass
class Page:
    """One open page. `view` names it in the history, where `chat` is the consultation's key."""

    ways: Ways
    history: History
    chat: str
    person: Person
    view: str
    kind: type[Wire] = SocketWire
    last: int = 0
    """The number up to which it has everything, as socket.js counts."""
    known: set[int] = field(default_factory=set)
    outbox: dict[str, str] = field(default_factory=dict)
    is_writer: bool = False
    is_closed: bool = False
    """Whether somebody said that nothing can be written here any more."""
    _flying: set[str] = field(default_factory=set)
    _wire: Wire | None = None
    _lines: int = 0
    _sent: int = 0
    _keys: int = 0
    _tries: int = 0
    _held_until: float = 0.0

    async def run(self) -> None:
        """Stay open until cancelled."""
        while True:
            wait: float | None = None
            with suppress(*BROKEN):
                wait = await self._line()
            self._wire = None
            self._flying.clear()
            most = min(LONGEST, 0.5 * 2**self._tries)
            self._tries += 1
            await asyncio.sleep(wait if wait is not None else random.uniform(most / 2, most))

    async def _line(self) -> float | None:
        """Hold one line to its end; return how long the gateway asked to wait, if it did."""
        async with asyncio.timeout(8) as opening:
            ticket = await self.ways.ticket(self.person)
            hello = _text(t="hello", ticket=ticket, consultation=self.chat, after=self.last)
            wire = await self.kind.open(self.ways.doors, hello, lambda: self.last)
            try:
                self._lines += 1
                self._sent = 0
                while True:
                    frame = await self._next(wire)
                    if frame["t"] == "ready":
                        opening.reschedule(None)
                    if (wait := await self._hear(wire, frame)) is not None:
                        return wait
            finally:
                wire.abort()

    async def _next(self, wire: Wire) -> Frame:
        """Return the next frame; in a silence what waits is put on the line again."""
        while True:
            try:
                async with asyncio.timeout(PACE):
                    return await wire.recv()
            except TimeoutError:
                await self.flush()

    async def _hear(self, wire: Wire, frame: Frame) -> float | None:
        """Take one frame; return a number of seconds when the line shall end."""
        now = time.monotonic()
        match frame["t"]:
            case "ready":
                if self._wire is None:
                    # Later ones are polls' that another gateway took over: we may have more.
                    self.last = frame["after"]
                self._wire = wire
                self._tries = 0
                await self.flush()
            case "resumed":
                # The one before may have given what this one gives anew: it is a line of its own.
                self._lines += 1
            case "entry":
                self._shown(frame, now)
                await self.flush()
            case "ack":
                self._acknowledged(frame, now)
                await self.flush()
                if self._is_full and not self._flying:
                    return 0.0
            case "refused":
                self._refused(frame["k"], frame["code"], now)
                await self.flush()
            case "bye":
                assert frame["again"], f"{self.view} was sent away for good: {frame}"
                return float(frame["wait"]) / 1000
        return None

    @property
    def _is_full(self) -> bool:
        """Whether the line has carried what one line may."""
        return 0 < self.kind.per_line <= self._sent

    def _shown(self, frame: dict[str, Any], now: float) -> None:
        seq = int(frame["seq"])
        body = str(frame["body"])
        self.history.deliveries.append(Delivery(self.chat, self.view, self._lines, seq, body, now))
        self.known.add(seq)
        self.last = max(self.last, seq)
        if frame["author"] == self.person.account and frame["k"] in self.outbox:
            # Seen in the log is as good as acknowledged.
            self._acknowledged(frame, now)

    def _acknowledged(self, frame: dict[str, Any], now: float) -> None:
        key, seq = str(frame["k"]), int(frame["seq"])
        self._flying.discard(key)
        self.outbox.pop(key, None)
        self.known.add(seq)
        self.history.acks.append(Ack(self.chat, self.view, self.person.account, key, seq, now))
        if seq == self.last + 1:
            self.last = seq

    def _refused(self, key: str, code: str, now: float) -> None:
        self._flying.discard(key)
        if code in ("slow", "later"):
            self._held_until = now + 3.0
            return
        assert code == "closed", f"{self.view} was refused {code!r}"
        self.is_closed = True
        self.outbox.pop(key, None)

    def write(self) -> None:
        """Say something new; its key and its body are this page's own."""
        if self.is_closed:
            return
        self._keys += 1
        key = f"{self.view}.{self._keys}"
        self.outbox[key] = body = f"{key} {'Болит горло. ' * random.randrange(4)}".strip()
        self.history.attempts.append(
            Attempt(self.chat, self.person.account, key, body, time.monotonic())
        )

    async def flush(self) -> None:
        """Put on the line what waits, in order, as many as may fly."""
        wire = self._wire
        if wire is None or time.monotonic() < self._held_until:
            return
        if self._is_full and not self._flying:
            self.hop()
            return
        for key, body in list(self.outbox.items()):
            if key in self._flying:
                continue
            if len(self._flying) >= FLYING or self._is_full:
                return
            self._flying.add(key)
            self._sent += 1
            await wire.send(_text(t="send", k=key, kind="message", body=body))

    def said(self) -> str:
        """Return how it stands, for whoever asks why it is late."""
        return (
            f"{self.view} by {self.kind.__name__}: {len(self.outbox)} wait, "
            f"{len(self._flying)} fly, line {self._lines} "
            f"{'up' if self._wire else 'down'}, try {self._tries}, "
            f"held for {max(0.0, self._held_until - time.monotonic()):.1f} s"
        )

    def hop(self) -> None:
        """Lose the line, as a phone does that goes from one network to another."""
        if self._wire is not None:
            self._wire.abort()


def _text(**frame: object) -> str:
    return json.dumps(frame, ensure_ascii=False)
