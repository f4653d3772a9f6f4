"""Acts on slots: one public function is one act is one transaction."""

from priyom.schedule.actions.adding import Added, add, copy_week, shift
from priyom.schedule.actions.booking import (
    book,
    free,
    hold,
    hold_any,
    keep,
    let_go,
    move,
    release,
    release_expired,
)
from priyom.schedule.actions.closing import (
    block,
    close_between,
    close_days,
    reopen_days,
    unblock,
)
from priyom.schedule.actions.planning import (
    Published,
    add_hours,
    deviate,
    drop_deviation,
    drop_hours,
    look_ahead,
    publish,
    publish_all,
)

__all__ = [
    "Added",
    "Published",
    "add",
    "add_hours",
    "block",
    "book",
    "close_between",
    "close_days",
    "copy_week",
    "deviate",
    "drop_deviation",
    "drop_hours",
    "free",
    "hold",
    "hold_any",
    "keep",
    "let_go",
    "look_ahead",
    "move",
    "publish",
    "publish_all",
    "release",
    "release_expired",
    "reopen_days",
    "shift",
    "unblock",
]
