"""Pipes over plain HTTP: what goes down waits here until an answer carries it.

Nothing comes up by them but the hello: posts.py takes the rest.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from itertools import islice

from priyom.gateway.config import Limits
from priyom.gateway.pipe import Gone, Take

CHUNK = 64 * 1024
"""Bytes that may wait before `send` waits, and that go out at once."""
CLOSE_SECONDS = 2.0


class StreamPipe:
    """Frames for one page, taken by one long answer or by one poll after the other."""

    def __init__(self, address: str, hello: bytes, limits: Limits) -> None:
        self.address = address
        self.nonce = secrets.token_hex(4)
        """Tells a page whether the numbers of its last poll are of this process."""
        self.code = 0
        """With which it was closed; 0 while it is open."""
        self.reason = ""
        self.ended = asyncio.Event()
        """The last answer is out: nobody is waited for any more."""
        self._hello: bytes | None = hello
        self._limits = limits
        self._down: deque[str] = deque()
        self._first = 1
        self._bytes = 0
        self._more = asyncio.Event()
        self._taken = asyncio.Event()
        self._over = asyncio.Event()
        self._turn = 0
        self._linger: asyncio.TimerHandle | None = None

    # -- the session's side

    async def receive(self) -> bytes:
        """Return the hello; raises Gone, for nothing else comes up this way."""
        hello, self._hello = self._hello, None
        if hello is None:
            raise Gone
        return hello

    def hand(self, take: Take) -> None:
        """Do nothing: no frame comes up this way."""

    async def over(self) -> None:
        """Return when it was closed or the page went away."""
        await self._over.wait()

    async def send(self, text: str) -> None:
        """Put a frame down, and wait while too much lies there; raises Gone."""
        self.push(text)
        while self._bytes > CHUNK and not self._over.is_set():
            self._taken.clear()
            await self._taken.wait()
        if self._over.is_set():
            raise Gone

    def push(self, text: str) -> None:
        """Put a frame down."""
        if not self._over.is_set():
            self._down.append(text)
            self._bytes += len(text)
            self._more.set()

    def waiting(self) -> int:
        """Return how much lies here."""
        return self._bytes

    async def close(self, code: int, reason: str) -> None:
        """End it; what lies here may still be fetched for a moment."""
        self._end(code, reason)
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.ended.wait()
        except TimeoutError:
            self.ended.set()

    # -- the answers' side

    def frames(self) -> list[str]:
        """Return what lies here, at most about a chunk, without taking it away."""
        size, found = 0, []
        for text in self._down:
            found.append(text)
            size += len(text)
            if size > CHUNK:
                break
        return found

    def dropped(self, count: int) -> None:
        """Take the first frames away: they are with the page."""
        for text in list(islice(self._down, count)):
            self._down.popleft()
            self._bytes -= len(text)
            self._first += 1
        self._taken.set()

    def confirmed(self, nonce: str, at: int) -> None:
        """Take away what a page says it has, if it speaks of this pipe."""
        if nonce == self.nonce:
            self.dropped(max(0, min(at - self._first + 1, len(self._down))))

    @property
    def last(self) -> int:
        """The number of the last frame that was put down."""
        return self._first + len(self._down) - 1

    def at(self, count: int) -> int:
        """Return the number of the last of the first `count` frames."""
        return self._first + count - 1

    async def more(self, seconds: float) -> bool:
        """Wait until a frame lies here or the pipe is closed; False when the time is over."""
        self._more.clear()
        if self._down or self._over.is_set():
            return True
        try:
            async with asyncio.timeout(seconds):
                await self._more.wait()
        except TimeoutError:
            return False
        return True

    def attach(self) -> int:
        """A poll begins; one that still waits is let go. Returns its turn."""
        self._turn += 1
        self._more.set()
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None
        return self._turn

    def detach(self, turn: int) -> None:
        """A poll is over; without another one in time the page is gone."""
        if turn == self._turn:
            loop = asyncio.get_running_loop()
            self._linger = loop.call_later(self._limits.linger_seconds, self.gone)

    def gone(self) -> None:
        """The page went away."""
        self._end(1006, "gone")
        self.ended.set()

    def _end(self, code: int, reason: str) -> None:
        if not self.code:
            self.code, self.reason = code, reason
        self._over.set()
        self._more.set()
        self._taken.set()
