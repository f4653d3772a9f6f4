"""Who listens to what: coming and going, fan-out, marks, presence, typing.

What cannot be handed on from memory in order is fetched from the base.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable
from dataclasses import astuple
from typing import Any, Protocol
from uuid import UUID

from priyom.chat import wire
from priyom.consultations import log
from priyom.consultations.log import Answer, Item, Marks, News, Replay, Verdict
from priyom.gateway.config import Limits
from priyom.gateway.counters import Counters
from priyom.gateway.line import Line, Lost
from priyom.gateway.room import Listener, Room, mark_frame
from priyom.gateway.writer import entry_of

logger = logging.getLogger("priyom.gateway.hub")
_CODES = {Verdict.CLOSED: "closed", Verdict.STRANGER: "stranger", Verdict.BAD: "bad"}


class Voice(Protocol):
    """What the hub tells the other processes (relay.py)."""

    def say(self, *event: Any) -> None: ...

    def hint(self, consultation: UUID, seq: int) -> None: ...


class Hub:
    """All rooms of this process."""

    def __init__(self, line: Line, limits: Limits, counters: Counters) -> None:
        self._line = line
        self._limits = limits
        self._counters = counters
        self.rooms: dict[UUID, Room] = {}
        self.voice: Voice | None = None
        self._behind: dict[Room, None] = {}
        self._wake = asyncio.Event()
        self._seen: dict[tuple[UUID, UUID], tuple[int, int]] = {}

    # -- coming and going

    def enter(self, session: Listener) -> Room:
        """Put a socket into its room before it reads the log, so that nothing is missed."""
        room = self.rooms.get(session.consultation)
        if room is None:
            room = self.rooms[session.consultation] = Room(session.consultation)
        room.sessions.add(session)
        self._counters.rooms = len(self.rooms)
        return room

    def settle_in(self, room: Room, session: Listener, told: Replay, known: int) -> bool:
        """Make a socket live if it has all that is known; nothing is awaited in between.

        `known` is what the room knew of when `told` was asked for: hints beyond it ask for more.
        """
        if session.sent < max(room.at, told.last) or room.known > max(known, told.last):
            return False
        alone = not any(room.live())
        session.is_live = True
        if alone:
            room.at = session.sent
            room.state = told.state
            room.marks = {one.account: one for one in told.members}
        elif session.sent > room.at:
            self.fetch(room)
        for one in told.members:
            if one.account not in room.marks:  # became a member while others were here
                self.marked(room, one)
            if one.account == session.account:
                self._say("mark", room.consultation, *astuple(one))
        self.present(room)
        self._say("in", room.consultation, session.account, alone)
        return True

    def leave(self, session: Listener) -> None:
        """Take a socket out; a reload is no going away, so the others are told a little later."""
        room = self.rooms.get(session.consultation)
        if room is None or session not in room.sessions:
            return
        room.sessions.discard(session)
        if session.side:
            room.elsewhere["", session.account] = None
        asyncio.get_running_loop().call_later(
            self._limits.away_seconds, self._gone, room, session.account
        )

    def _gone(self, room: Room, account: UUID) -> None:
        room.elsewhere.pop(("", account), None)
        if not any(one.account == account for one in room.live()):
            self._say("out", room.consultation, account)
        self.present(room)
        if not room.sessions and self.rooms.get(room.consultation) is room:
            del self.rooms[room.consultation]
            self._counters.rooms = len(self.rooms)

    def present(self, room: Room) -> None:
        """Tell the room who is here, if that changed."""
        here = room.here()
        if here != room.shown:
            room.shown = here
            room.push(wire.frame("presence", here=sorted(map(str, here))))

    def sessions(self) -> list[Listener]:
        """Return all sockets that said hello."""
        return [one for room in self.rooms.values() for one in room.sessions]

    def end_session(self, handle: UUID) -> None:
        """Close the sockets of a session that was ended: signed out, blocked, expired."""
        for one in self.sessions():
            if one.handle == handle:
                one.dismiss("session")

    # -- the log

    def settle(self, item: Item, answer: Answer, sender: Listener) -> None:
        """Acknowledge a committed message and hand it on; the writer calls it in order."""
        if answer.verdict in _CODES:
            self._counters.refused += 1
            sender.push(wire.refused(item.key, _CODES[answer.verdict]))
            return
        seq, at = answer.place
        sender.push(wire.frame("ack", k=item.key, seq=seq, at=log.iso(at)))
        room = self.rooms.get(item.consultation)
        if answer.verdict is Verdict.REPEAT:
            self._counters.repeats += 1
        else:
            self._counters.messages += 1
            if self.voice is not None:
                self.voice.hint(item.consultation, seq)
        if room is None or seq <= room.at:
            return
        room.known = max(room.known, seq)
        if answer.verdict is Verdict.STORED and seq == room.at + 1 and any(room.live()):
            # Its sender has the text; files are shown to it as to all.
            told = None if item.files else sender
            self._deliver(room, [entry_of(item, answer, sender.side, sender.name)], told)
        else:
            self.fetch(room)

    def _deliver(
        self, room: Room, entries: Iterable[dict[str, Any]], acked: Listener | None = None
    ) -> None:
        for entry in entries:
            seq = entry["seq"]
            if seq != room.at + 1:
                continue
            room.at = seq
            text = wire.frame("entry", **entry)
            for one in list(room.live()):
                if one.sent < seq:
                    one.sent = seq
                    if one is not acked:
                        one.push(text)

    def hint(self, consultation: UUID, high: int) -> None:
        """Somebody else wrote up to `high`: fetch it if anybody here listens."""
        room = self.rooms.get(consultation)
        if room is not None and high > room.at:
            room.known = max(room.known, high)
            self.fetch(room)

    def fetch(self, room: Room) -> None:
        """Ask for what the room lacks, with all that is asked for meanwhile in one query."""
        # Sockets that still read the log by themselves see `known`.
        if any(room.live()):
            self._behind[room] = None
            self._wake.set()

    async def fetching(self) -> None:
        """Bring rooms up to date for ever."""
        while True:
            await self._wake.wait()
            rooms = list(self._behind)[: self._limits.page]
            for room in rooms:
                del self._behind[room]
            try:
                await self._fetch([room for room in rooms if any(room.live())])
            except Lost:
                self._counters.database_lost += 1
                self._behind.update(dict.fromkeys(rooms))
                await asyncio.sleep(0.5)
            if not self._behind:
                self._wake.clear()

    async def _fetch(self, rooms: list[Room]) -> None:
        if not rooms:
            return
        asked = {}
        for room in rooms:
            one = next(room.live())
            asked[room] = log.asked(room.consultation, one.account, room.at, self._limits.page)
        told = log.news(await self._line.rows(log.NEWS, [json.dumps(list(asked.values()))]))
        self._counters.fetches += 1
        odd = []
        for room, question in asked.items():
            news = told.get(room.consultation)
            if news is None or not self._short(room, news):
                odd.append(question)
        if odd:
            for consultation, account, value in await self._line.rows(
                log.REPLAY, [json.dumps(odd)]
            ):
                found = self.rooms.get(consultation)
                if found is not None:
                    self._take(found, account, log.replay_of(value))

    def _short(self, room: Room, news: News) -> bool:
        """Take what is ordinary: messages of and for members that the room knows by name."""
        if not news.is_plain or not news.marks.keys() <= room.marks.keys():
            return False
        if any(one.account not in news.marks for one in room.live()):
            return False
        members = tuple(
            Marks(account, room.marks[account].side, room.marks[account].name, *numbers)
            for account, numbers in news.marks.items()
        )
        self._caught_up(room, Replay(news.state, news.last, members, tuple(news.entries)))
        return True

    def _take(self, room: Room, account: UUID, told: Replay | None) -> None:
        if told is None:
            for one in list(room.live()):
                if one.account == account:
                    one.dismiss("stranger")
            self.fetch(room)
            return
        members = {one.account: one for one in told.members}
        for session in list(room.live()):
            if session.account not in members:
                session.dismiss("stranger")
        self._caught_up(room, told)

    def _caught_up(self, room: Room, told: Replay) -> None:
        self._deliver(room, told.entries)
        if told.state != room.state:
            room.state = told.state
            room.push(wire.frame("state", state=told.state))
        for mark in told.members:
            self.marked(room, mark)
        if told.last > room.at:
            self.fetch(room)

    async def sweeping(self) -> None:
        """Find what no hint told of, in at most the sweep's time; for ever."""
        while True:
            await asyncio.sleep(self._limits.sweep_seconds)
            known = [
                {"c": str(room.consultation), "a": str(account), "after": room.at}
                for room in self.rooms.values()
                for account in {one.account for one in room.live()}
            ]
            try:
                for start in range(0, len(known), 2000):
                    part = json.dumps(known[start : start + 2000])
                    for consultation, _ in await self._line.rows(log.BEHIND, [part]):
                        room = self.rooms.get(consultation)
                        if room is not None:
                            self._counters.swept += 1
                            self.fetch(room)
            except Lost:
                self._counters.database_lost += 1

    # -- what never touches the log

    def seen(self, session: Listener, delivered: int, read: int) -> None:
        """Note how far a page got; written lazily, monotonic."""
        key = (session.consultation, session.account)
        before = self._seen.get(key, (0, 0))
        read = min(read, session.sent)
        self._seen[key] = (
            max(before[0], min(delivered, session.sent), read),
            max(before[1], read),
        )

    async def marking(self) -> None:
        """Write the marks of all that moved, three times a second at most, for ever."""
        while True:
            await asyncio.sleep(0.3)
            seen, self._seen = self._seen, {}
            if not seen:
                continue
            rows = [
                log.seen(consultation, account, *numbers)
                for (consultation, account), numbers in sorted(seen.items())
            ]
            try:
                answers = await self._line.rows(log.MARK, [json.dumps(rows)])
            except Lost:
                self._counters.database_lost += 1
                self._seen = {**seen, **self._seen}
                continue
            for consultation, account, now in answers:
                room = self.rooms.get(consultation)
                before = room.marks.get(account) if room else None
                if room is None or before is None or now is None:
                    continue
                mark = Marks(account, before.side, before.name, now[0], now[1])
                self.marked(room, mark)
                self._say("mark", consultation, account, before.side, before.name, *now)

    def marked(self, room: Room, mark: Marks) -> None:
        """Show a member's marks if they moved."""
        before = room.marks.get(mark.account)
        if before and (before.delivered, before.read) >= (mark.delivered, mark.read):
            return
        room.marks[mark.account] = mark
        room.push(mark_frame(mark))

    def typing(self, session: Listener) -> None:
        """Show the others that somebody types."""
        room = self.rooms.get(session.consultation)
        if room is not None:
            self.typed(room, session.account)
        # A POST may come by a process where nobody of the chat is.
        self._say("typing", session.consultation, session.account)

    def typed(self, room: Room, account: UUID) -> None:
        """Show a room that an account types."""
        room.push(wire.frame("typing", account=account), but=account)

    def signal(self, session: Listener, call: UUID, data: dict[str, Any]) -> None:
        """Pass a call's set-up to the other members, and keep nothing of it."""
        self._counters.signals += 1
        room = self.rooms.get(session.consultation)
        if room is not None:
            self.signalled(room, session.account, call, data)
        self._say("signal", session.consultation, session.account, call, data)

    def signalled(self, room: Room, account: UUID, call: UUID, data: dict[str, Any]) -> None:
        """Hand a signal to the sockets of the room's other accounts."""
        room.push(wire.frame("signal", **{"from": account}, call=call, data=data), but=account)

    def _say(self, *event: Any) -> None:
        if self.voice is not None:
            self.voice.say(*event)
