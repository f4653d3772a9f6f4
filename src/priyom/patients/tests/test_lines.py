"""Each line of a file is a card, or says what is wrong in which column and what to do."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priyom.patients.lines import COLUMNS, Fault, Line, Reader, card_key, header_fault

CLINIC = UUID(int=7)
READER = Reader("mis", date(2026, 1, 1), {"1.2.643.5": CLINIC})
ROW = {
    "number": "17", "family": " Иванова ", "given": "Анна", "patronymic": "нет",
    "birth_on": "12.03.1984", "sex": "Ж", "snils": "112-233-445 95", "enp": "7941983111972141",
    "document": "4008 123456", "phone": "555-10-20", "email": "anna@mail.ru",
    "address": "Невский,  1", "attached_to": "1.2.643.5",
}  # fmt: skip


def test_a_sound_line_is_kept_as_the_index_keeps_cards() -> None:
    line = READER.read(2, ROW)
    assert isinstance(line, Line)
    assert line.card == {
        "family": "Иванова", "given": "Анна", "patronymic": "", "birth_on": date(1984, 3, 12),
        "sex": "f", "snils": "11223344595", "enp": "7941983111972141", "document": "4008:123456",
        "phone": "+78125551020", "email": "anna@mail.ru", "address": "Невский, 1",
        "attached_to_id": CLINIC,
    }  # fmt: skip
    assert READER.read(2, {**ROW, "birth_on": "1984-03-12", "sex": "f"}) == line


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        ("number", " ", "card's number"), ("family", "", "as in the document"),
        ("given", "", "as in the document"), ("family", "Ив4нова", "digits"),
        ("birth_on", "31.02.1984", "is no date"), ("birth_on", "1890-01-01", "before 1901"),
        ("birth_on", "2026-01-02", "not come yet"), ("sex", "x", "write one of them"),
        ("snils", "112-233-445 96", "check digit"), ("snils", "1122", "4 digits instead of 11"),
        ("enp", "7941983111972142", "check digit"), ("phone", "12", "is no phone"),
        ("email", "анна", "cannot be"), ("attached_to", "9.9", "No МО"),
        ("address", "й" * 201, "Longer than 200"),
    ],
)  # fmt: skip
def test_a_fault_names_line_column_and_what_to_do(column: str, text: str, says: str) -> None:
    found = READER.read(5, {**ROW, column: text})
    assert isinstance(found, list)
    assert [(one.line, one.column) for one in found] == [(5, column)]
    assert says in found[0].text


def test_all_faults_of_a_line_are_told_at_once() -> None:
    found = READER.read(5, {**ROW, "sex": "", "snils": "1", "birth_on": "?"})
    assert isinstance(found, list)
    assert {one.column for one in found} == {"sex", "snils", "birth_on"}


def test_header() -> None:
    assert header_fault(COLUMNS) == ""
    assert "names no column given" in header_fault(["number", "family", "birth_on", "sex"])
    assert "nobody knows: colour" in header_fault([*COLUMNS, "colour"])
    assert "twice: sex" in header_fault([*COLUMNS, "sex"])


def test_the_same_number_of_the_same_system_is_the_same_card() -> None:
    assert card_key("mis", "17") == card_key("mis", "17")
    assert card_key("mis", "17") != card_key("other", "17")
    assert card_key("mis", "17") < card_key("mis", "18")
    assert card_key("mis", "x").version == 7


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=30)))
def test_no_text_breaks_the_reader(row: dict[str, str]) -> None:
    read = READER.read(2, row)
    assert isinstance(read, Line) or all(isinstance(one, Fault) for one in read)
