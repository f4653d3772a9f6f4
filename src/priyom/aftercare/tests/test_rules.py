"""What of a paper is an advice, and which day it names."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priyom.aftercare.rules import FARTHEST, advices, due_on
from priyom.conclusions.content import Content

SIGNED = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Повторная консультация через 3 дня.", date(2026, 12, 1)),
        ("Через неделю сдать кровь", date(2026, 12, 5)),
        ("контроль через две недели", date(2026, 12, 12)),
        ("Контроль через 5-7 дней", date(2026, 12, 3)),
        ("Через месяц к терапевту", date(2026, 12, 28)),
        ("УЗИ через полгода", date(2027, 5, 28)),
        ("Осмотр через год.", date(2027, 11, 28)),
        ("Принимать до 15 декабря", date(2026, 12, 15)),
        ("Явка 20.12.2026 к 10:00", date(2026, 12, 20)),
        ("Явка 20.12.26", date(2026, 12, 20)),
        ("Приём 10.01", date(2027, 1, 10)),
        ("Через 10 дней анализ, через 2 недели приём", date(2026, 12, 8)),
        ("Принимать через день", None),
        ("Нурофен по 1.5 мл", None),
        ("Сироп 12.50 мл", None),
        ("SpO₂ ниже 94 %", None),
        ("Вызвать врача через регистратуру", None),
        ("Повторить через 3 часа", None),
        ("Был осмотрен 01.02.2020", None),
        ("31.02.2027 на приём", None),
        ("через 900 лет", None),
        ("Обильное питьё", None),
    ],
)
def test_day_of_an_advice(text: str, due: date | None) -> None:
    assert due_on(text, SIGNED) == due


@given(st.text(max_size=200), st.dates(date(2024, 1, 1), date(2060, 1, 1)))
def test_any_words_name_a_near_day_or_none(text: str, since: date) -> None:
    due = due_on(text, since)
    assert due is None or since < due <= since + FARTHEST


@given(
    st.integers(1, 90), st.sampled_from(["Контроль ", "", "Сдать кровь,\tесли нужно, "]),
    st.dates(date(2024, 1, 1), date(2060, 1, 1)),
)  # fmt: skip
def test_days_are_counted(count: int, before: str, since: date) -> None:
    due = due_on(f"{before}через {count} дней", since)
    assert due is not None
    assert (due - since).days == count


def test_29th_of_february_has_a_next_year() -> None:
    assert due_on("Приём 29.02", date(2028, 1, 1)) == date(2028, 2, 29)
    assert due_on("Приём 29.02", date(2026, 11, 28)) is None


def test_each_line_is_an_advice() -> None:
    content = Content(
        recommendations="— Питьё.\n\n• Покой через 3 дня",
        examinations="ОАК",
        visit_advice="К хирургу",
    )
    found = advices(content, SIGNED)
    assert [(one.place, one.text) for one in found] == [
        ("recommendations:1", "Питьё."),
        ("recommendations:3", "Покой через 3 дня"),
        ("examinations:1", "ОАК"),
        ("visit_advice:1", "К хирургу"),
    ]
    assert found[1].due == date(2026, 12, 1)
