"""Wake-ups by Redis or NATS, for many processes: hints and presence, never content.

What is lost here the database's own hints or the sweep bring: a bus that is away costs time only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from priyom.consultations.log import WAKE
from priyom.gateway.counters import Counters

try:
    from redis import RedisError
    from redis import asyncio as redis
except ImportError:  # an extra: pip install redis
    redis = None  # type: ignore[assignment]
    RedisError = OSError  # type: ignore[assignment, misc]
try:
    import nats
    from nats.errors import Error as NatsError
except ImportError:  # an extra: pip install nats-py
    nats = None  # type: ignore[assignment]
    NatsError = OSError  # type: ignore[assignment, misc]

logger = logging.getLogger("priyom.gateway.wake")
Heard = Callable[[str, str], None]
LOST = (RedisError, NatsError, OSError, TimeoutError)
PATIENCE = 1.0
AGAIN = 0.5
MOST = 100
"""Consultations in one hint."""


class Bus(Protocol):
    """A server that passes texts on to whoever listens now."""

    async def publish(self, channel: str, text: str) -> None:
        """Tell the listeners of a channel; raises one of LOST."""

    async def listen(self, channels: tuple[str, ...], heard: Heard, up: Callable[[], None]) -> None:
        """Hear until the line breaks; `up` is called when it stands; raises one of LOST."""


class RedisBus:
    """Redis' PUBLISH and SUBSCRIBE."""

    def __init__(self, url: str) -> None:
        self._client: Any = redis.from_url(
            url, socket_connect_timeout=PATIENCE, health_check_interval=5, decode_responses=True
        )

    async def publish(self, channel: str, text: str) -> None:
        """Tell."""
        await self._client.publish(channel, text)

    async def listen(self, channels: tuple[str, ...], heard: Heard, up: Callable[[], None]) -> None:
        """Hear."""
        async with self._client.pubsub(ignore_subscribe_messages=True) as ear:
            await ear.subscribe(*channels)
            up()
            async for one in ear.listen():
                heard(one["channel"], one["data"])


class NatsBus:
    """NATS' core: publish and subscribe, nothing kept."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._line: Any = None

    async def publish(self, channel: str, text: str) -> None:
        """Tell."""
        if self._line is None:
            raise OSError("no line to NATS")
        await self._line.publish(channel, text.encode())

    async def listen(self, channels: tuple[str, ...], heard: Heard, up: Callable[[], None]) -> None:
        """Hear."""
        ended = asyncio.Event()

        async def closed() -> None:
            ended.set()

        async def quiet(error: Exception) -> None:
            logger.debug("NATS: %s", error)

        async def take(told: Any) -> None:
            heard(told.subject, told.data.decode())

        self._line = await nats.connect(
            self._url, allow_reconnect=False, connect_timeout=1, ping_interval=5,
            max_outstanding_pings=2, closed_cb=closed, error_cb=quiet,
        )  # fmt: skip
        try:
            for channel in channels:
                await self._line.subscribe(channel, cb=take)
            up()
            await ended.wait()
        finally:
            line, self._line = self._line, None
            with contextlib.suppress(*LOST):
                await line.close()
        raise OSError("the line to NATS broke")


def bus(url: str) -> Bus:
    """Return the bus that an address names; raises ValueError with what to do."""
    kind = url.partition("://")[0]
    if kind in ("redis", "rediss"):
        if redis is None:
            raise ValueError("PRIYOM_WAKE_URL names Redis: install the package redis for it.")
        return RedisBus(url)
    if kind in ("nats", "tls"):
        if nats is None:
            raise ValueError("PRIYOM_WAKE_URL names NATS: install the package nats-py for it.")
        return NatsBus(url)
    raise ValueError("PRIYOM_WAKE_URL must begin with redis://, rediss:// or nats://.")


class Wake:
    """The hints of this process on the bus, and its ear there."""

    def __init__(self, bus: Bus, name: str, counters: Counters) -> None:
        self._bus = bus
        self._name = name
        self._counters = counters
        self._high: dict[UUID, int] = {}
        self._more = asyncio.Event()
        self.is_up = False

    def hint(self, consultation: UUID, seq: int) -> None:
        """Tell the other processes that a number stands in the log; returns at once."""
        self._high[consultation] = seq
        self._more.set()

    async def publish(self, channel: str, texts: list[str]) -> bool:
        """Tell; False when the bus is away."""
        if not self.is_up:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                for text in texts:
                    await self._bus.publish(channel, text)
        except LOST as error:
            logger.warning("a wake-up was not told: %s", type(error).__name__)
            return False
        return True

    async def telling(self) -> None:
        """Tell hints, with all that came meanwhile in one; for ever."""
        while True:
            await self._more.wait()
            self._more.clear()
            high, self._high = list(self._high.items()), {}
            for start in range(0, len(high), MOST):
                part = ";".join(f"{key}:{seq}:{seq}" for key, seq in high[start : start + MOST])
                await self.publish(WAKE, [f"{self._name}|{part}"])

    async def hearing(self, channels: tuple[str, ...], heard: Heard) -> None:
        """Hear for ever, on a new line after each loss."""

        def counted(channel: str, text: str) -> None:
            if not text.startswith(f"{self._name}|"):
                self._counters.wakes += 1
                heard(channel, text)

        while True:
            try:
                await self._bus.listen(channels, counted, self._stands)
            except LOST as error:
                if self.is_up:
                    logger.warning("no wake-ups for now: %s", type(error).__name__)
            self.is_up = False
            await asyncio.sleep(AGAIN)

    def _stands(self) -> None:
        self.is_up = True
