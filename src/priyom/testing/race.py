"""Several people press at the same instant: real threads, real connections, real commits."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

Outcome = TypeVar("Outcome")


def race(*acts: Callable[[], Outcome]) -> list[Outcome | Exception]:
    """Run the acts at once, each in its own thread and connection; needs `committed_db`.

    Returns what each returned or raised, in the order given.
    """
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Outcome]) -> Outcome | Exception:
        try:
            barrier.wait(10)
            return act()
        except Exception as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(run, acts))
