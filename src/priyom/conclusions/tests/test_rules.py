"""What must stand in a conclusion, and what is not settled from afar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priyom.conclusions import rules
from priyom.conclusions.rules import ConclusionState, Content, content_of
from priyom.icd10.rules import split_diagnosis
from priyom.kernel.refusal import Refusal

TODAY = date(2026, 11, 24)
FULL = Content(complaints="Кашель", diagnosis_code="J06.9", diagnosis="ОРВИ", recommendations="Чай")


def changed(field: str, value: Any) -> Content:
    return replace(FULL, **{field: value})


def test_full_content_has_no_problem() -> None:
    assert rules.problems(FULL, TODAY) == {}


@pytest.mark.parametrize("field", ["complaints", "recommendations"])
def test_says_beside_the_field_what_is_missing(field: str) -> None:
    assert set(rules.problems(changed(field, ""), TODAY)) == {field}


def test_code_or_words_are_enough_for_a_diagnosis() -> None:
    assert not rules.problems(replace(FULL, diagnosis=""), TODAY)
    assert not rules.problems(replace(FULL, diagnosis_code=""), TODAY)
    assert "diagnosis" in rules.problems(replace(FULL, diagnosis="", diagnosis_code=""), TODAY)


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("J06.9 ОРВИ", ("J06.9", "ОРВИ")),
        ("j06,9", ("J06.9", "")),
        ("М54.5. Боль внизу спины", ("M54.5", "Боль внизу спины")),
        ("I10 — гипертония", ("I10", "гипертония")),
        ("Гипертония", ("", "Гипертония")),
        ("J6.9 ОРВИ", ("", "J6.9 ОРВИ")),
        ("Я10 не код", ("", "Я10 не код")),
        ("", ("", "")),
    ],
)
def test_code_is_understood_as_typed(typed: str, parts: tuple[str, str]) -> None:
    assert split_diagnosis(typed) == parts


def test_code_of_a_wrong_form_is_told() -> None:
    assert "J06.9" in rules.problems(content_of({"diagnosis": "J6.9 ОРВИ"}), TODAY)["diagnosis"]


@pytest.mark.parametrize(
    ("field", "wrong", "right"),
    [
        ("temperature", "384", "38,4"),
        ("saturation", "много", "95"),
        ("breaths", "200", "18"),
        ("pressure", "120", "120/80"),
    ],
)
def test_measures_are_numbers(field: str, wrong: str, right: str) -> None:
    assert field in rules.problems(changed(field, wrong), TODAY)
    assert field not in rules.problems(changed(field, right), TODAY)


def test_without_an_in_person_visit_everything_is_preliminary() -> None:
    assert rules.settled(replace(FULL, is_preliminary=False)).is_preliminary
    assert content_of({"is_preliminary": ""}).is_preliminary
    seen = content_of({"in_person_on": "2026-11-20", "in_person_by": "Петров, п-ка 38"})
    assert not seen.is_preliminary
    assert not rules.settled(seen).is_preliminary


def test_in_person_visit_needs_a_past_day_and_a_doctor() -> None:
    found = rules.problems(replace(FULL, in_person_on=date(2026, 11, 25)), TODAY)
    assert set(found) == {"in_person_on", "in_person_by"}


def test_too_long_and_no_date_are_refused_beside_the_field() -> None:
    with pytest.raises(Refusal) as refused:
        content_of({"complaints": "а" * (rules.TEXT_LIMIT + 1)})
    assert refused.value.field == "complaints"
    with pytest.raises(Refusal) as refused:
        content_of({"in_person_on": "31.02.2026"})
    assert refused.value.field == "in_person_on"


@given(st.fixed_dictionaries({name: st.text(max_size=12) for name in rules.LIMITS}))
def test_what_was_saved_comes_back_the_same(values: dict[str, str]) -> None:
    once = content_of(values)
    assert content_of(rules.as_values(once)) == once


def test_codes_are_long_and_readable() -> None:
    code = rules.new_code()
    assert rules.typed_code(rules.shown_code(code).lower()) == code
    assert len({rules.new_code() for _ in range(100)}) == 100


def test_patient_sees_nothing_unsigned() -> None:
    assert not rules.PATIENT_SEES & rules.OPEN
    assert set(ConclusionState) == rules.PATIENT_SEES | rules.OPEN
