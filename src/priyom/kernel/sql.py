"""SQL that stands in files beside its room, read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType


@cache
def text(path: str | Path) -> str:
    """Return the text of an .sql file (UTF-8)."""
    return Path(path).read_text(encoding="utf-8")


@cache
def named(path: str | Path) -> Mapping[str, str]:
    """Return the statements of an .sql file, each by its name on the line «-- name: …» above it."""
    parts = re.split(r"^-- name: (\w+)\n", text(path), flags=re.M)
    statements = (part.strip() for part in parts[2::2])
    return MappingProxyType(dict(zip(parts[1::2], statements, strict=True)))
