"""A bad network between pages and a gateway: a TCP proxy on the loopback that breaks on command."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass, field
from enum import Enum, auto

CHUNK = 65_536
LAG_SECONDS = 0.3
_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER that makes close() a RST: what was not sent yet is thrown away."""


class Weather(Enum):
    """What happens to bytes, of lines that are open and of lines to come."""

    FAIR = auto()
    DOWN = auto()
    """Lines are reset, new ones too."""
    HOLE = auto()
    """Bytes wait and nobody is told; when it clears, they arrive."""
    LAG = auto()
    """Everything comes late."""
    DEAF = auto()
    """What pages say arrives, what they are told is thrown away: acknowledgements get lost."""
    TORN = auto()
    """The next bytes are passed by half and the line is reset: a frame ends in its midst."""


@dataclass(eq=False)
class _Line:
    """One connection through the proxy."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter

    def reset(self) -> None:
        for end in (self.near, self.far):
            made = end.get_extra_info("socket")
            if made is not None:
                with contextlib.suppress(OSError):
                    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            end.transport.abort()


@dataclass
class Proxy:
    """Listens on `port` (0: any) and leads to `target` on the loopback; lives in one event loop."""

    target: int
    port: int = 0
    _weather: Weather = Weather.FAIR
    _clear: asyncio.Event = field(default_factory=asyncio.Event)
    _lines: dict[_Line, None] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; `port` is known afterwards."""
        self._clear.set()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Reset every line and listen no more."""
        if self._server is not None:
            self._server.close()
        self._weather = Weather.DOWN
        self._clear.set()
        self.cut()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=10)

    def turn(self, weather: Weather) -> None:
        """Let another weather begin."""
        self._weather = weather
        self._clear.clear() if weather is Weather.HOLE else self._clear.set()
        if weather is Weather.DOWN:
            self.cut()

    def cut(self) -> None:
        """Reset every line that is open."""
        for line in list(self._lines):
            line.reset()

    async def _accept(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._lead(reader, near)
        finally:
            self._tasks.discard(task)

    async def _lead(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        await self._clear.wait()
        if self._weather is Weather.DOWN:
            near.transport.abort()
            return
        try:
            inward, far = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            near.transport.abort()
            return
        line = _Line(near, far)
        self._lines[line] = None
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, far, line, is_answer=False))
                both.create_task(self._carry(inward, near, line, is_answer=True))
        except* (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            del self._lines[line]
            for end in (near, far):
                end.close()

    async def _carry(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        line: _Line,
        *,
        is_answer: bool,
    ) -> None:
        while data := await source.read(CHUNK):
            if self._weather is Weather.LAG:
                await asyncio.sleep(LAG_SECONDS)
            await self._clear.wait()
            if self._weather is Weather.DEAF and is_answer:
                continue
            if self._weather is Weather.TORN:
                sink.write(data[: max(1, len(data) // 2)])
                await sink.drain()
                # The half must leave before the reset throws away what is left.
                await asyncio.sleep(0.01)
                line.reset()
                return
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()
