"""The second listener of the process: ordinary HTTP by uvicorn, for what is no WebSocket.

The chat's fallback transports and other rooms' ASGI apps stand here; pages of our origin only.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from http import HTTPStatus
from typing import Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Scope

from priyom.files.uploads import uploads
from priyom.gateway.config import Config
from priyom.gateway.doors import binding, bound
from priyom.gateway.live import Cut, Gateway, Live

Answer = tuple[HTTPStatus, str, str]
"""Status, text and media type of a plain HTTP answer."""


class Process(Gateway, Protocol):
    """What the listener asks of its process."""

    def answer(self, path: str) -> Answer:
        """Answer /healthz and /metrics."""


def mounts(config: Config) -> list[BaseRoute]:
    """Return the other ASGI apps of this listener, such as `Mount("/uploads", app)`.

    Each one checks Origin and right by itself. The proxy sends /live/ and /uploads/ here.
    """
    return [Mount("/uploads", uploads)]


def application(gateway: Process, cut: Cut) -> Starlette:
    """Return the ASGI app of the listener."""

    async def plain(request: Request) -> Response:
        status, text, kind = gateway.answer(request.url.path)
        return Response(text, status, media_type=kind)

    routes: list[BaseRoute] = [*Live(gateway, cut).routes(), *mounts(gateway.config)]
    routes += [Route(path, plain) for path in ("/healthz", "/metrics")]
    return Starlette(routes=routes, lifespan=_living)


@contextlib.asynccontextmanager
async def _living(app: Starlette) -> AsyncIterator[None]:
    """Open and close the mounted apps with the listener: Starlette does it for none of them."""
    async with contextlib.AsyncExitStack() as stack:
        for route in app.routes:
            if isinstance(route, Mount) and isinstance(route.app, Starlette):
                await stack.enter_async_context(route.app.router.lifespan_context(route.app))
        yield


class _Server(uvicorn.Server):
    """Uvicorn inside a process that has signals and a loop of its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def cut(self, scope: Scope) -> None:
        """Break the connection that carries a request, whatever still waits to be written."""
        for one in list(self.server_state.connections):
            if getattr(one, "scope", None) is scope:
                one.transport.abort()


@contextlib.asynccontextmanager
async def listening(gateway: Process) -> AsyncIterator[Callable[[], None]]:
    """Serve while the block runs; yield what shuts the door to newcomers and lets others finish."""
    config = gateway.config
    if not config.http_port:
        yield lambda: None
        return
    server = _Server(
        uvicorn.Config(
            application(gateway, lambda scope: server.cut(scope)),
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(config.proxies),
            forwarded_allow_ips=list(config.proxies),
            timeout_graceful_shutdown=round(2 * config.limits.drain_seconds),
        )
    )
    # Taken here: uvicorn would end the process by itself.
    with binding(config.http_host, config.http_port, "PRIYOM_GATEWAY_HTTP_LISTEN"):
        sockets = bound(config.http_host, config.http_port)
    serving = asyncio.create_task(server.serve(sockets))
    while not (server.started or serving.done()):
        await asyncio.sleep(0.01)

    def leave() -> None:
        server.should_exit = True

    try:
        yield leave
    finally:
        leave()
        await serving
