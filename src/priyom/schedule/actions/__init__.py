"""Acts on slots: one public function is one act is one transaction."""

from priyom.schedule.actions.booking import (
    book,
    free,
    hold,
    hold_any,
    release,
    release_expired,
)
from priyom.schedule.actions.closing import block, block_day, unblock

__all__ = [
    "block",
    "block_day",
    "book",
    "free",
    "hold",
    "hold_any",
    "release",
    "release_expired",
    "unblock",
]
