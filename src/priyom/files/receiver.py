"""One body on its way to disk: written as it comes, ended by its line, by silence, or by the next.

A sender who lost the line comes back while the old request still waits for bytes: the newer one
takes the file over, and what the older one got stays.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from uuid import UUID

from starlette.requests import ClientDisconnect

from priyom.files.partial import Busy, Partial, held
from priyom.files.rules import disk_full
from priyom.files.tus import Checksum

_BUFFER = 1 << 18
_SILENCE = 60.0
_WAIT, _PAUSE = 5.0, 0.05


class Cut(Exception):
    """A body that was not taken to its end; `status` tells the sender why, if anybody listens."""

    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(status)
        self.status, self.text = status, text


class Taking:
    """A file held by one request; `stop` is set when a newer request wants it."""

    def __init__(self, file: Partial) -> None:
        self.file = file
        self.stop = asyncio.Event()

    async def take(self, body: AsyncIterator[bytes], room: int, checksum: Checksum | None) -> int:
        """Append the body and return the new offset.

        Raises Cut, and then keeps what came: nothing of a chunk with a checksum, for which 460
        says that it is wrong, nor of a body that is longer than the file (413).
        """
        start = self.file.offset
        if checksum:
            self.file.doubt()
        try:
            await self._copy(body, room, checksum)
            if checksum and not checksum.is_right:
                raise Cut(460)
        except BaseException as end:
            if checksum or (isinstance(end, Cut) and end.status == 413):
                self.file.cut(start)
            if isinstance(end, OSError) and end.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Cut(507, disk_full().text) from end
            raise
        finally:
            if checksum:
                self.file.trust()
            await _in_thread(self.file.sync)
        return self.file.offset

    async def _copy(self, body: AsyncIterator[bytes], room: int, checksum: Checksum | None) -> None:
        waiting = bytearray()
        try:
            async for piece in self._pieces(body):
                room -= len(piece)
                if room < 0:
                    raise Cut(413)
                if checksum:
                    checksum.sum.update(piece)
                waiting += piece
                if len(waiting) >= _BUFFER:
                    full, waiting = waiting, bytearray()
                    await _in_thread(self.file.append, full)
        finally:
            self.file.append(waiting)

    async def _pieces(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        stopped = asyncio.create_task(self.stop.wait())
        coming: asyncio.Task[bytes | None] | None = None
        try:
            while True:
                coming = asyncio.create_task(_next(body))
                await asyncio.wait(
                    {coming, stopped}, timeout=_SILENCE, return_when=asyncio.FIRST_COMPLETED
                )
                if not coming.done():
                    raise Cut(423 if stopped.done() else 408)
                piece = coming.result()
                if piece is None:
                    return
                yield piece
        except ClientDisconnect:
            raise Cut(400) from None
        finally:
            for task in (stopped, coming):
                if task is not None and not task.done():
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task


class Receiver:
    """Every file that this process is taking now."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._taking: dict[UUID, Taking] = {}

    @asynccontextmanager
    async def holding(self, key: UUID) -> AsyncIterator[Taking]:
        """Hold one file, taking it over from an older request of this process.

        Raises Busy when another process keeps it, FileNotFoundError.
        """
        older = self._taking.get(key)
        if older is not None:
            older.stop.set()
        with ExitStack() as stack:
            mine = Taking(await self._hold(key, stack))
            self._taking[key] = mine
            try:
                yield mine
            finally:
                if self._taking.get(key) is mine:
                    del self._taking[key]

    async def _hold(self, key: UUID, stack: ExitStack) -> Partial:
        clock = asyncio.get_running_loop()
        until = clock.time() + _WAIT
        while True:
            try:
                return stack.enter_context(held(self._root, key))
            except Busy:
                if clock.time() > until:
                    raise
            await asyncio.sleep(_PAUSE)


async def _in_thread(act: Callable[..., None], *arguments: object) -> None:
    """Do it in a thread, to its end even when cancelled: the file is closed only afterwards."""
    doing = asyncio.create_task(asyncio.to_thread(act, *arguments))
    try:
        await asyncio.shield(doing)
    except asyncio.CancelledError:
        await doing
        raise


async def _next(body: AsyncIterator[bytes]) -> bytes | None:
    return await anext(body, None)
