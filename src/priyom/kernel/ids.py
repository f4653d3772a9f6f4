"""UUIDv7 keys (RFC 9562): ordered by time, made in the program, on PostgreSQL 15 too."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from uuid import UUID


def uuid7(at: datetime | None = None) -> UUID:
    """Return a new UUIDv7 of this millisecond, or of the aware instant `at`."""
    millis = int(at.timestamp() * 1000) if at else time.time_ns() // 1_000_000
    raw = bytearray(millis.to_bytes(6, "big") + os.urandom(10))
    raw[6] = 0x70 | (raw[6] & 0x0F)
    raw[8] = 0x80 | (raw[8] & 0x3F)
    return UUID(bytes=bytes(raw))


def made_at(key: UUID) -> datetime:
    """Return the UTC instant that a UUIDv7 carries."""
    return datetime.fromtimestamp(int.from_bytes(key.bytes[:6], "big") / 1000, UTC)
