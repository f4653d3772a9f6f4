"""Hears the hints of the database. They are only hints: what one misses, the sweep finds."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

import psycopg
from psycopg import sql

from priyom.accounts.ticket import SESSION_ENDED
from priyom.consultations.log import WAKE
from priyom.gateway import relay
from priyom.gateway.counters import Counters
from priyom.gateway.hub import Hub
from priyom.gateway.line import Lost, connect

logger = logging.getLogger("priyom.gateway.listener")
CHANNELS = (WAKE, relay.CHANNEL, SESSION_ENDED)


class Ear:
    """One connection that only listens."""

    def __init__(
        self, dsn: str, name: str, hub: Hub, others: relay.Relay, counters: Counters
    ) -> None:
        self._dsn = dsn
        self._name = name
        self._hub = hub
        self._others = others
        self._counters = counters
        self.is_up = False

    async def running(self) -> None:
        """Listen for ever, on a new connection after each loss."""
        while True:
            try:
                await self._listen()
            except (Lost, psycopg.Error, OSError) as error:
                logger.warning("no hints for now: %s", error)
            self.is_up = False
            self._counters.database_lost += 1
            await asyncio.sleep(0.5)

    async def _listen(self) -> None:
        link = await connect(self._dsn, f"gateway-{self._name}-ear")
        try:
            for channel in CHANNELS:
                await link.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            self.is_up = True
            # Our own heartbeat comes by every few seconds: silence is a dead connection.
            heard = 1
            while heard:
                heard = 0
                async for hint in link.notifies(timeout=3 * relay.BEAT_SECONDS):
                    heard += 1
                    self.heard(hint.channel, hint.payload)
        finally:
            await link.close()

    def heard(self, channel: str, payload: str) -> None:
        """Take a hint, whoever brought it."""
        if channel == relay.CHANNEL:
            self._others.hear(payload)
            return
        self._counters.hints += 1
        try:
            if channel == SESSION_ENDED:
                self._hub.end_session(UUID(payload))
                return
            origin, _, ranges = payload.partition("|")
            if origin == self._name:
                return
            for one in ranges.split(";"):
                consultation, _low, high = one.split(":")
                self._hub.hint(UUID(consultation), int(high))
        except ValueError:
            logger.warning("a hint that is none of ours on %s", channel)
