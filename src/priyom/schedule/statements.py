"""The statements of take.sql and free.sql, each by its name, read once."""

from __future__ import annotations

from pathlib import Path

from priyom.kernel import sql


def statement(file: str, name: str) -> str:
    """Return the text under «-- name: …» of a file of this room."""
    return sql.named(Path(__file__).with_name(file))[name]
