"""What carries a session's frames, whichever library or transport it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Take = Callable[[bytes], None]
"""Does what a frame asks, at once."""


class Gone(Exception):
    """The other side went away, or this side closed the pipe."""


class Pipe(Protocol):
    """One client's frames, both ways, in order."""

    address: str
    """The client's IP address, for the audit."""

    async def receive(self) -> bytes:
        """Return the next frame of the client, until `hand`; raises Gone."""

    def hand(self, take: Take) -> None:
        """Give each frame to `take` from now on; those that came before first."""

    async def over(self) -> None:
        """Return when the other side is gone or `close` is through."""

    async def send(self, text: str) -> None:
        """Send a frame, and wait while the client has not taken the ones before; raises Gone."""

    def push(self, text: str) -> None:
        """Send a frame without waiting; after the end it does nothing."""

    def waiting(self) -> int:
        """Return how many bytes the client has not taken yet."""

    async def close(self, code: int, reason: str) -> None:
        """End it with a WebSocket code, in a bounded time."""
