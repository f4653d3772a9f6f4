"""Statements of a file by their names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from priyom.kernel import sql


def test_each_statement_has_its_name(tmp_path: Path) -> None:
    file = tmp_path / "two.sql"
    file.write_text(
        "-- Why.\n\n-- name: one\nSELECT 1 -- name: no\n\n-- name: two\n-- So.\nSELECT 2\n"
    )
    named: Any = sql.named(file)
    assert dict(named) == {"one": "SELECT 1 -- name: no", "two": "-- So.\nSELECT 2"}
    with pytest.raises(TypeError):
        named["one"] = ""
