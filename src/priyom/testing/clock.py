"""A clock that tests move: `priyom.kernel.clock.now` stands until it is told to go on.

PostgreSQL's own now() is not moved: what the database decides (holds, tickets) is tested by
changing the row instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from priyom.kernel import clock


class Clock:
    """The frozen instant of a test, aware, UTC."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def set(self, instant: datetime) -> None:
        """Let it be `instant` (aware)."""
        self.instant = instant.astimezone(UTC)

    def forward(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
        """Let time pass; return the new instant."""
        self.instant += timedelta(days=days, hours=hours, minutes=minutes)
        return self.instant


@contextmanager
def frozen(patch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Yield a clock that stands at the present second."""
    moved = Clock(datetime.now(UTC).replace(microsecond=0))
    with patch.context() as inner:
        inner.setattr(clock, "_read", lambda: moved.instant)
        yield moved
