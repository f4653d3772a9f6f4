"""Start, serve, drain, stop: the process and what holds it together."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any
from uuid import UUID

from priyom.consultations.log import WAKE
from priyom.gateway import relay
from priyom.gateway.config import Config
from priyom.gateway.counters import Counters, exposition
from priyom.gateway.doors import binding
from priyom.gateway.http import listening
from priyom.gateway.hub import Hub
from priyom.gateway.line import Line, Lost
from priyom.gateway.listener import Ear
from priyom.gateway.member import Member
from priyom.gateway.pipe import Pipe
from priyom.gateway.relay import Relay
from priyom.gateway.session import Entry, Session, by_ticket
from priyom.gateway.sockets import Answer, listen
from priyom.gateway.wake import Wake, bus
from priyom.gateway.writer import Writer

logger = logging.getLogger("priyom.gateway")
PLAIN = "text/plain; charset=utf-8"
ALIVE = """
SELECT s.handle FROM unnest(%s::uuid[], %s::boolean[]) AS s(handle, active)
WHERE NOT priyom_alive_v1(s.handle, s.active)
"""


class Gateway:
    """One process: its lines to the database, its hub, its sockets."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.counters = Counters()
        name, limits = f"gateway-{config.name}", config.limits
        self.reader = Line(config.dsn, f"{name}-hello")
        self._fetcher = Line(config.dsn, f"{name}-fetch")
        self._teller = Line(config.dsn, f"{name}-relay")
        self._appender = Line(config.dsn, f"{name}-write")
        self.hub = Hub(self._fetcher, limits, self.counters)
        self.writer: Writer[Member] = Writer(
            self._appender, config.name, self.hub.settle, limits, self.counters
        )
        self.wake = (
            Wake(bus(config.wake_url), config.name, self.counters) if (config.wake_url) else None
        )
        self.relay = Relay(self._teller, config.name, self.hub, self.counters, self.wake)
        self.ear = Ear(config.dsn, config.name, self.hub, self.relay, self.counters)
        self.hub.voice = self.relay
        self._sessions: set[Session] = set()
        self._accounts: dict[UUID, dict[Session, None]] = {}
        self._is_leaving = False

    def tasks(self) -> list[Coroutine[Any, Any, None]]:
        """Return what runs as long as the process."""
        woken = (
            [
                self.wake.telling(),
                self.wake.hearing((WAKE, relay.CHANNEL), self.ear.heard),
            ]
            if self.wake
            else []
        )
        return [
            *woken,
            self.writer.run(),
            self.hub.fetching(),
            self.hub.sweeping(),
            self.hub.marking(),
            self.relay.running(),
            self.ear.running(),
            self._watching(),
        ]

    # -- sockets

    async def handle(self, pipe: Pipe) -> None:
        """Serve one accepted client to its end."""
        await self.accept(pipe).run()

    def accept(self, pipe: Pipe, entry: Entry = by_ticket) -> Session:
        """Return the session of a new client, to be run; `entry` says how it shows who it is.

        Whose request was under way when the door was shut comes in still, and is sent elsewhere.
        """
        session = Session(self, pipe, entry)
        self._sessions.add(session)
        self.counters.accepted += 1
        self.counters.sockets = len(self._sessions)
        if self._is_leaving:
            session.dismiss("restart")
        return session

    def seat(self, session: Session) -> None:
        """Count a socket for its account; of too many the oldest goes.

        Not the newest: a phone that changes networks leaves sockets behind that nobody hears of
        until the ping's time is over, and must not be locked out by them.
        """
        mine = self._accounts.setdefault(session.account, {})
        mine[session] = None
        if len(mine) > self.config.limits.sockets_per_account:
            oldest = next(iter(mine))
            del mine[oldest]
            oldest.dismiss("many")

    def left(self, session: Session) -> None:
        """Forget a socket that ended."""
        self.hub.leave(session)
        self._sessions.discard(session)
        self.counters.sockets = len(self._sessions)
        mine = self._accounts.get(session.account, {})
        mine.pop(session, None)
        if not mine:
            self._accounts.pop(session.account, None)

    async def _watching(self) -> None:
        """Ask whether the sessions behind the sockets still live; for ever."""
        while True:
            await asyncio.sleep(self.config.limits.alive_seconds)
            active: dict[UUID, bool] = {}
            for one in self._sessions:
                if one.is_live:
                    active[one.handle] = active.get(one.handle, False) or one.wrote
                    one.wrote = False
            try:
                dead = await self.reader.rows(ALIVE, [list(active), list(active.values())])
            except Lost:
                continue
            for (handle,) in dead:
                self.hub.end_session(handle)

    # -- plain HTTP on the same port

    def answer(self, path: str) -> Answer:
        """Answer /healthz and /metrics."""
        if path == "/healthz":
            return self._health()
        if path == "/metrics":
            return HTTPStatus.OK, exposition(self.counters), PLAIN
        return HTTPStatus.NOT_FOUND, "not found\n", PLAIN

    def _health(self) -> Answer:
        told = {
            "name": self.config.name,
            "hears": self.ear.is_up,
            "writes": self._teller.is_up,
            "sockets": len(self._sessions),
        }
        well = self.ear.is_up and self._teller.is_up
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        return status, json.dumps(told) + "\n", "application/json"

    # -- the end

    async def drain(self) -> None:
        """Settle what was taken, then send everybody elsewhere, and whoever comes meanwhile.

        A page that polls has no line open between two polls: it must find somebody to tell it.
        """
        self._is_leaving = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.config.limits.drain_seconds):
                await self.writer.drained()
        everybody = list(self._sessions)
        for session in everybody:
            session.dismiss("restart")
        await self.relay.farewell()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.config.limits.drain_seconds):
                await asyncio.gather(*(one.told() for one in everybody), return_exceptions=True)
                while self._sessions:
                    await asyncio.sleep(0.02)

    async def close(self) -> None:
        """Let go of the database."""
        for line in (self.reader, self._fetcher, self._teller, self._appender):
            await line.close()


async def serve(config: Config, started: asyncio.Event | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then drain; raises Unbound when a port cannot be had."""
    gateway = Gateway(config)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with listening(gateway) as leave:
        with binding(config.host, config.port, "PRIYOM_GATEWAY_LISTEN"):
            server = await listen(config, gateway.handle, gateway.answer)
        running = [asyncio.create_task(task) for task in gateway.tasks()]
        for task in running:
            task.add_done_callback(lambda done: stop.set())
        logger.info("listening on %s:%d for %s", config.host, config.port, config.origin)
        if started is not None:
            started.set()
        await stop.wait()
        logger.info("draining %d sockets", gateway.counters.sockets)
        server.close()
        await gateway.drain()
        leave()
    broken = [task for task in running if task.done()]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await gateway.close()
    for task in broken:
        task.result()
