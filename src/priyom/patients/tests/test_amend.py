"""A card put right: every change is kept, numbers stay unique, two registrars do not collide."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from priyom.kernel import clock
from priyom.kernel.refusal import Refusal
from priyom.patients import actions, queries
from priyom.patients.details import FORMS, DetailData, DetailKind
from priyom.patients.models import Change, Detail, Patient
from priyom.patients.queries import find
from priyom.patients.rules import CardData, NumberTaken
from priyom.patients.tests.cast import ANNA, ANNA_SNILS, BORIS, VERA, account, card
from priyom.testing.race import race

PHONE, POLICY, DOCUMENT = DetailKind.PHONE, DetailKind.POLICY, DetailKind.DOCUMENT


def _changes(patient: Patient) -> list[tuple[str, str, str, str]]:
    rows = Change.objects.filter(patient=patient).order_by("at", "id")
    return list(rows.values_list("act", "field", "before", "after"))


@pytest.mark.django_db
def test_each_changed_field_is_in_the_history() -> None:
    anna = card()
    data = replace(CardData(**ANNA), family="Петрова", phone="911 222-33-44", address="Невский, 1")
    assert set(actions.amend(VERA, anna.id, data, None)) == {"family", "phone", "address"}
    assert sorted(_changes(anna)) == [
        ("amend", "address", "", "Невский, 1"),
        ("amend", "family", "Иванова", "Петрова"),
        ("amend", "phone", "+79215551020", "+79112223344"),
    ]
    shown = queries.card(VERA, anna.id)
    assert ("Фамилия", "Иванова", "Петрова") in [
        (one.label, one.before, one.after) for one in shown.changes
    ]
    assert {one.name for one in shown.changes} == {"Вера"}
    assert [row.id for row in find(VERA, "петрова анна").rows] == [anna.id]
    newest = queries.newest_change(anna.id)
    assert actions.amend(VERA, anna.id, data, newest) == []
    assert len(_changes(anna)) == 3


@pytest.mark.django_db
def test_a_form_from_before_another_change_is_told_so() -> None:
    anna = card()
    seen = queries.newest_change(anna.id)
    actions.amend(VERA, anna.id, replace(CardData(**ANNA), address="Невский, 1"), seen)
    with pytest.raises(Refusal) as refused:
        actions.amend(VERA, anna.id, CardData(**ANNA), seen)
    assert (refused.value.kind, refused.value.code) == ("conflict", "patients.card.changed")
    anna.refresh_from_db()
    assert anna.address == "Невский, 1"


@pytest.mark.django_db
def test_a_changed_address_of_mail_is_confirmed_anew() -> None:
    anna = card()
    actions.confirm_email(VERA, anna.id, "anna@mail.ru")
    assert ("confirm_email", "email", "", "anna@mail.ru") in _changes(anna)
    data = replace(CardData(**ANNA), email="anna@yandex.ru")
    actions.amend(VERA, anna.id, data, queries.newest_change(anna.id))
    anna.refresh_from_db()
    assert anna.email_confirmed_at is None


@pytest.mark.django_db
def test_another_cards_number_is_refused() -> None:
    anna, other = card(), card(family="Петрова")
    data = CardData(**{**ANNA, "family": "Петрова", "enp": ""})
    with pytest.raises(NumberTaken) as refused:
        actions.amend(VERA, other.id, data, None)
    assert refused.value.patient == anna.id
    assert _changes(other) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "form", "typed", "kept", "sought"),
    [
        (PHONE, "home", "555-10-30", "+78125551030", "555-10-30"),
        (PHONE, "kin", "8 (911) 222-33-44", "+79112223344", "9112223344"),
        (DOCUMENT, "passport", "4009 №654321", "4009:654321", "паспорт 40 09 654321"),
        (POLICY, "temporary", "123 456 789", "123456789", "123456789"),
        (POLICY, "single", "7800000000000007", "7800000000000007", "7800000000000007"),
    ],
)
def test_further_details_are_kept_normal_and_found(
    kind: DetailKind, form: str, typed: str, kept: str, sought: str
) -> None:
    anna = card()
    row = actions.add_detail(VERA, anna.id, DetailData(kind, form, typed, "сын Пётр"))
    assert row.value == kept
    assert actions.add_detail(VERA, anna.id, DetailData(kind, form, typed)).id == row.id
    assert [row.id for row in find(VERA, sought).rows] == [anna.id]
    actions.end_detail(VERA, row.id)
    actions.end_detail(VERA, row.id)
    assert [row.id for row in find(VERA, sought).rows] == [anna.id]
    assert _changes(anna) == [("add_detail", kind, "", kept), ("end_detail", kind, kept, "")]
    (shown,) = queries.card(VERA, anna.id).details
    assert (shown.note, shown.until) == ("сын Пётр", clock.today())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "form", "typed"),
    [
        (PHONE, "own", "12"), (DetailKind.EMAIL, "own", "анна"), (POLICY, "single", "123"),
        (POLICY, "temporary", "12"), (DetailKind.ADDRESS, "living", "  "),
    ],
)  # fmt: skip
def test_a_detail_that_cannot_be_is_refused(kind: DetailKind, form: str, typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        actions.add_detail(VERA, card().id, DetailData(kind, form, typed))
    assert refused.value.kind == "invalid"
    assert Detail.objects.count() == 0


@pytest.mark.django_db
def test_a_detail_becomes_the_main_one_and_the_main_one_stays() -> None:
    anna = card()
    row = actions.add_detail(VERA, anna.id, DetailData(PHONE, "own", "9112223344"))
    actions.verify_detail(VERA, row.id)
    actions.prefer_detail(VERA, row.id)
    anna.refresh_from_db()
    assert anna.phone == "+79112223344"
    (kept,) = Detail.objects.filter(patient=anna)
    assert kept.value == "+79215551020"
    assert [row.id for row in find(VERA, "9215551020").rows] == [anna.id]
    old = actions.add_detail(VERA, anna.id, DetailData(POLICY, "old", "АБ 123456"))
    with pytest.raises(Refusal, match="ЕНП"):
        actions.prefer_detail(VERA, old.id)


@pytest.mark.django_db
def test_death_is_noted_and_taken_back() -> None:
    anna = card()
    for wrong in (date(1980, 1, 1), clock.today() + timedelta(days=1)):
        with pytest.raises(Refusal, match="дату"):
            actions.note_death(VERA, anna.id, wrong)
    actions.note_death(VERA, anna.id, date(2025, 5, 1))
    assert queries.card(VERA, anna.id).died_on == date(2025, 5, 1)
    actions.note_death(VERA, anna.id, None)
    assert [row[2:] for row in _changes(anna)] == [("", "2025-05-01"), ("2025-05-01", "")]


@pytest.mark.django_db
def test_only_a_registrar_changes_cards() -> None:
    anna = card()
    row = actions.add_detail(VERA, anna.id, DetailData(PHONE, "own", "9112223344"))
    for actor in (BORIS, account(snils=ANNA_SNILS)[1]):
        for act in (
            lambda a=actor: actions.amend(a, anna.id, CardData(**ANNA), None),
            lambda a=actor: actions.add_detail(a, anna.id, DetailData(PHONE, "own", "9112223345")),
            lambda a=actor: actions.end_detail(a, row.id),
            lambda a=actor: actions.verify_detail(a, row.id),
            lambda a=actor: actions.prefer_detail(a, row.id),
            lambda a=actor: actions.note_death(a, anna.id, date(2025, 5, 1)),
        ):
            with pytest.raises(Refusal, match="missing"):
                act()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words", ["UPDATE patients_change SET before = 'x'", "DELETE FROM patients_change"]
)
def test_the_history_is_never_rewritten(words: str) -> None:
    actions.amend(VERA, card().id, replace(CardData(**ANNA), address="Невский, 1"), None)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(words)


def test_racing_registrars_change_a_card_one_after_another(committed_db: None) -> None:
    anna = card()
    acts = [
        lambda n=number: actions.amend(
            VERA, anna.id, replace(CardData(**ANNA), address=f"Невский, {n}"), None
        )
        for number in range(4)
    ]
    done = race(*acts)
    assert sum(isinstance(one, list) for one in done) == 1, done
    assert sum(isinstance(one, Refusal) and one.kind == "conflict" for one in done) == 3
    assert Change.objects.count() == 1


def test_every_change_is_in_the_audit(committed_db: None, audit_dsn: str) -> None:
    anna = card()
    actions.amend(VERA, anna.id, replace(CardData(**ANNA), address="Невский, 1"), None)
    actions.add_detail(VERA, anna.id, DetailData(PHONE, "own", "9112223344"))
    actions.note_death(VERA, anna.id, date(2025, 5, 1))
    with psycopg.connect(audit_dsn) as audit:
        rows = audit.execute(
            "SELECT action, detail::text FROM audit_event WHERE patient = %s ORDER BY id",
            [anna.id],
        ).fetchall()
    kept: dict[str, str] = dict(rows)
    assert {"patients.amend", "patients.add_detail", "patients.note_death"} <= set(kept)
    assert "Невский" not in str(kept)


def test_every_form_has_a_first_one() -> None:
    assert all(FORMS[kind] for kind in DetailKind)
