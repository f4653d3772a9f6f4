"""What many sockets wait with."""

from __future__ import annotations

import asyncio


class Flag:
    """What asyncio.Event is, a tenth of its size: thousands of sockets wait with three of them."""

    __slots__ = ("_up", "_waiting")

    def __init__(self) -> None:
        self._up = False
        self._waiting: list[asyncio.Future[None]] | None = None

    def is_set(self) -> bool:
        """Tell whether it is up."""
        return self._up

    def set(self) -> None:
        """Put it up: whoever waits goes on."""
        self._up = True
        waiting, self._waiting = self._waiting, None
        for one in waiting or ():
            if not one.done():
                one.set_result(None)

    def clear(self) -> None:
        """Take it down."""
        self._up = False

    async def wait(self) -> None:
        """Return when it is up."""
        if not self._up:
            made = asyncio.get_running_loop().create_future()
            self._waiting = [*(self._waiting or ()), made]
            await made
