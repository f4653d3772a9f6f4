"""What the clock does, row by row: one row's trouble never stops the next."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from priyom.kernel.refusal import Refusal

_log = logging.getLogger(__name__)
Row = TypeVar("Row")


def each(what: str, rows: Iterable[Row], act: Callable[[Row], object]) -> int:
    """Do the act with each row, in the transaction that the act opens; returns how many it did.

    A Refusal means that somebody was quicker. Whatever else goes wrong is logged as `what` with
    the row's key (priyom.kernel.logs leaves out what was in it); the next tick tries it again.
    """
    done = 0
    for row in rows:
        try:
            done += bool(act(row))
        except Refusal:
            continue
        except Exception:
            _log.exception("%s of %s", what, getattr(row, "pk", row))
    return done
