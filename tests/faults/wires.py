"""What carries a page's frames: WebSocket, or down events or polls and up POSTs.

The patience is that of by-socket.js, by-stream.js, by-poll.js and posts.js. The gateways stand
behind a balancer that remembers nobody: each POST, and now and then a poll, meets any of them.
"""

from __future__ import annotations

import asyncio
import json
import random
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

from websockets import Origin
from websockets.asyncio.client import ClientConnection, connect

Frame = dict[str, Any]
HEADER = "Priyom-Stream"
PASSING = (408, 503)
"""A gateway that ends or has no database; any other refusal of a page like this is a fault."""
MOST = 32
"""Frames in one POST."""
STRAY = 0.2
"""Share of the polls that the balancer gives to any gateway."""
TRIES = 3
SEND_SECONDS, POLL_SECONDS, QUIET_SECONDS = 15.0, 40.0, 45.0


@dataclass(frozen=True)
class Doors:
    """Where pages reach the gateways: ports for sockets and for plain HTTP, the pages' origin."""

    sockets: tuple[int, ...]
    plain: tuple[int, ...]
    origin: str


class Wire(Protocol):
    """One line of a page. `resumed` among the frames: another gateway took it over."""

    name: ClassVar[str]
    per_line: ClassVar[int]
    """Messages that a writer sends on one line before it takes another; 0: it stays."""
    pause: ClassVar[float]
    """Seconds between two messages that the limits of one lasting line allow."""

    @classmethod
    async def open(cls, doors: Doors, hello: str, after: Callable[[], int]) -> Self:
        """Begin with a hello; raises what a broken network raises, as the other methods do."""

    async def send(self, frame: str) -> None:
        """Let a frame go up."""

    async def recv(self) -> Frame:
        """Return the next frame."""

    def abort(self) -> None:
        """Break it: a page that lost its network says no goodbye."""


class SocketWire:
    """WebSocket."""

    name: ClassVar[str] = "websocket"
    per_line: ClassVar[int] = 26  # of the 30 that one line may send at once
    pause: ClassVar[float] = 0.0

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    @classmethod
    async def open(cls, doors: Doors, hello: str, after: Callable[[], int]) -> Self:
        """Connect and say hello."""
        made = await connect(
            f"ws://127.0.0.1:{random.choice(doors.sockets)}/ws", origin=Origin(doors.origin),
            proxy=None, compression=None, open_timeout=8, close_timeout=1,
            ping_interval=5, ping_timeout=5, max_queue=256,
        )  # fmt: skip
        wire = cls(made)
        try:
            await wire.send(hello)
        except BaseException:
            wire.abort()
            raise
        return wire

    async def send(self, frame: str) -> None:
        """Put it on the socket."""
        await self._socket.send(frame)

    async def recv(self) -> Frame:
        """Return the next frame."""
        return dict(json.loads(await self._socket.recv()))

    def abort(self) -> None:
        """Reset the socket."""
        self._socket.transport.abort()


class _PlainWire(ABC):
    """Two tasks: one hears, one posts what waits, one request after the other."""

    name: ClassVar[str]
    per_line: ClassVar[int] = 0
    pause: ClassVar[float] = 0.7

    def __init__(self, doors: Doors, after: Callable[[], int]) -> None:
        self._doors = doors
        self._after = after
        self._secret = ""
        self._heard: asyncio.Queue[Frame | Exception] = asyncio.Queue()
        self._up: asyncio.Queue[str] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(cls, doors: Doors, hello: str, after: Callable[[], int]) -> Self:
        """Begin; what the hello is answered is the first thing that is heard."""
        wire = cls(doors, after)
        for work in (wire._hearing(hello), wire._posting()):
            wire._tasks.append(asyncio.create_task(wire._kept(work)))
        return wire

    async def send(self, frame: str) -> None:
        """Let it go with the next POST."""
        self._up.put_nowait(frame)

    async def recv(self) -> Frame:
        """Return the next frame, of the answers to POSTs too."""
        told = await self._heard.get()
        if isinstance(told, Exception):
            raise told
        return told

    def abort(self) -> None:
        """Let go of every request."""
        for task in self._tasks:
            task.cancel()
        self._heard.put_nowait(ConnectionError("broken off"))

    async def _kept(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
            self._heard.put_nowait(ConnectionError("the answer ended"))
        except (OSError, EOFError, TimeoutError) as lost:
            self._heard.put_nowait(ConnectionError(repr(lost)))
        except Exception as fault:
            self._heard.put_nowait(fault)

    @abstractmethod
    async def _hearing(self, hello: str) -> None:
        """Ask for frames by this way until it ends."""

    async def _posting(self) -> None:
        while True:
            frames = [await self._up.get()]
            while not self._up.empty() and len(frames) < MOST:
                frames.append(self._up.get_nowait())
            async with asyncio.timeout(SEND_SECONDS):
                _, told = await self._whole("send", "\n".join(frames), self._any())
            for frame in told:
                self._heard.put_nowait(frame)

    def _any(self) -> int:
        return random.choice(self._doors.plain)

    async def _whole(self, act: str, body: str, port: int) -> tuple[str, Any]:
        """Return the stream's secret and the answer's JSON."""
        parts = self._asked(act, body, port)
        secret = (await anext(parts)).decode()
        return secret, json.loads(b"".join([part async for part in parts]))

    async def _asked(self, act: str, body: str, port: int) -> AsyncIterator[bytes]:
        """Post; yield the stream's secret, then the answer as it comes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            said = {"Host": "localhost", "Origin": self._doors.origin, HEADER: self._secret}
            said |= {"Connection": "close", "Content-Length": str(len(body.encode()))}
            head = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
            writer.write(f"POST /live/{act} HTTP/1.1\r\n{head}\r\n{body}".encode())
            first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            status = int(first.split()[1])
            if status in PASSING:
                raise ConnectionError(first)
            assert status == 200, f"{act} was answered {first}"
            told = {name.lower(): value for name, _, value in (one.partition(": ") for one in rest)}
            yield told.get(HEADER.lower(), "").encode()
            if "content-length" in told:
                yield await reader.readexactly(int(told["content-length"]))
                return
            while size := int(await reader.readuntil(b"\r\n"), 16):
                yield (await reader.readexactly(size + 2))[:-2]
        finally:
            writer.transport.abort()


class StreamWire(_PlainWire):
    """Server-sent events and POSTs."""

    name: ClassVar[str] = "sse"

    async def _hearing(self, hello: str) -> None:
        parts = self._asked("stream", hello, self._any())
        self._secret = (await anext(parts)).decode()
        rest = ""
        while True:
            async with asyncio.timeout(QUIET_SECONDS):
                part = await anext(parts, None)
            if part is None:
                return
            *events, rest = (rest + part.decode()).split("\n\n")
            for event in events:
                if event.startswith("data: "):
                    self._heard.put_nowait(json.loads(event[6:]))


class PollWire(_PlainWire):
    """Polls and POSTs. A poll whose answer was lost is asked again, maybe of another gateway."""

    name: ClassVar[str] = "polling"

    async def _hearing(self, hello: str) -> None:
        body, port, before = hello, self._any(), ""
        while True:
            port, told = await self._polled(body, port)
            if before and told["nonce"] != before:
                self._heard.put_nowait({"t": "resumed"})
            before = told["nonce"]
            for frame in told["frames"]:
                self._heard.put_nowait(frame)
            if told["closed"]:
                return
            await self._settled()
            body = json.dumps({"nonce": before, "at": told["at"], "after": self._after()})

    async def _settled(self) -> None:
        """Let the page take what was heard: a poll says how far it has got."""
        while not self._heard.empty():
            await asyncio.sleep(0)

    async def _polled(self, body: str, port: int) -> tuple[int, Frame]:
        for tries in range(1, TRIES + 1):
            if self._secret and (tries > 1 or random.random() < STRAY):
                port = self._any()
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    secret, told = await self._whole("poll", body, port)
            except (OSError, EOFError, TimeoutError):
                # A hello is not said twice: its ticket is used.
                if not self._secret or tries == TRIES:
                    raise
                await asyncio.sleep(1)
                continue
            self._secret = secret
            return port, told
        raise AssertionError("unreachable")


WIRES: tuple[type[Wire], ...] = (SocketWire, StreamWire, PollWire)
