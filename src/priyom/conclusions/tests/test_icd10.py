"""Codes are found as doctors type them."""

from __future__ import annotations

import pytest

from priyom.conclusions import icd10
from priyom.conclusions.rules import split_diagnosis


def test_list_is_long_unique_and_well_formed() -> None:
    codes = [one.code for one, _ in icd10.known()]
    assert len(codes) >= 300
    assert len(codes) == len(set(codes))
    for one, _ in icd10.known():
        assert split_diagnosis(one.line) == (one.code, one.name)
        assert len(one.line) <= 300


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("j06", "J06.0"),
        ("J06,9", "J06.9"),
        ("М54.5", "M54.5"),
        ("J06.9 остр", "J06.9"),
        ("бронхит остр", "J20.9"),
        ("боль внизу", "M54.5"),
        ("орви", "J06.9"),
        ("гипертония", "I10"),
        ("железодеф анем", "D50.9"),
        ("j", "J00"),
    ],
)
def test_finds_by_code_or_words(typed: str, code: str) -> None:
    assert code in [one.code for one in icd10.search(typed)]


@pytest.mark.parametrize("typed", ["", "   ", "яяя", "%_", "J99.9 нет такого", "🙂", "(", "\\"])
def test_finds_nothing_for_nothing(typed: str) -> None:
    assert icd10.search(typed) == []
