"""What reaches the logs: never the values that a person typed."""

from __future__ import annotations

import logging
from types import TracebackType

_NEXT = ("The above exception", "During handling", "Traceback ")


class Plain(logging.Formatter):
    """Drops the lines in which PostgreSQL quotes a row: «DETAIL: Key (snils)=(…) exists»."""

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """Return the traceback without what was in the row."""
        kept, is_row = [], False
        for line in super().formatException(ei).splitlines():
            # A row may hold texts of several lines; only the next traceback ends it.
            is_row = line.startswith("DETAIL:") or (is_row and not line.startswith(_NEXT))
            if not is_row:
                kept.append(line)
        return "\n".join(kept)
