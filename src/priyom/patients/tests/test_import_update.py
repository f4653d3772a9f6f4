"""A file may update cards when that is asked for: never what people have written, never blanks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from priyom.patients import actions, loading, queries
from priyom.patients.models import Change, Family, Import, Patient
from priyom.patients.rules import CardData
from priyom.patients.tests.cast import ANNA_SNILS, VERA, card

HEAD = "number,family,given,birth_on,sex,snils,phone,email,address"
ANNA = f"1,Иванова,Анна,1984-03-12,f,{ANNA_SNILS},9215551020,anna@mail.ru,Невский 1"
ASKED = loading.Load("mis", 2, update=True)


def _quiet(text: str) -> None:
    """Say nothing."""


@pytest.fixture
def load(committed_db: None, tmp_path: Path) -> Callable[..., Import]:
    def loaded(*lines: str, asked: loading.Load = ASKED) -> Import:
        path = tmp_path / "cards.csv"
        path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
        return loading.load(path, asked, _quiet)

    return loaded


def _anna() -> Patient:
    return Patient.objects.get(outer_number="mis:1")


def test_a_changed_line_changes_its_card_and_stands_in_the_history(
    load: Callable[..., Import],
) -> None:
    assert load(ANNA).made == 1
    actions.confirm_email(VERA, _anna().id, "anna@mail.ru")
    married = ANNA.replace("Иванова", "Ёжикова").replace("Невский 1", "Литейный 2")
    left = load(married, asked=loading.Load("mis"))
    assert (left.updated, left.differing) == (0, 1)
    done = load(married)  # the very same file, now to update
    assert (done.updated, done.differing, done.known, done.refused) == (1, 0, 0, 0)
    assert (_anna().family, _anna().address) == ("Ёжикова", "Литейный 2")
    rows = Change.objects.filter(act="import").values_list("field", "before", "after", "name")
    assert sorted(rows) == [
        ("address", "Невский 1", "Литейный 2", "Приём"),
        ("family", "Иванова", "Ёжикова", "Приём"),
    ]
    assert [row.id for row in queries.find(VERA, "ежикова анна").rows] == [_anna().id]
    assert Family.objects.get(family_key="ежикова").people == 1
    again = load(married + " ")
    assert (again.updated, again.known) == (0, 1)


def test_what_people_have_written_and_what_is_blank_stays(load: Callable[..., Import]) -> None:
    load(ANNA)
    anna = _anna()
    typed = CardData(
        "Иванова", "Анна", date(1984, 3, 12), "f", snils=ANNA_SNILS, phone="9215551020",
        email="anna@mail.ru", address="Садовая 3",
    )  # fmt: skip
    actions.amend(VERA, anna.id, typed, None)
    done = load(f"1,Иванова,Инна,1984-03-12,f,{ANNA_SNILS},,,Литейный 2")
    assert done.updated == 1
    anna = _anna()
    assert (anna.given, anna.address, anna.phone) == ("Инна", "Садовая 3", "+79215551020")
    done = load(f"1,Иванова,Инна,1984-03-12,f,{ANNA_SNILS},,,Литейный 4")
    assert (done.updated, done.differing) == (0, 1)


def test_a_new_address_of_mail_is_not_confirmed(load: Callable[..., Import]) -> None:
    load(ANNA)
    Patient.objects.update(email_confirmed_at="2026-01-01T00:00:00Z")
    load(ANNA.replace("anna@", "anna84@"))
    assert (_anna().email, _anna().email_confirmed_at) == ("anna84@mail.ru", None)


def test_anothers_number_and_a_merged_card_are_left(load: Callable[..., Import]) -> None:
    other = card(family="Осипова", given="Нина", snils="08765430200")
    load(ANNA)
    done = load(ANNA.replace(ANNA_SNILS, "08765430200"))
    assert (done.updated, done.refused, done.differing) == (0, 1, 0)
    assert _anna().snils == ANNA_SNILS
    actions.merge(VERA, other.id, _anna().id, set())
    done = load(ANNA.replace("Невский 1", "Литейный 2"))
    assert (done.updated, done.differing) == (0, 1)
    assert _anna().address == "Невский 1"


def test_a_rehearsal_tells_what_would_change(load: Callable[..., Import], tmp_path: Path) -> None:
    load(ANNA, "2,Петров,Пётр,1990-02-03,m,,,,")
    before = list(Patient.objects.order_by("id").values())
    path = tmp_path / "cards.csv"
    lines = [HEAD, ANNA.replace("Анна", "Инна"), "2,Петров,Пётр,1990-02-03,m,,,,"]
    path.write_text("\n".join(lines), encoding="utf-8")
    told = loading.rehearse(path, ASKED, _quiet)
    assert (told.updated, told.known, told.differing) == (1, 1, 0)
    plain = loading.rehearse(path, replace(ASKED, update=False), _quiet)
    assert (plain.updated, plain.differing) == (0, 1)
    assert list(Patient.objects.order_by("id").values()) == before
