"""WebSocket by the websockets library; nothing else in the gateway knows which one it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from websockets import Headers, Origin, Request, Response
from websockets.asyncio.server import Server, ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

from priyom.chat.wire import SIGNAL_LIMIT
from priyom.gateway.config import Config
from priyom.gateway.pipe import Gone, Pipe

Answer = tuple[HTTPStatus, str, str]
"""Status, text and media type of a plain HTTP answer."""


class SocketPipe:
    """One accepted socket."""

    def __init__(self, socket: ServerConnection, address: str) -> None:
        self._socket = socket
        self.address = address

    async def receive(self) -> bytes:
        """Return the next frame; raises Gone."""
        try:
            return await self._socket.recv(decode=False)
        except ConnectionClosed:
            raise Gone from None

    async def send(self, text: str) -> None:
        """Send, and wait for a slow reader; raises Gone."""
        try:
            await self._socket.send(text)
        except ConnectionClosed:
            raise Gone from None

    def push(self, text: str) -> None:
        """Send without waiting."""
        broadcast([self._socket], text)

    def waiting(self) -> int:
        """Return the bytes that the kernel has not taken."""
        return self._socket.transport.get_write_buffer_size()

    async def close(self, code: int, reason: str) -> None:
        """Say goodbye; the library breaks the line when the other side does not answer."""
        await self._socket.close(code, reason)


async def listen(
    config: Config,
    accept: Callable[[Pipe], Awaitable[None]],
    answer: Callable[[str], Answer],
) -> Server:
    """Serve /ws by `accept`, any other path by `answer`; only pages of our origin get a socket."""

    async def handle(socket: ServerConnection) -> None:
        await accept(SocketPipe(socket, _address_of(socket, config)))

    def plain(socket: ServerConnection, request: Request) -> Response | None:
        path = request.path.partition("?")[0]
        return None if path == "/ws" else _response(*answer(path))

    return await serve(
        handle,
        config.host,
        config.port,
        origins=[Origin(config.origin)],
        process_request=plain,
        compression=None,
        max_size=SIGNAL_LIMIT,
        max_queue=16,
        open_timeout=10,
        close_timeout=2,
        ping_interval=config.limits.ping_seconds,
        ping_timeout=config.limits.ping_seconds,
    )


def _address_of(socket: ServerConnection, config: Config) -> str:
    told = socket.request.headers.get_all("X-Forwarded-For") if socket.request else []
    return config.client(str(socket.remote_address[0]), ",".join(told))


def _response(status: HTTPStatus, text: str, kind: str) -> Response:
    body = text.encode()
    headers = Headers(
        {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
    )
    return Response(status.value, status.phrase, headers, body)
