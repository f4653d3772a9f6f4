"""The simulator as a real HTTP server on a free port, in a thread, with faults to switch on."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from starlette.applications import Starlette

from simulators.aside import serving
from simulators.esia.application import Provider, Registered


def running(folder: Path, public: str, secret: str) -> AbstractContextManager[Registered]:
    """Yield the running simulator's client; its `issuer` is where it answers."""

    def make(address: str) -> tuple[Registered, Starlette]:
        client = Registered(
            issuer=address,
            redirect_uri=f"{public}/my/esia/callback/",
            client_id="priyom",
            client_secret=secret,
            folder=folder,
        )
        return client, Provider(client).application()

    return serving(make)
