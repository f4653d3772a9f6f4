"""The chat for networks that break WebSocket: the same frames as events of one long answer
(`/live/stream`) or by polls (`/live/poll`), and up by POST (`/live/send`).

A ticket opens a stream. Its secret comes with each request, in a header that nobody logs.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
from collections.abc import Callable
from typing import Any, Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from priyom.accounts.ticket import OPEN, STREAM, hash_of
from priyom.chat import wire
from priyom.gateway.line import Lost
from priyom.gateway.pipe import Pipe
from priyom.gateway.posts import Guests, Post, goodbye
from priyom.gateway.session import Entry, House, Session
from priyom.gateway.streams import StreamPipe

logger = logging.getLogger("priyom.gateway.live")
HEADER = "Priyom-Stream"
POST_LIMIT = 2 * wire.SIGNAL_LIMIT
POST_FRAMES = 64
PADDING = b":" + b" " * 2048 + b"\n\n"
"""Some proxies keep the first bytes of an answer until they have enough to look at."""
_HEADERS = {
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
}
Cut = Callable[[Scope], None]
"""Breaks the connection of a request: its client does not read."""


class Gateway(House, Protocol):
    """What the transports ask of their process."""

    def accept(self, pipe: Pipe, entry: Entry) -> Session:
        """Return the session of a new client, to be run."""


class Live:
    """The streams of this process."""

    def __init__(self, gateway: Gateway, cut: Cut) -> None:
        self._gateway = gateway
        self._cut = cut
        self._guests = Guests(gateway)
        self._open: dict[str, tuple[Session, StreamPipe]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def routes(self) -> list[BaseRoute]:
        """Return the addresses."""
        return [
            Route("/live/stream", self.stream, methods=["POST"]),
            Route("/live/poll", self.poll, methods=["POST"]),
            Route("/live/send", self.send, methods=["POST"]),
        ]

    # -- down

    async def stream(self, request: Request) -> Response:
        """Answer a hello with events for as long as both sides live."""
        hello = await self._body(request, wire.FRAME_LIMIT)
        if isinstance(hello, Response):
            return hello
        secret, pipe = self._opened(request, hello)
        return Events(pipe, secret, self._gateway.config.limits.heartbeat_seconds, self._cut)

    async def poll(self, request: Request) -> Response:
        """Answer with what lies there, or wait for it; without a stream the body is a hello."""
        body = await self._body(request, wire.FRAME_LIMIT)
        if isinstance(body, Response):
            return body
        secret = request.headers.get(HEADER, "")
        if not secret:
            secret, pipe = self._opened(request, body)
            return await self._polled(request, secret, pipe)
        asked = _asked(body)
        if asked is None:
            return _refusal(400)
        nonce, at, after = asked
        known = self._open.get(hash_of(secret))
        if known is None:
            try:
                found = await self._resumed(request, hash_of(secret), after)
            except Lost:
                return _refusal(503)
            if found is None:
                return _json(_polled("", 0, [self._bye("ticket")], 4401), secret)
            return await self._polled(request, secret, found)
        known[1].confirmed(nonce, at)
        return await self._polled(request, secret, known[1])

    async def _polled(self, request: Request, secret: str, pipe: StreamPipe) -> Response:
        turn = pipe.attach()
        waiting = asyncio.create_task(pipe.more(self._gateway.config.limits.poll_seconds))
        leaving = asyncio.create_task(_left(request))
        try:
            await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            leaving.cancel()
            pipe.detach(turn)
        frames = pipe.frames()
        is_last = bool(pipe.code) and pipe.at(len(frames)) == pipe.last
        answer = _polled(pipe.nonce, pipe.at(len(frames)), frames, pipe.code if is_last else 0)
        if is_last:
            pipe.ended.set()
        return _json(answer, secret)

    def _opened(self, request: Request, hello: bytes) -> tuple[str, StreamPipe]:
        """Begin a stream under a new secret; its ticket is redeemed by its session."""
        secret = secrets.token_urlsafe(24)
        key = hash_of(secret)

        def entry(told: wire.Hello) -> tuple[Any, list[Any]]:
            return OPEN, [hash_of(told.ticket), key, told.consultation]

        return secret, self._begun(request, key, hello, entry)

    async def _resumed(self, request: Request, key: str, after: int) -> StreamPipe | None:
        """Take over a stream from another process; None when it leads nowhere. Raises Lost."""
        found = await self._gateway.reader.rows(STREAM, [key, False])
        if not found:
            return None
        hello = wire.frame("hello", ticket="-", consultation=found[0][2], after=after)
        return self._begun(request, key, hello.encode(), lambda _: (STREAM, [key, False]))

    def _begun(self, request: Request, key: str, hello: bytes, entry: Entry) -> StreamPipe:
        pipe = StreamPipe(_client(request), hello, self._gateway.config.limits)
        session = self._gateway.accept(pipe, entry)
        self._gateway.counters.streams += 1
        self._open[key] = (session, pipe)
        task = asyncio.create_task(session.run())
        self._running.add(task)

        def done(task: asyncio.Task[None]) -> None:
            self._running.discard(task)
            if self._open.get(key, (None,))[0] is session:
                del self._open[key]
            if not task.cancelled() and task.exception() is not None:
                logger.error("a stream broke", exc_info=task.exception())

        task.add_done_callback(done)
        return pipe

    # -- up

    async def send(self, request: Request) -> Response:
        """Take frames, one on a line, and answer with their acks and refusals."""
        body = await self._body(request, POST_LIMIT)
        if isinstance(body, Response):
            return body
        frames = body.split(b"\n")
        if len(frames) > POST_FRAMES:
            return _refusal(413)
        self._gateway.counters.posts += 1
        key = hash_of(request.headers.get(HEADER, ""))
        try:
            post = await self._post(key, _client(request))
            if isinstance(post, str):
                return _json(f"[{self._bye(post)}]")
            for frame in frames:
                if not post.is_over:
                    post.take(frame)
            told = await post.answers()
            if post.wrote and key not in self._open:
                await self._guests.wrote(key)
        except Lost:
            return _refusal(503)
        return _json(f"[{','.join(told)}]")

    async def _post(self, key: str, address: str) -> Post | str:
        known = self._open.get(key)
        if known is not None and known[0].is_live:
            return Post(self._gateway, address, known[0])
        return await self._guests.post(key, address)

    def _bye(self, why: str) -> str:
        self._gateway.counters.turned_away += 1
        return goodbye(why, self._gateway.config.limits.come_back_ms)

    async def _body(self, request: Request, limit: int) -> bytes | Response:
        """Return the body of a page of ours, or what to answer to anybody else."""
        if request.headers.get("Origin") != self._gateway.config.origin:
            return _refusal(403)
        parts, size = [], 0
        try:
            async with asyncio.timeout(self._gateway.config.limits.hello_seconds):
                async for part in request.stream():
                    size += len(part)
                    if size > limit:
                        return _refusal(413)
                    parts.append(part)
        except (TimeoutError, ClientDisconnect):
            return _refusal(408)
        return b"".join(parts)


class Events(Response):
    """Server-sent events: a frame each, comments while there is none, the code at the end."""

    def __init__(self, pipe: StreamPipe, secret: str, beat: float, cut: Cut) -> None:
        super().__init__(
            headers={**_HEADERS, HEADER: secret}, media_type="text/event-stream; charset=utf-8"
        )
        del self.headers["Content-Length"]
        self._pipe = pipe
        self._beat = beat
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write until the session ends or the client goes; a client that reads not is cut off."""
        pipe = self._pipe
        writing = asyncio.create_task(self._write(send))
        leaving = asyncio.create_task(_left(Request(scope, receive)))
        ended = asyncio.create_task(pipe.ended.wait())
        try:
            await asyncio.wait({writing, leaving, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not writing.done() and not leaving.done():
                self._cut(scope)
        finally:
            for task in (writing, leaving, ended):
                task.cancel()
            pipe.gone()
            with contextlib.suppress(asyncio.CancelledError):
                await writing

    async def _write(self, send: Send) -> None:
        async def out(body: bytes, *, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": body, "more_body": more})

        pipe = self._pipe
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await out(PADDING)
        while True:
            frames = pipe.frames()
            if frames:
                await out("".join(f"data: {one}\n\n" for one in frames).encode())
                pipe.dropped(len(frames))
            elif pipe.code:
                await out(f"event: close\ndata: {pipe.code}\n\n".encode(), more=False)
                return
            elif not await pipe.more(self._beat):
                await out(b":\n\n")


async def _left(request: Request) -> None:
    """Return when the client has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _client(request: Request) -> str:
    # Uvicorn has put here what the own proxy says.
    return request.client.host if request.client else ""


def _asked(body: bytes) -> tuple[str, int, int] | None:
    """Return (nonce, at, after) of a poll; None when it is none."""
    try:
        told = json.loads(body)
        nonce, at, after = told["nonce"], told["at"], told["after"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    numbers = all(type(one) is int and 0 <= one <= wire.SEQ_LIMIT for one in (at, after))
    return (nonce, at, after) if isinstance(nonce, str) and numbers else None


def _polled(nonce: str, at: int, frames: list[str], closed: int) -> str:
    return f'{{"nonce":"{nonce}","at":{at},"closed":{closed},"frames":[{",".join(frames)}]}}'


def _json(text: str, secret: str = "") -> Response:
    headers = {**_HEADERS, HEADER: secret} if secret else _HEADERS
    return Response(text, headers=headers, media_type="application/json")


def _refusal(status: int) -> Response:
    return Response(status_code=status, headers=_HEADERS)
