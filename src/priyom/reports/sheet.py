"""Tables as files that Russian Excel opens by a double click, and that cannot bring formulas along.

UTF-8 with a mark at the start, semicolons, CRLF, a comma in decimals. A cell that a spreadsheet
would take for a formula begins with an apostrophe (OWASP, «CSV injection»).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import timedelta

from django.http import HttpResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}",
            "\N{FULLWIDTH PLUS SIGN}", "\N{FULLWIDTH HYPHEN-MINUS}",
            "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
Cell = str | int | timedelta | bool | None


def defused(value: Cell) -> str:
    """Return what stands in a cell: a length of time in hours, «да», or text that is no formula."""
    if value is None or value is False:
        return ""
    if value is True:
        return "да"
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 3600:.1f}".replace(".", ",")
    text = str(value)
    # Spaces before the sign are no shelter: some programs cut them off first.
    if text.lstrip(" \N{NO-BREAK SPACE}").startswith(_FORMULA):
        text = f"'{text}"
    return text.replace("\r", " ").replace("\n", " ").replace("\0", "")


def table(head: Iterable[str], rows: Iterable[Iterable[Cell]]) -> bytes:
    """Return the file."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([defused(cell) for cell in head])
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def download(name: str, head: Iterable[str], rows: Iterable[Iterable[Cell]]) -> HttpResponse:
    """Return the file as an answer that is saved and never shown; `name` is Latin."""
    answer = HttpResponse(table(head, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
