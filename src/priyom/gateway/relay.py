"""What passes between processes and is kept nowhere: presence, typing, marks, calls' set-up.

By NOTIFY, compressed, in pieces under 8000 bytes, at most four a second (twenty while a call is
being set up), and none but a heartbeat while this process is alone. Where a bus is configured
(wake.py) it carries all but the heartbeat.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
import time
import zlib
from typing import Any
from uuid import UUID

from priyom.consultations.log import Marks
from priyom.gateway.counters import Counters
from priyom.gateway.hub import Hub
from priyom.gateway.line import Line, Lost
from priyom.gateway.room import Room
from priyom.gateway.wake import Wake

logger = logging.getLogger("priyom.gateway.relay")
CHANNEL = "priyom_relay"
TELL = "SELECT pg_notify('priyom_relay', t.piece) FROM unnest(%s::text[]) AS t(piece)"
PIECE = 7_800
BEAT_SECONDS = 5.0
GONE_SECONDS = 16.0
_QUIET, _CALLING = 0.25, 0.05


class Relay:
    """The voice of this process among the others, and its ear."""

    def __init__(
        self, line: Line, name: str, hub: Hub, counters: Counters, wake: Wake | None = None
    ) -> None:
        self._line = line
        self._wake = wake
        self._name = name
        self._hub = hub
        self._counters = counters
        self._events: list[list[Any]] = []
        self._calling = asyncio.Event()
        self._peers: dict[str, float] = {}
        self._pieces: dict[tuple[str, str], tuple[float, dict[int, str]]] = {}
        self._count = 0
        self._beat_at = 0.0

    def say(self, *event: Any) -> None:
        """Tell the other processes, if there are any, with the next piece."""
        if self._peers:
            self._events.append(list(event))
            if event[0] == "signal":
                self._calling.set()

    def hint(self, consultation: UUID, seq: int) -> None:
        """Tell the others of a number by the bus; by the database the log itself has told them."""
        if self._wake is not None:
            self._wake.hint(consultation, seq)

    async def running(self) -> None:
        """Send what was said, for ever."""
        while True:
            calling = False
            try:
                async with asyncio.timeout(_QUIET):
                    calling = await self._calling.wait()
            except TimeoutError:
                pass
            now = time.monotonic()
            self._forget(now)
            if now - self._beat_at > BEAT_SECONDS:
                self._beat_at = now
                self._events.append(["beat"])
            await self._flush()
            if calling:
                await asyncio.sleep(_CALLING)

    async def _flush(self) -> None:
        self._calling.clear()
        events, self._events = self._events, []
        if not events:
            return
        if self._wake is not None and await self._wake.publish(CHANNEL, self._pack(events)):
            # The heartbeat goes by the database too: by it the ear there knows that it hears.
            events = [one for one in events if one[0] == "beat"]
            if not events:
                return
        try:
            await self._line.rows(TELL, [self._pack(events)])
        except Lost:
            self._counters.database_lost += 1

    async def farewell(self) -> None:
        """Tell the others that nobody is here any more."""
        self._events = [["gone"]]
        await self._flush()

    def _pack(self, events: list[list[Any]]) -> list[str]:
        text = base64.b64encode(zlib.compress(json.dumps(events, default=str).encode())).decode()
        pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
        self._count += 1
        return [
            f"{self._name}|{self._count}|{n}|{len(pieces)}|{piece}"
            for n, piece in enumerate(pieces)
        ]

    # -- hearing

    def hear(self, payload: str) -> None:
        """Take one piece; the last of a message brings it to the rooms."""
        try:
            origin, number, n, of, piece = payload.split("|")
            if origin == self._name:
                return
            _, pieces = self._pieces.setdefault((origin, number), (time.monotonic(), {}))
            pieces[int(n)] = piece
            if len(pieces) < int(of):
                return
            del self._pieces[origin, number]
            text = "".join(pieces[place] for place in range(int(of)))
            events = json.loads(zlib.decompress(base64.b64decode(text)))
        except (ValueError, KeyError, zlib.error, binascii.Error):
            logger.warning("a piece that is none of ours")
            return
        self._known(origin)
        for kind, *rest in events:
            self._heard(origin, kind, rest)

    def _known(self, origin: str) -> None:
        newcomer = origin not in self._peers
        self._peers[origin] = time.monotonic()
        if newcomer:
            # It does not know of us, nor who is here, before we say so.
            self._beat_at = 0.0
            for room in self._hub.rooms.values():
                for near in {one.account for one in room.live()}:
                    self.say("in", room.consultation, near, True)

    def _forget(self, now: float) -> None:
        for origin in [one for one, at in self._peers.items() if now - at > GONE_SECONDS]:
            self._drop(origin)
        for key in [key for key, (at, _) in self._pieces.items() if now - at > BEAT_SECONDS]:
            del self._pieces[key]

    def _drop(self, origin: str) -> None:
        self._peers.pop(origin, None)
        for room in self._hub.rooms.values():
            for key in [key for key in room.elsewhere if key[0] == origin]:
                del room.elsewhere[key]
            self._hub.present(room)

    def _heard(self, origin: str, kind: str, rest: list[Any]) -> None:
        if kind == "gone":
            self._drop(origin)
            return
        if kind == "beat":
            return
        room = self._hub.rooms.get(UUID(rest[0]))
        if room is None:
            return
        account = UUID(rest[1])
        if kind == "in":
            self._came(origin, room, account, asks=bool(rest[2]))
        elif kind == "out":
            room.elsewhere.pop((origin, account), None)
            self._hub.present(room)
        elif kind == "typing":
            self._hub.typed(room, account)
        elif kind == "mark":
            self._hub.marked(room, Marks(account, *rest[2:]))
        elif kind == "signal":
            self._hub.signalled(room, account, UUID(rest[2]), rest[3])

    def _came(self, origin: str, room: Room, account: UUID, *, asks: bool) -> None:
        room.elsewhere[origin, account] = None
        self._hub.present(room)
        if asks:
            for near in {one.account for one in room.live()}:
                self.say("in", room.consultation, near, False)
