"""Django beside Playwright, whose event loop keeps the database shut in its own thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

Outcome = TypeVar("Outcome")


def apart(act: Callable[[], Outcome]) -> Outcome:
    """Return what the act returns; it is called in a thread of its own."""

    def run() -> Outcome:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        return other.submit(run).result()
