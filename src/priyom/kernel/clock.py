"""The one clock of the house, in UTC; tests freeze it, nobody else reads the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")


def _system() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _system


def now() -> datetime:
    """Return the present instant, aware, UTC."""
    return _read()


def today() -> date:
    """Return the present date in Moscow time, the day people speak of."""
    return now().astimezone(MOSCOW).date()


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Let `now` stand at `instant` (aware) inside the block; tests and the demo only."""
    global _read
    before = _read
    _read = lambda: instant  # noqa: E731 - one line says it
    try:
        yield
    finally:
        _read = before
