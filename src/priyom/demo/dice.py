"""The demo's chance: the same seed and the same day give the same region."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

SEED = "Приём, регион"
Thing = TypeVar("Thing")


class Dice(random.Random):
    """A seeded generator that makes keys too."""

    def key(self, at: datetime) -> UUID:
        """Return a UUIDv7 of the aware instant `at`, its chance part from the seed."""
        millis = int(at.timestamp() * 1000) & ((1 << 48) - 1)
        chance = self.getrandbits(74)
        high, low = chance >> 62, chance & ((1 << 62) - 1)
        return UUID(int=(millis << 80) | (7 << 76) | (high << 64) | (2 << 62) | low)

    def often(self, share: float) -> bool:
        """Return True with the given probability."""
        return self.random() < share


def dice(day: date, part: str) -> Dice:
    """Return the generator of one part of the region, so that parts do not disturb each other."""
    return Dice(f"{SEED} {day.isoformat()} {part}")
