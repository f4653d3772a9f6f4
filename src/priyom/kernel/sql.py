"""SQL that stands in files beside its room, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def text(path: str | Path) -> str:
    """Return the text of an .sql file (UTF-8)."""
    return Path(path).read_text(encoding="utf-8")
