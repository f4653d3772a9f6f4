"""A registrar finds the card: none, one, several; whatever way it is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.plugin import DjangoDbBlocker

from priyom.kernel.actor import NOBODY
from priyom.kernel.refusal import Refusal
from priyom.patients import actions
from priyom.patients.models import Patient
from priyom.patients.queries import Outcome, Typed, find
from priyom.patients.tests.cast import ADMIN, BORIS, VERA, account, card


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "иванова анна 1984", "Иванова А", "ива", "анна иванова 1984", "анна сергеевна иванова",
        "ivanova anna", "bdfyjdf", "112-233-445 95", "7941983111972141", "4008 123456",
        "+7 921 555-10-20", "12.03.1984", "иванова 12.03.1984", "иванова 03.12.1984",
        "иваноаа анна 1984", "ивонова анна", "иванова инна 1984", "ивановна анна",
    ],
)  # fmt: skip
def test_finds_anna(text: str) -> None:
    anna = card()
    card(family="Петров", given="Пётр", patronymic="Петрович", sex="m", birth_on=date(1950, 1, 2))
    found = find(VERA, text)
    assert [row.id for row in found.rows] == [anna.id], found
    assert found.outcome is Outcome.ONE


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["ёлкин", "елкин", "Ёлкин Артем", "ЕЛКИН АРТЁМ"])
def test_yo_and_ye_are_one_letter(text: str) -> None:
    kept = card(family="Ёлкин", given="Артём", patronymic="", sex="m")
    assert [row.id for row in find(VERA, text).rows] == [kept.id]


@pytest.mark.django_db
def test_latin_letters_that_look_russian_hide_nobody() -> None:
    kept = card(family="Cидoрoв", given="Oлег", patronymic="", sex="m")
    latin = card(family="Li", given="Ann", patronymic="")
    assert [row.id for row in find(VERA, "сидоров олег").rows] == [kept.id]
    assert [row.id for row in find(VERA, "li ann").rows] == [latin.id]
    assert kept.family == "Cидoрoв"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["смирнов-волков", "смирнов волков", "смирнов волков андрей", "Смирнов"]
)
def test_double_family(text: str) -> None:
    kept = card(family="Смирнов-Волков", given="Андрей", patronymic="", sex="m")
    assert [row.id for row in find(VERA, text).rows] == [kept.id]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "вианова анна 1984", "ивноова анна 1984", "вианвоа анна 1984", "ывановва анна 1984",
        "нванова анна 1984", "иванова нана 1984", "иваноба аннн 1984", "иваова ана 12.03.1984",
        "иввановаа анна 1984", "ивановаа анна сергеевна",
    ],
)  # fmt: skip
def test_one_or_two_typos_of_any_kind(text: str) -> None:
    anna = card()
    card(family="Сидорова", given="Алина", birth_on=date(1984, 1, 2))
    found = find(VERA, text)
    assert [row.id for row in found.rows] == [anna.id], found
    assert found.guess


@pytest.mark.django_db
def test_near_names_stand_apart_beside_few_exact_ones() -> None:
    anna = card()
    typo = card(family="Иваново", given="Анна")
    card(family="Иваново", given="Мария")
    found = find(VERA, "иванова анна 1984")
    assert [row.id for row in found.rows] == [anna.id]
    assert [row.id for row in found.near] == [typo.id]
    assert find(VERA, "иванова анна").near == ()


def _merged(into: Patient, **other: Any) -> Patient:
    gone = card(**other)
    actions.merge(VERA, into.id, gone.id, set())
    return gone


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["петровы", "петрова нна 1984", "петрова а 1984", "12.03.1984"])
def test_a_merged_card_is_found_as_the_one_that_stays(text: str) -> None:
    anna = card()
    _merged(anna, family="Петрова")
    assert [row.id for row in find(VERA, text).rows] == [anna.id]


@pytest.mark.django_db
def test_one_person_stands_once_whatever_cards_were_merged() -> None:
    anna = card()
    _merged(anna, family="Иванованская")  # begins as the exact one
    assert [row.id for row in find(VERA, "иванова анна").rows] == [anna.id]


@pytest.mark.django_db
def test_a_page_is_full_and_cut_though_cards_were_merged() -> None:
    for day in range(1, 25):
        stays = card(birth_on=date(1984, 3, day))
        if day < 13:
            _merged(stays, birth_on=date(1984, 3, day))
    found = find(VERA, "иванова анна")
    assert (len({row.id for row in found.rows}), found.is_cut) == (20, True)


@given(st.text("абвгдеиклмнорстуя", min_size=5, max_size=14), st.data())
def test_two_typos_leave_a_common_key(keys_of: Any, word: str, data: st.DataObject) -> None:
    """The promise of near.sql: whatever two typos, the words meet."""
    wrong = word
    for _ in range(2):
        wrong = _typo(wrong, data)
    assert keys_of(word) & keys_of(wrong), (word, wrong)


def _typo(word: str, data: st.DataObject) -> str:
    at = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(st.sampled_from("абвгдежз"))
    return data.draw(
        st.sampled_from(
            [
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
    )


@pytest.fixture(scope="module")
def keys_of(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[[str], set[int]]]:
    """Ask PostgreSQL itself."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:

        def ask(word: str) -> set[int]:
            cursor.execute("SELECT priyom_near_keys_v1(%s)", [word])
            return set(cursor.fetchone()[0])

        yield ask
    with django_db_blocker.unblock():
        connection.close()


@pytest.mark.django_db
def test_none_says_so() -> None:
    card()
    found = find(VERA, "Кузнецов Олег 1970")
    assert (found.outcome, found.rows) == (Outcome.NONE, ())
    assert found.understood[0] == ("фамилия", "кузнецов")


@pytest.mark.django_db
def test_several_are_told_apart_against_the_request() -> None:
    other = card(patronymic="Олеговна", birth_on=date(1984, 11, 30), phone="9111111111")
    anna = card()
    typed = Typed("Иванова", "Анна", "Сергеевна", date(1984, 3, 12), "+79215551020")
    found = find(VERA, "иванова анна 1984", typed)
    assert found.outcome is Outcome.SEVERAL
    assert [row.id for row in found.rows] == [anna.id, other.id]
    first, second = found.rows
    assert (first.agreed, first.compared, first.is_full_match) == (5, 5, True)
    assert second.differs == ("другое отчество", "другая дата рождения", "другой телефон")
    assert first.name_parts[:2] == (("Иванова", ""), ("Анна", ""))


@pytest.mark.django_db
def test_numbers_are_masked() -> None:
    card()
    (row,) = find(VERA, "иванова").rows
    assert (row.snils, row.enp) == ("··· 445 95", "··· 2141")


@pytest.mark.django_db
def test_at_most_twenty() -> None:
    for day in range(1, 24):
        card(birth_on=date(1984, 3, day), given="Анна", patronymic=f"Олеговна{day}")
    found = find(VERA, "иванова анна")
    assert (len(found.rows), found.is_cut) == (20, True)


@pytest.mark.django_db
def test_doctor_may_search_strangers_may_not() -> None:
    card()
    assert find(BORIS, "иванова").rows
    for actor in (NOBODY, ADMIN, account(snils="08765430200")[1]):
        with pytest.raises(Refusal) as refused:
            find(actor, "иванова")
        assert refused.value.kind == "missing"


@pytest.mark.django_db
def test_costs_few_statements(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    card()
    with django_assert_max_num_queries(5):
        find(VERA, "иванова анна 1984")


def test_audit_keeps_the_kind_not_the_words(committed_db: None, audit_dsn: str) -> None:
    find(VERA, "иванова анна 1984")
    with psycopg.connect(audit_dsn) as audit:
        (kept,) = audit.execute(
            "SELECT subject, detail::text FROM audit_event WHERE action = 'patients.search'"
        ).fetchall()
    assert kept == ("person", '{"found": 0}')
