"""The paper: official, whole, readable by machines, and never a way to run anything."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from priyom.conclusions.paper import pictures, render
from priyom.conclusions.tests.samples import sample

AT = datetime(2026, 11, 24, 11, 52, tzinfo=UTC)


def words(pdf: bytes) -> str:
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.replace("\N{ZERO WIDTH SPACE}", "").split())


def test_says_all_that_a_patient_and_a_clerk_look_for() -> None:
    text = words(render(sample(), AT))
    for part in (
        "Городская поликлиника № 38", "OID 1.2.643", "Лицензия", "Консультативное заключение",
        "№ 261124-17", "(МСК)", "Иванова Анна Сергеевна", "112-233-445 95", "согласие пациента",
        "врач-терапевт", "Жалобы", "U07.2", "Диагноз предварительный", "Рекомендации", "103",
        "Документ подписан электронной подписью", "5E 1F A0", "страница 1 из 2",
    ):  # fmt: skip
        assert part in text, part


def test_declares_archive_and_accessibility() -> None:
    reader = PdfReader(io.BytesIO(render(sample(), AT)))
    catalogue: Any = reader.root_object
    metadata = catalogue["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert catalogue["/Lang"].startswith("ru")
    assert catalogue["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Консультативное заключение № 261124-17"


def test_same_data_give_the_same_bytes() -> None:
    assert render(sample(), AT) == render(sample(), AT)


def test_typed_commands_print_as_they_stand() -> None:
    command = '#read("/etc/passwd") $x^2$ *b* @ref <label> \\u{41} #panic() // нет'
    text = words(render(sample(advice=(("Рекомендации", command),)), AT))
    assert command in text
    assert "root:" not in text


@pytest.mark.parametrize("field", ["complaints", "recommendations"])
def test_signs_without_a_letter_become_squares(field: str) -> None:
    said = "Болит 🙂 голова 漢字 \u202eобман\u202c ༀ и SpO₂ ≥ 95 %"
    changes: dict[str, object] = (
        {"advice": (("Рекомендации", said),)}
        if field == "recommendations"
        else {"sections": (("Ж", said),)}
    )
    text = words(render(sample(**changes), AT))
    assert "Болит □ голова □□ обман" in text
    assert "SpO₂ ≥ 95 %" in text


def test_long_texts_go_on_over_pages() -> None:
    long = "Очень подробная рекомендация. " * 600 + "КОНЕЦ"
    pdf = render(sample(advice=(("Рекомендации", long),)), AT)
    text = words(pdf)
    count = len(PdfReader(io.BytesIO(pdf)).pages)
    assert count > 3
    assert "КОНЕЦ" in text
    assert f"страница {count} из {count}" in text


def test_a_word_without_end_stays_on_the_paper() -> None:
    text = words(render(sample(advice=(("Рекомендации", "ю" * 400),)), AT)).replace(" ", "")
    assert "ю" * 400 in text


def test_draft_says_so() -> None:
    text = words(render(sample(watermark="ЧЕРНОВИК"), AT))
    assert "Электронной подписи ещё нет" in text
    assert "Документ подписан" not in text
    assert pictures(sample(watermark="ЧЕРНОВИК"), AT)[0].startswith(b"\x89PNG")
