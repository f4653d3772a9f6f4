"""The statements of take.sql and free.sql, each by its name, read once."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from priyom.kernel import sql


@cache
def statement(file: str, name: str) -> str:
    """Return the text under «-- name: …» of a file of this room."""
    whole = sql.text(Path(__file__).with_name(file))
    parts = re.split(r"^-- name: (\w+)\n", whole, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[name]
