"""The one field of the index understands people, and never fails on any text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priyom.patients.understand import QueryKind, Reading, understand


def test_says_how_it_understood_the_words() -> None:
    query = understand("  Иванова  АННА 1984 ")
    assert query.meaning() == (("фамилия", "иванова"), ("имя", "анна"), ("год рождения", "1984"))
    assert (query.since, query.until) == (date(1984, 1, 1), date(1984, 12, 31))


@pytest.mark.parametrize(
    "text",
    ["112-233-445 95", "11223344595", "112 233 445 95", "СНИЛС 112-233-445-95", "112233445"],
)
def test_snils_in_any_form(text: str) -> None:
    assert understand(text).snils == "11223344595"


@pytest.mark.parametrize(
    "text", ["7941983111972141", "7941 983111 972141", "полис 7941983111972141"]
)
def test_policy(text: str) -> None:
    query = understand(text)
    assert (query.enp, query.remark) == ("7941983111972141", "")


@pytest.mark.parametrize(
    "text", ["4008 123456", "40 08 123456", "паспорт 4008 № 123456", "4008123456"]
)
def test_passport(text: str) -> None:
    assert understand(text).document == "4008:123456"


def test_birth_certificate() -> None:
    assert understand("iv-мю 123456").document == "IV-МЮ:123456"


@pytest.mark.parametrize(
    "text", ["+7 921 555-10-20", "8 (921) 555-10-20", "89215551020", "9215551020"]
)
def test_phone(text: str) -> None:
    assert understand(text).phone == "+79215551020"


def test_seven_digits_are_a_city_phone() -> None:
    assert understand("555-10-20").phone == "+78125551020"


@pytest.mark.parametrize(
    "text", ["12.03.1984", "1984-03-12", "12/3/1984", "12031984", "д.р. 12.03.84"]
)
def test_birth_date(text: str) -> None:
    query = understand(text)
    assert (query.kind, query.born) == (QueryKind.PERSON, date(1984, 3, 12))


def test_wrong_control_sum_is_said_and_still_sought() -> None:
    query = understand("112-233-445 96")
    assert query.snils == "11223344596"
    assert "сумма" in query.remark


def test_initials_and_double_family() -> None:
    assert understand("Смирнов-Волков А.И.").readings[0] == Reading("смирнов волков", "а", "и")


def test_a_label_within_a_name_is_a_part_of_it() -> None:
    assert understand("федоров александр 1980").readings[0].given == "александр"
    assert understand("д.р. 12.03.1984 тел").readings == ()


def test_order_of_words_is_tried_both_ways() -> None:
    readings = [
        (way.family, way.given, way.patronymic)
        for way in understand("анна сергеевна иванова").readings
    ]
    assert ("иванова", "анна", "сергеевна") in readings


def test_latin_letters_are_read_as_spelling_and_as_layout() -> None:
    assert Reading("иванова", how="набрано латиницей") in understand("ivanova").readings
    layout = understand("bdfyjdf fyyf").readings
    assert Reading("иванова", "анна", how="в английской раскладке") in layout


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", QueryKind.EMPTY),
        ("ив", QueryKind.SHORT),
        ("1984", QueryKind.SHORT),
        ("12345", QueryKind.SHORT),
    ],
)
def test_too_little_asks_for_more(text: str, kind: QueryKind) -> None:
    assert understand(text).kind is kind


@given(st.text(max_size=300))
def test_never_raises(text: str) -> None:
    query = understand(text)
    assert all(value for _, value in query.meaning())
    assert len(query.readings) <= 15


@given(st.text(alphabet="0123456789-+() .аяёa'", max_size=40))
def test_never_raises_on_numbers_and_signs(text: str) -> None:
    understand(text)


@given(st.dates(min_value=date(1901, 1, 1), max_value=date(2099, 12, 31)))
def test_every_date_is_understood(born: date) -> None:
    assert understand(f"иванова {born:%d.%m.%Y}").born == born
