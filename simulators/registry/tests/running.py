"""The simulator as a real HTTP server on a free port, in a thread, with faults to switch on."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from simulators.registry.application import BASE, Registry, Served

AUTHORIZATION = "secret of the registry"


@contextmanager
def running(folder: Path) -> Iterator[Served]:
    """Yield the running simulator; documents go under `address(served)`."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        served = Served(AUTHORIZATION, folder, f"http://127.0.0.1:{listener.getsockname()[1]}")
        config = uvicorn.Config(Registry(served).application(), log_level="error", lifespan="off")
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


def address(served: Served) -> str:
    """Return the address that a client is given."""
    return f"{served.url}{BASE}"
