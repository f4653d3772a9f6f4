"""What must stand in a conclusion, and what is not settled from afar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priyom.conclusions import content, rules
from priyom.conclusions.content import Content, content_of
from priyom.conclusions.plotting import plots_of
from priyom.conclusions.rules import ConclusionState
from priyom.icd10.rules import split_diagnosis
from priyom.kernel.refusal import Refusal

TODAY = date(2026, 11, 24)
FULL = Content(complaints="Кашель", diagnosis_code="J06.9", diagnosis="ОРВИ", recommendations="Чай")


def changed(field: str, value: Any) -> Content:
    return replace(FULL, **{field: value})


def test_full_content_has_no_problem() -> None:
    assert content.problems(FULL, TODAY) == {}


@pytest.mark.parametrize("field", ["complaints", "recommendations"])
def test_says_beside_the_field_what_is_missing(field: str) -> None:
    assert set(content.problems(changed(field, ""), TODAY)) == {field}


def test_code_or_words_are_enough_for_a_diagnosis() -> None:
    assert not content.problems(replace(FULL, diagnosis=""), TODAY)
    assert not content.problems(replace(FULL, diagnosis_code=""), TODAY)
    assert "diagnosis" in content.problems(replace(FULL, diagnosis="", diagnosis_code=""), TODAY)


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
    assert "J06.9" in content.problems(content_of({"diagnosis": "J6.9 ОРВИ"}), TODAY)["diagnosis"]


@pytest.mark.parametrize(
    ("field", "wrong", "right"),
    [
        ("temperature", "384", "38,4"),
        ("saturation", "много", "95"),
        ("saturation", "95 101", "95; 97"),
        ("pulse", "720", "72 75"),
        ("breaths", "200", "18"),
        ("pressure", "120", "120/80"),
        ("pressure", "80/120", "120 / 80"),
        ("pressure", "120/80 x", "120/80 130/85; 140/90"),
        ("temperature", " ".join(["36,6"] * 13), " ".join(["36,6"] * 12)),
        ("pressure", " ".join(["120/80"] * 13), " ".join(["120/80"] * 12)),
        ("complications", "J6.9 пневмония", "J18.9 пневмония"),
        ("concomitant", "I10\nM5 боль", "I10\nМиопия"),
    ],
)
def test_measures_are_numbers(field: str, wrong: str, right: str) -> None:
    assert field in content.problems(changed(field, wrong), TODAY)
    assert field not in content.problems(changed(field, right), TODAY)


def test_without_an_in_person_visit_everything_is_preliminary() -> None:
    assert content.settled(replace(FULL, is_preliminary=False)).is_preliminary
    assert content_of({"is_preliminary": ""}).is_preliminary
    seen = content_of({"in_person_on": "2026-11-20", "in_person_by": "Петров, п-ка 38"})
    assert not seen.is_preliminary
    assert not content.settled(seen).is_preliminary


def test_in_person_visit_needs_a_past_day_and_a_doctor() -> None:
    found = content.problems(replace(FULL, in_person_on=date(2026, 11, 25)), TODAY)
    assert set(found) == {"in_person_on", "in_person_by", "in_person_place"}


def test_treatment_is_corrected_only_after_an_in_person_visit() -> None:
    changed_dose = replace(FULL, treatment="Доза вдвое")
    assert set(content.problems(changed_dose, TODAY)) == {"treatment"}
    seen = replace(
        changed_dose, in_person_on=TODAY, in_person_by="Петров П. П.", in_person_place="П-ка 38"
    )
    assert content.problems(seen, TODAY) == {}


def test_values_of_a_measure_stand_in_their_order() -> None:
    told = replace(FULL, temperature="38,4; 37,9  37.2", pressure="120 / 80 130/85")
    assert told.measures == "t° 38,4 → 37,9 → 37.2 °C · АД 120/80 → 130/85 мм рт. ст."
    assert content.numbers("38,4; 37,9") == (38.4, 37.9)
    assert content.numbers("38,4 жар") == ()


def test_further_diagnoses_are_lines() -> None:
    told = replace(FULL, concomitant="i10 гипертония\n\n Миопия ", complications="\n")
    assert told.further == (("Сопутствующие", (("I10", "гипертония"), ("", "Миопия"))),)


def test_strange_choices_and_keys_are_passed_over() -> None:
    key = "01a22267-b1ab-780a-85fe-ac7e18dc9829"
    read = content_of(
        {"nature": "x", "severity": "x", "materials": f"{key} {key.upper()} нет ../1"}
    )
    assert (read.nature, read.severity, read.materials) == ("", "", (key,))


def test_too_long_and_no_date_are_refused_beside_the_field() -> None:
    with pytest.raises(Refusal) as refused:
        content_of({"complaints": "а" * (content.TEXT_LIMIT + 1)})
    assert refused.value.field == "complaints"
    with pytest.raises(Refusal) as refused:
        content_of({"in_person_on": "31.02.2026"})
    assert refused.value.field == "in_person_on"


@given(st.fixed_dictionaries({name: st.text(max_size=12) for name in (*content.LIMITS, "nature")}))
def test_what_was_saved_comes_back_the_same(values: dict[str, str]) -> None:
    once = content_of(values)
    assert content_of(content.as_values(once)) == once


def test_codes_are_long_and_readable() -> None:
    code = rules.new_code()
    assert rules.typed_code(rules.shown_code(code).lower()) == code
    assert len({rules.new_code() for _ in range(100)}) == 100


def test_patient_sees_nothing_unsigned() -> None:
    assert not rules.PATIENT_SEES & rules.OPEN
    assert set(ConclusionState) == rules.PATIENT_SEES | rules.OPEN


def test_several_values_are_plotted_one_is_not() -> None:
    told = replace(FULL, temperature="38,4 37,4 36,4", saturation="95", pressure="120/80 140/80")
    first, second = plots_of(told)
    assert (first.label, first.words) == ("t°", "38,4 → 37,4 → 36,4 °C")
    assert [at for one in first.lines[0] for at in one] == pytest.approx([0, 1, 0.5, 0.5, 1, 0])
    assert first.polylines == ("0.0,0.0 60.0,16.0 120.0,32.0",)
    assert len(second.lines) == 2
    assert plots_of(replace(FULL, pulse="72 72"))[0].lines == (((0, 0.5), (1, 0.5)),)


@pytest.mark.parametrize("typed", ["", "38,4", "38,4 жар", "много; слов"])
def test_what_is_no_series_of_numbers_is_not_plotted(typed: str) -> None:
    assert plots_of(replace(FULL, temperature=typed, pressure=typed)) == ()


def test_sources_name_a_field_and_an_entry() -> None:
    sent = "complaints:12 anamnesis:3 complaints:12 opinion:1 x complaints:0"
    read = content_of({"sources": sent})
    assert content.cited(read.sources) == (("complaints", 12), ("anamnesis", 3))
