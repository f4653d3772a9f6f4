"""WebSocket by picows; nothing else in the gateway knows which library it is.

picows parses frames and takes care of masks, the handshake and lines that fall silent. Ours:
fragments, closing, slow readers, faults of ours (its own log is shut: see `listen`), and that all
that is pushed in one turn of the loop leaves in one write.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from picows import (
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
    ws_create_server,
)

from priyom.chat.wire import SIGNAL_LIMIT
from priyom.gateway.config import Config
from priyom.gateway.flag import Flag
from priyom.gateway.pipe import Gone, Pipe, Take

logger = logging.getLogger("priyom.gateway.sockets")
Answer = tuple[HTTPStatus, str, str]
"""Status, text and media type of a plain HTTP answer."""
Accept = Callable[[Pipe], Awaitable[None]]
CLOSE_SECONDS = 2.0
EARLY = 16
"""Frames that may lie here before the session takes them; then nothing more is read."""
READ_BUFFER = 2048
_DATA = (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION)
_NO_CODE, _PROTOCOL, _FAULT, _TOO_BIG = 1005, 1002, 1011, 1009


class SocketPipe(WSListener):
    """One accepted socket."""

    def __init__(self, accept: Accept, config: Config) -> None:
        super().__init__()
        self.address = ""
        self._accept = accept
        self._config = config
        self._early: list[bytes] = []
        self._come = Flag()
        self._take: Take | None = None
        self._parts: bytearray | None = None
        self._writable = Flag()
        self._writable.set()
        self._over = Flag()
        self._closing = False
        self._line: WSTransport | None = None
        self._task: asyncio.Task[None] | None = None

    # -- the session's side

    async def receive(self) -> bytes:
        """Return the next frame; raises Gone."""
        while not self._early:
            if self._over.is_set():
                raise Gone
            self._come.clear()
            await self._come.wait()
        return self._early.pop(0)

    def hand(self, take: Take) -> None:
        """Give frames to `take` from now on, those that lie here first."""
        self._take = take
        while self._early:
            self._whole(self._early.pop(0))
        if self._line is not None and not self._over.is_set():
            self._line.underlying_transport.resume_reading()

    async def send(self, text: str) -> None:
        """Send, and wait for a slow reader; raises Gone."""
        self.push(text)
        await self._writable.wait()
        if self._closing:
            raise Gone

    def push(self, text: str) -> None:
        """Send without waiting."""
        if not self._closing and self._line is not None:
            # uvloop joins all writes of one turn of its loop into one system call.
            self._line.underlying_transport.write(framed(WSMsgType.TEXT, text.encode()))

    def waiting(self) -> int:
        """Return the bytes that the kernel has not taken."""
        if self._line is None or self._over.is_set():
            return 0
        return self._line.underlying_transport.get_write_buffer_size()

    async def close(self, code: int, reason: str) -> None:
        """Say goodbye; the line is broken when the other side does not answer."""
        self._goodbye(code, reason)
        await self._over.wait()

    async def over(self) -> None:
        """Return when the line is no more."""
        await self._over.wait()

    # -- the library's side

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Begin the session."""
        self._line = transport
        told = transport.request.headers.getall("X-Forwarded-For", [])
        peer = transport.underlying_transport.get_extra_info("peername")
        self.address = self._config.client(str(peer[0]), ",".join(told))
        transport.request.headers.clear()  # the library keeps them as long as the socket lives
        self._task = asyncio.get_running_loop().create_task(self._serve())

    async def _serve(self) -> None:
        try:
            await self._accept(self)
        except Exception:
            logger.exception("a session failed")
            await self.close(_FAULT, "")
        finally:
            self._task = None

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take one frame of the wire."""
        if frame.msg_type in _DATA:
            self._data(frame)
        elif frame.msg_type is WSMsgType.PING:
            # Who does not read is owed no more answers (RFC 6455, 5.5.3): they would pile up.
            if self._writable.is_set() and not self._closing:
                said = frame.get_payload_as_bytes()
                transport.underlying_transport.write(framed(WSMsgType.PONG, said))
        elif frame.msg_type is WSMsgType.CLOSE:
            said = frame.get_payload_as_bytes()
            self._goodbye(int.from_bytes(said[:2], "big") if said else _NO_CODE, "")
            # What waits, the answer among it, goes out first.
            transport.underlying_transport.close()

    def _data(self, frame: WSFrame) -> None:
        if self._closing:
            return
        if frame.rsv1 or frame.rsv2 or frame.rsv3:
            self._refuse(_PROTOCOL)
            return
        is_rest = frame.msg_type is WSMsgType.CONTINUATION
        if is_rest != (self._parts is not None):
            self._refuse(_PROTOCOL)
            return
        if frame.fin and not is_rest:
            self._whole(frame.get_payload_as_bytes())
            return
        parts = self._parts = self._parts or bytearray()
        parts += frame.get_payload_as_memoryview()
        if len(parts) > SIGNAL_LIMIT:
            self._refuse(_TOO_BIG)
        elif frame.fin:
            self._parts = None
            self._whole(bytes(parts))

    def _whole(self, message: bytes) -> None:
        if self._take is not None:
            try:
                self._take(message)
            except Exception:
                logger.exception("a frame was not taken")
                self._refuse(_FAULT)
            return
        self._early.append(message)
        self._come.set()
        if len(self._early) >= EARLY and self._line is not None:
            self._line.underlying_transport.pause_reading()

    def _refuse(self, code: int) -> None:
        self._parts = None
        self._goodbye(code, "")

    def _break(self) -> None:
        if self._line is not None and not self._over.is_set():
            self._line.underlying_transport.abort()

    def _goodbye(self, code: int, reason: str) -> None:
        if self._closing or self._line is None:
            return
        self._closing = True
        said = b"" if code == _NO_CODE else code.to_bytes(2, "big") + reason.encode()
        self._line.underlying_transport.write(framed(WSMsgType.CLOSE, said))
        # The answer must be read, however much lies here.
        self._line.underlying_transport.resume_reading()
        asyncio.get_running_loop().call_later(CLOSE_SECONDS, self._break)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Let the session know that the line is no more."""
        self._closing = True
        self._over.set()
        self._writable.set()
        self._come.set()

    def pause_writing(self) -> None:
        """Hold back who can wait: the reader is slow."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Go on: the reader caught up."""
        self._writable.set()


def framed(kind: WSMsgType, payload: bytes) -> bytes:
    """Return a whole unmasked frame (RFC 6455, 5.2)."""
    first, size = 0x80 | kind.value, len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 1 << 16:
        return bytes((first, 126)) + size.to_bytes(2, "big") + payload
    return bytes((first, 127)) + size.to_bytes(8, "big") + payload


async def listen(
    config: Config,
    accept: Accept,
    answer: Callable[[str], Answer],
) -> asyncio.Server:
    """Serve /ws by `accept`, any other path by `answer`; only pages of our origin get a socket."""
    # It logs each client's mistakes as errors of its own, with what was wrong in them.
    logging.getLogger("picows").setLevel(logging.CRITICAL)

    def route(request: WSUpgradeRequest) -> SocketPipe | WSUpgradeResponseWithListener:
        path = request.path.decode("ascii", "replace").partition("?")[0]
        if path != "/ws":
            return _plain(*answer(path))
        origins = request.headers.getall("Origin", [])
        if origins != [config.origin]:
            return _plain(HTTPStatus.FORBIDDEN, "another origin\n", "text/plain; charset=utf-8")
        # Firefox says «keep-alive, Upgrade», which the library does not know.
        asked = ",".join(request.headers.getall("Connection", [])).lower()
        if "upgrade" in (one.strip() for one in asked.split(",")):
            request.headers["Connection"] = "upgrade"
        return SocketPipe(accept, config)

    return await ws_create_server(
        route,
        config.host,
        config.port,
        websocket_handshake_timeout=10,
        enable_auto_pong=False,  # it answers who does not read, for ever
        enable_auto_ping=True,
        auto_ping_idle_timeout=config.limits.ping_seconds,
        auto_ping_reply_timeout=config.limits.ping_seconds,
        max_frame_size=SIGNAL_LIMIT,
        read_buffer_init_size=READ_BUFFER,
        use_aiofastnet=False,
    )


def _plain(status: HTTPStatus, text: str, kind: str) -> WSUpgradeResponseWithListener:
    headers = {"Content-Type": kind}
    if status < HTTPStatus.BAD_REQUEST:
        made = WSUpgradeResponse.create_ok_response(text.encode(), headers)
    else:
        made = WSUpgradeResponse.create_error_response(status, text.encode(), headers)
    return WSUpgradeResponseWithListener(made, None)
