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


def crowd(*acts: Callable[[], Outcome], at_once: int = 32) -> list[Outcome | Exception]:
    """Run many acts over `at_once` threads, each with a connection of its own that it keeps.

    Needs `committed_db`. Returns what each returned or raised, in the order given.
    """

    def run(place: int) -> list[tuple[int, Outcome | Exception]]:
        try:
            return [(turn, _outcome(acts[turn])) for turn in range(place, len(acts), at_once)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(at_once) as people:
        told = dict(pair for part in people.map(run, range(at_once)) for pair in part)
    return [told[turn] for turn in range(len(acts))]


def _outcome(act: Callable[[], Outcome]) -> Outcome | Exception:
    try:
        return act()
    except Exception as refused:
        return refused
