"""The simulator as a real HTTP server on a free port, in a thread, with faults to switch on."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from simulators.esia.application import Provider, Registered


@contextmanager
def running(folder: Path, public: str, secret: str) -> Iterator[Registered]:
    """Yield the running simulator's client; its `issuer` is where it answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        client = Registered(
            issuer=f"http://127.0.0.1:{listener.getsockname()[1]}",
            redirect_uri=f"{public}/my/esia/callback/",
            client_id="priyom",
            client_secret=secret,
            folder=folder,
        )
        config = uvicorn.Config(Provider(client).application(), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield client
        finally:
            server.should_exit = True
            thread.join(10)
