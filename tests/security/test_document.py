"""docs/security.md names only tests that exist."""

from __future__ import annotations

import re

from priyom.testing import house

_NAMED = re.compile(r"`((?:tests|\w+/tests)/\w+(?:/\w+)?\.py)(?:::(\w+))?`")


def test_each_control_names_a_test_that_is_there() -> None:
    text = (house.ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = _NAMED.findall(text)
    assert len(named) > 40
    wrong = []
    for path, test in named:
        file = house.ROOT / path if path.startswith("tests/") else house.SOURCE / path
        if not file.is_file() or (test and f"def {test}(" not in house.text(file)):
            wrong.append(f"{path}::{test}")
    house.require_none(wrong)
    rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    house.require_none(row[:60] for row in rows[1:] if "_" not in row.rsplit("|", 2)[1])
