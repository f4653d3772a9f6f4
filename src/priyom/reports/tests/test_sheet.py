"""A file for a spreadsheet brings no formula along, and Russian Excel reads it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priyom.reports.sheet import Cell, defused, table

SIGNS = "=+-@\t\r\n＝＋－＠"


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", " ", "\N{NO-BREAK SPACE} "])
def test_what_begins_like_a_formula_is_only_text(sign: str, before: str) -> None:
    assert defused(f"{before}{sign}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Иванова А. С.", "Иванова А. С."),
        (12, "12"),
        (0, "0"),
        (None, ""),
        (True, "да"),
        (False, ""),
        (timedelta(hours=3, minutes=30), "3,5"),
        ("a=b", "a=b"),
        ("две\nстроки", "две строки"),
    ],
)
def test_cells(value: Cell, shown: str) -> None:
    assert defused(value) == shown


@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), max_size=4))
def test_any_text_comes_back_whole_and_harmless(rows: list[list[str]]) -> None:
    made = table(("А", "Б"), rows)
    assert made.startswith(b"\xef\xbb\xbf")
    text = made.decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert len(read) == len(rows) + 1
    for row in read:
        for cell in row:
            assert not cell.startswith(tuple(SIGNS))
