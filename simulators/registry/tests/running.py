"""The simulator as a real HTTP server on a free port, in a thread, with faults to switch on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.applications import Starlette

from simulators.aside import serving
from simulators.registry.application import BASE, Registry, Served

AUTHORIZATION = "secret of the registry"


@contextmanager
def running(folder: Path) -> Iterator[Served]:
    """Yield the running simulator; documents go under `address(served)`."""

    def make(url: str) -> tuple[Served, Starlette]:
        served = Served(AUTHORIZATION, folder, url)
        return served, Registry(served).application()

    with serving(make) as served:
        yield served


def address(served: Served) -> str:
    """Return the address that a client is given."""
    return f"{served.url}{BASE}"
