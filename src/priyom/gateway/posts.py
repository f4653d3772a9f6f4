"""What a page of a stream sends: frames by POST, to any process, answered in the POST itself."""

from __future__ import annotations

import asyncio
import json
import random

from priyom.accounts.ticket import STREAM
from priyom.chat import wire
from priyom.consultations import log
from priyom.gateway.limits import Bucket
from priyom.gateway.member import Member, Process
from priyom.gateway.session import ENDS, Session

GUESTS = 4_096


class Post(Member):
    """One POST of a stream; collects the answers to its frames."""

    def __init__(self, gateway: Process, address: str, session: Session | None = None) -> None:
        super().__init__(gateway, address)
        self.told: list[str] = []
        self.is_over = False
        self._owed = 0
        self._come = asyncio.Event()
        self._session = session
        if session is not None:
            self.account, self.handle = session.account, session.handle
            self.consultation, self.sent = session.consultation, session.sent
            self.side, self.name = session.side, session.name
            self.messages, self.frames = session.messages, session.frames

    def take(self, raw: bytes) -> None:
        """Do what a frame asks; what it owes an answer for is waited for by `answers`."""
        told, owed = len(self.told), self._owed
        super().take(raw)
        if self._owed == owed:
            self._owed += len(self.told) - told

    def _send(self, frame: wire.Send) -> None:
        self._owed += 1
        super()._send(frame)

    async def answers(self) -> list[str]:
        """Return the answers when all are there, or what came in a bounded time."""
        if self._session is not None:
            self._session.wrote |= self.wrote
        try:
            async with asyncio.timeout(self._gateway.config.limits.post_seconds):
                while len(self.told) < self._owed and not self.is_over:
                    self._come.clear()
                    await self._come.wait()
        except TimeoutError:
            pass
        return list(self.told)

    def push(self, text: str) -> None:
        """Answer with a frame."""
        self.told.append(text)
        self._come.set()

    def dismiss(self, why: str) -> None:
        """Say goodbye to the page, and end its stream where it is at hand."""
        if self.is_over:
            return
        self.is_over = True
        self.push(goodbye(why, self._gateway.config.limits.come_back_ms))
        if self._session is not None:
            self._session.dismiss(why)


class Guests:
    """Posts of streams that another process serves: asked of the base each time."""

    def __init__(self, gateway: Process) -> None:
        self._gateway = gateway
        self._pace: dict[str, tuple[Bucket, Bucket]] = {}

    async def post(self, stream: str, address: str) -> Post | str:
        """Return the post of a stream (its hash), or why it has no right; raises Lost."""
        post, reader = Post(self._gateway, address), self._gateway.reader
        found = await reader.rows(STREAM, [stream, False])
        if not found:
            return "ticket"
        post.account, post.handle, post.consultation = found[0]
        asked = log.asked(post.consultation, post.account, wire.SEQ_LIMIT, 1)
        rows = await reader.rows(log.REPLAY, [json.dumps([asked])])
        told = log.replay_of(rows[0][2])
        if told is None:
            return "stranger"
        you = next(one for one in told.members if one.account == post.account)
        post.side, post.name, post.sent = you.side, you.name, told.last
        post.messages, post.frames = self._pace.setdefault(stream, (post.messages, post.frames))
        while len(self._pace) > GUESTS:
            del self._pace[next(iter(self._pace))]
        return post

    async def wrote(self, stream: str) -> None:
        """Keep the session of somebody who writes, as a page would; raises Lost."""
        await self._gateway.reader.rows(STREAM, [stream, True])


def goodbye(why: str, come_back_ms: int) -> str:
    """Return the frame that ends a page's line."""
    again = ENDS[why][1]
    wait = random.randrange(come_back_ms) if again else 0
    return wire.frame("bye", why=why, again=again, wait=wait)
