"""The bad network does what its words say: a proxy that breaks nothing would prove nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.proxy import LAG_SECONDS, Proxy, Weather


class Echo:
    """A server that answers what it hears, in capitals, and keeps it."""

    def __init__(self) -> None:
        self.heard = b""
        self.ended = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1000):
                self.heard += data
                writer.write(data.upper())
        except OSError:
            pass
        finally:
            writer.close()
            self.ended.set()


@asynccontextmanager
async def line() -> AsyncIterator[tuple[Echo, Proxy, asyncio.StreamReader, asyncio.StreamWriter]]:
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    proxy = Proxy(server.sockets[0].getsockname()[1])
    await proxy.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        writer.write(b"first")
        assert await reader.read(10) == b"FIRST"
        yield echo, proxy, reader, writer
    finally:
        writer.close()
        await proxy.stop()
        await asyncio.wait_for(echo.ended.wait(), 10)
        server.close()


async def heard(reader: asyncio.StreamReader, seconds: float = 0.2) -> bytes | None:
    """Return what comes within the time: b"" for an end, None for silence."""
    try:
        return await asyncio.wait_for(reader.read(100), seconds)
    except TimeoutError:
        return None
    except ConnectionError:
        return b""


async def test_down_resets_lines_and_lets_none_in() -> None:
    async with line() as (_, proxy, reader, _writer):
        proxy.turn(Weather.DOWN)
        assert await heard(reader) == b""
        late, end = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await heard(late) == b""
        end.close()


async def test_a_hole_swallows_and_gives_back() -> None:
    async with line() as (_, proxy, reader, writer):
        proxy.turn(Weather.HOLE)
        writer.write(b"more")
        assert await heard(reader) is None
        proxy.turn(Weather.FAIR)
        assert await heard(reader, 5) == b"MORE"


async def test_lag_is_late() -> None:
    async with line() as (_, proxy, reader, writer):
        proxy.turn(Weather.LAG)
        writer.write(b"more")
        assert await heard(reader, LAG_SECONDS) is None
        assert await heard(reader, 5) == b"MORE"


async def test_deaf_pages_are_heard() -> None:
    async with line() as (echo, proxy, reader, writer):
        proxy.turn(Weather.DEAF)
        writer.write(b"more")
        assert await heard(reader) is None
        assert echo.heard == b"firstmore"


@pytest.mark.parametrize("way", ["to the server", "to the page"])
async def test_torn_passes_a_half(way: str) -> None:
    async with line() as (echo, proxy, reader, writer):
        if way == "to the server":
            proxy.turn(Weather.TORN)
            writer.write(b"abcdef")
            await heard(reader, 5)
            assert echo.heard == b"firstabc"
        else:
            proxy.turn(Weather.LAG)
            writer.write(b"abcdef")
            async with asyncio.timeout(5):
                while echo.heard != b"firstabcdef":
                    await asyncio.sleep(0.01)
            proxy.turn(Weather.TORN)
            assert await heard(reader, 5) in (b"ABC", b"")
