"""A simulator as a real HTTP server in a thread of a test, on a free port."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import uvicorn
from starlette.applications import Starlette

Served = TypeVar("Served")


@contextmanager
def serving(make: Callable[[str], tuple[Served, Starlette]]) -> Iterator[Served]:
    """Yield what `make` returns beside its application for the address it is served at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        served, application = make(f"http://127.0.0.1:{listener.getsockname()[1]}")
        config = uvicorn.Config(application, log_level="error", lifespan="off")
        config.timeout_graceful_shutdown = 1
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield served
        finally:
            server.should_exit = True
            thread.join(10)
