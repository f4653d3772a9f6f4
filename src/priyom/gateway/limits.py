"""How fast one client may go."""

from __future__ import annotations

import time


class Bucket:
    """Token bucket: `burst` at once, then `rate` a second."""

    __slots__ = ("burst", "full", "rate", "since")

    def __init__(self, rate: float, burst: int) -> None:
        self.rate = rate
        self.burst = burst
        self.full = float(burst)
        self.since = time.monotonic()

    def take(self) -> bool:
        """Take one token; False when there is none."""
        now = time.monotonic()
        self.full = min(self.burst, self.full + (now - self.since) * self.rate)
        self.since = now
        if self.full < 1:
            return False
        self.full -= 1
        return True
