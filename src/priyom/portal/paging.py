"""Where a long thread goes on, as addresses say it."""

from __future__ import annotations

from django.http import HttpRequest


def before(request: HttpRequest) -> int | None:
    """Return `?before=<number>`: the page shows the entries before it; None for the newest."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
