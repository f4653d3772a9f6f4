"""Who stands for a patient: by which paper, until when, and never a day longer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from priyom.kernel import clock
from priyom.kernel.refusal import Refusal
from priyom.kernel.words import years
from priyom.patients import actions, queries, standing
from priyom.patients.models import Change, Patient, Representative
from priyom.patients.standing import Party, Proof, Relation, Right
from priyom.patients.tests.cast import BORIS, VERA, account, bond, card, stands
from priyom.testing.race import race

DAY = timedelta(days=1)
DAYS = st.dates(date(1901, 1, 1), date(2060, 1, 1))


def _years_ago(count: int, days: int = 0) -> date:
    today = clock.today()
    return date(today.year - count, today.month, min(today.day, 28)) + timedelta(days=days)


def _child(age: int = 6, **other: object) -> Patient:
    born = _years_ago(age, -40)
    return card(**{"family": "Иванов", "given": "Миша", "sex": "m", "birth_on": born, **other})


def _father() -> Patient:
    return card(family="Иванов", given="Олег", sex="m", birth_on=date(1980, 1, 1))


@pytest.mark.django_db
def test_mother_acts_for_a_child_until_fifteen() -> None:
    mother, child = card(), _child()
    _, actor = account()
    actions.link(actor)
    stands(child, mother)
    assert [(one.id, one.badge) for one in queries.people_of(actor)] == [
        (mother.id, ""), (child.id, "пишет мама"),
    ]  # fmt: skip
    with pytest.raises(Refusal, match="С 15 лет"):
        stands(_child(15), mother)


@pytest.mark.django_db
def test_guardian_acts_until_the_paper_says() -> None:
    guardian, ward = card(), card(family="Осипова", given="Нина", birth_on=date(1940, 5, 1))
    _, actor = account()
    actions.link(actor)
    row = stands(ward, guardian, relation=Relation.GUARDIAN, until=clock.today())
    assert queries.may_act_for(actor, ward.id).id == ward.id
    Representative.objects.filter(id=row.id).update(valid_until=clock.today() - DAY, since=None)
    with pytest.raises(Refusal, match="missing"):
        queries.may_act_for(actor, ward.id)


@given(st.sampled_from(Proof), DAYS, st.none() | DAYS, st.none() | DAYS, DAYS)
def test_the_last_day_is_the_last_one(
    proof: Proof, born: date, since: date | None, until: date | None, today: date
) -> None:
    now = standing.right(proof, born, since, until, today)
    last = standing.last_day(proof, born, until)
    begun = since is None or since <= today
    assert (now is Right.ACTS) == (begun and (last is None or today <= last))
    if proof is not Proof.COURT and years(born, today) >= standing.DECIDES_ALONE:
        assert now is not Right.ACTS
    if now is Right.ALONE:
        assert standing.DECIDES_ALONE <= years(born, today) < standing.GROWN_UP
    if proof is not Proof.COURT and years(born, today) >= standing.GROWN_UP:
        assert now in (Right.ENDED, Right.AHEAD)


@pytest.mark.parametrize(
    ("born", "eve"),
    [(date(2012, 2, 29), date(2027, 2, 28)), (date(2012, 3, 1), date(2027, 2, 28))],
)
def test_who_is_born_on_the_29th_of_february_is_fifteen_in_march(born: date, eve: date) -> None:
    assert standing.last_day(Proof.BIRTH, born, None) == eve
    assert (years(born, eve), years(born, eve + DAY)) == (14, 15)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("relation", {"relation": Relation.FATHER}),
        ("proof", {"proof": Proof.ACT}),
        ("proof", {"proof": Proof.PATERNITY}),
        ("proof", {"relation": Relation.GUARDIAN}),  # a court's decision about a small child
        ("number", {"number": "  "}),
        ("issued_by", {"issued_by": " "}),
        ("issued_on", {"issued_on": date(2026, 1, 2)}),
        ("issued_on", {"issued_on": date(2019, 12, 31)}),
        ("until", {"until": date(2025, 12, 31), "since": date(2025, 1, 1)}),
        ("until", {"until": date(2026, 2, 1), "since": date(2026, 2, 2)}),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(field: str, changes: dict[str, Any]) -> None:
    sound = bond(issued_on=date(2020, 2, 1))
    child, mother = Party(date(2020, 1, 1), "m"), Party(date(1990, 1, 1), "f")
    today = date(2026, 1, 1)
    assert standing.faults(sound, child, mother, today) == []
    wrong = bond(**{"issued_on": date(2020, 2, 1), **changes})
    assert [one.field for one in standing.faults(wrong, child, mother, today)] == [field]


@pytest.mark.parametrize(
    ("relation", "person", "is_right"),
    [
        (Relation.MOTHER, Party(date(2012, 1, 1), "f"), False),  # 13 years old
        (Relation.MOTHER, Party(date(2009, 1, 1), "f"), False),  # eleven older than the child
        (Relation.MOTHER, Party(date(2005, 1, 1), "f"), True),
        (Relation.GUARDIAN, Party(date(2009, 1, 1), "f"), False),
        (Relation.GUARDIAN, Party(date(2008, 1, 1), "f"), True),
    ],
)
def test_who_is_too_young_stands_for_nobody(
    relation: Relation, person: Party, is_right: bool
) -> None:
    paper = Proof.ACT if relation is Relation.GUARDIAN else Proof.BIRTH
    sound = bond(relation, proof=paper, issued_on=date(2020, 2, 1))
    found = standing.faults(sound, Party(date(2020, 1, 1), "m"), person, date(2026, 1, 1))
    assert [one.field for one in found] == ([] if is_right else ["person"])


@pytest.mark.django_db
def test_the_same_form_again_changes_nothing() -> None:
    mother, child = card(), _child()
    assert stands(child, mother).id == stands(child, mother).id
    assert Change.objects.filter(act="represent").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["self", "dead", "dead_patient", "merged", "merged_patient"])
def test_some_cards_cannot_be_one_of_the_two(who: str) -> None:
    mother, child = card(), _child()
    again = card(family="Иванова", given="Анна", birth_on=date(1984, 12, 3))
    wrong: dict[str, Callable[[], object]] = {
        "self": lambda: stands(mother, mother),
        "dead": lambda: (actions.note_death(VERA, mother.id, clock.today()), stands(child, mother)),
        "dead_patient": lambda: (
            actions.note_death(VERA, child.id, clock.today()),
            stands(child, mother),
        ),
        "merged": lambda: (
            actions.merge(VERA, mother.id, again.id, set()),
            stands(child, again),
        ),
        "merged_patient": lambda: (
            actions.merge(VERA, mother.id, again.id, set()),
            stands(again, _father(), relation=Relation.GUARDIAN),
        ),
    }
    with pytest.raises(Refusal) as refused:
        wrong[who]()
    assert refused.value.kind in ("invalid", "conflict")
    assert Representative.objects.count() == 0


@pytest.mark.django_db
def test_a_child_has_one_mother_at_a_time_and_each_person_once() -> None:
    mother, child = card(), _child()
    stands(child, mother)
    for other in (mother, card(family="Петрова", birth_on=date(1985, 1, 1))):
        with pytest.raises(Refusal, match="Уже записан представитель: Иванова Анна") as refused:
            stands(child, other, proof=Proof.ADOPTION)
        assert refused.value.field == "person"
    stands(child, _father(), relation=Relation.FATHER)
    assert Representative.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("other", ["same", "another"])
def test_the_database_too_keeps_one_mother_at_a_time(other: str) -> None:
    mother, child = card(), _child()
    row = stands(child, mother)
    row.pk = None
    row.id = Representative().id
    row.number = "другой"
    row.person = mother if other == "same" else card(family="Петрова")
    row._state.adding = True
    with pytest.raises(IntegrityError, match="patients_bond_"), transaction.atomic():
        row.save()


@pytest.mark.django_db
def test_one_after_another_is_possible() -> None:
    """A guardian's term ends, the next one begins on the day after."""
    child = _child()
    paper = {"relation": Relation.GUARDIAN, "proof": Proof.ACT}
    today = clock.today()
    stands(child, card(), **paper, until=today)
    second = stands(child, card(family="Осипова"), **paper, since=today + DAY)
    again = stands(child, Patient.objects.get(family="Иванова"), **paper, since=today + 9 * DAY)
    assert second.since == today + DAY
    (first, *_) = Representative.objects.filter(person=again.person).order_by("id")
    with pytest.raises(Refusal, match="Уже записан"):
        actions.correct_term(VERA, first.id, today + 9 * DAY)
    actions.correct_term(VERA, first.id, today + 8 * DAY)


@pytest.mark.django_db
def test_a_term_is_put_right_and_in_the_history() -> None:
    mother, child = card(), _child()
    row = stands(child, mother)
    until = clock.today() + 30 * DAY
    assert actions.correct_term(VERA, row.id, until).valid_until == until
    assert actions.correct_term(VERA, row.id, None).valid_until is None
    for wrong in (clock.today() - DAY, date(1990, 1, 1)):
        with pytest.raises(Refusal) as refused:
            actions.correct_term(VERA, row.id, wrong)
        assert (refused.value.kind, refused.value.field) == ("invalid", "until")
    kept = Change.objects.filter(patient=child, field="representative").order_by("at", "id")
    name = "Иванова Анна Сергеевна, мама"
    dated = f"{name}, до {until:%d.%m.%Y}"
    assert list(kept.values_list("act", "before", "after")) == [
        ("represent", "", name), ("correct_term", name, dated), ("correct_term", dated, name),
    ]  # fmt: skip
    shown = queries.card(VERA, child.id)
    assert "Представитель, добавлен" in [one.label for one in shown.changes]


@pytest.mark.django_db
def test_an_ended_right_ends_at_once_and_stays_in_the_card() -> None:
    mother, child = card(), _child()
    _, actor = account()
    actions.link(actor)
    row = stands(child, mother)
    actions.end_representative(VERA, row.id, "записана по ошибке")
    ended = actions.end_representative(VERA, row.id, "ещё раз")
    assert ended.ended_why == "записана по ошибке"
    with pytest.raises(Refusal, match="missing"):
        queries.may_act_for(actor, child.id)
    (told,) = queries.card(VERA, child.id).representatives
    assert (told.right, told.ended_why) == (Right.ENDED, "записана по ошибке")
    with pytest.raises(Refusal, match="прекращено"):
        actions.correct_term(VERA, row.id, None)
    again = stands(child, mother)
    assert again.id != row.id
    assert queries.may_act_for(actor, child.id).id == child.id
    for reason in ("  ", "й" * 201):
        with pytest.raises(Refusal) as refused:
            actions.end_representative(VERA, again.id, reason)
        assert refused.value.field == "why"


@pytest.mark.django_db
def test_a_merged_child_is_represented_and_set_free_through_the_card_that_stays() -> None:
    mother, first, child = card(), _child(), _child(family="Иваноф")
    _, actor = account()
    actions.link(actor)
    row = stands(first, mother)
    actions.merge(VERA, child.id, first.id, set())
    assert queries.card(VERA, child.id).representatives[0].id == row.id
    with pytest.raises(Refusal, match="Уже записан"):
        stands(child, mother)
    actions.end_representative(VERA, row.id, "по суду")
    assert [one.id for one in queries.people_of(actor)] == [mother.id]
    assert Change.objects.get(act="end_representative").patient_id == child.id


@pytest.mark.django_db
def test_who_was_entered_by_mistake_can_still_be_merged() -> None:
    anna, second = card(), card(birth_on=date(2020, 3, 12))
    row = stands(second, anna)
    with pytest.raises(Refusal, match="представитель"):
        actions.merge(VERA, anna.id, second.id, set())
    actions.end_representative(VERA, row.id, "записана по ошибке")
    assert actions.merge(VERA, anna.id, second.id, set()).merged_id == second.id


@pytest.mark.django_db
def test_only_a_registrar_says_who_stands_for_whom() -> None:
    mother, child = card(), _child()
    row = stands(child, mother)
    for actor in (BORIS, account()[1]):
        for act in (
            lambda a=actor: actions.represent(a, child.id, mother.id, bond()),
            lambda a=actor: actions.correct_term(a, row.id, None),
            lambda a=actor: actions.end_representative(a, row.id, "нет"),
            lambda a=actor: queries.representative(a, row.id),
            lambda a=actor: queries.for_bond(a, child.id, mother.id),
        ):
            with pytest.raises(Refusal, match="missing"):
                act()


def test_racing_registrars_enter_one_mother(committed_db: None) -> None:
    child = _child()
    mothers = [card(family=name, birth_on=date(1985, 1, 1)) for name in ("Иванова", "Петрова")]
    done = race(*[lambda one=one: stands(child, one) for one in mothers * 3])
    assert len({one.person_id for one in done if isinstance(one, Representative)}) == 1, done
    assert all(isinstance(one, Representative | Refusal) for one in done), done
    assert Representative.objects.count() == 1


def test_each_act_is_in_the_audit_of_both(committed_db: None, audit_dsn: str) -> None:
    mother, child = card(), _child()
    row = stands(child, mother)
    actions.correct_term(VERA, row.id, clock.today())
    actions.end_representative(VERA, row.id, "секретная причина")
    acts = ["patients.represent", "patients.correct_term", "patients.end_representative"]
    with psycopg.connect(audit_dsn) as audit:
        for patient in (mother.id, child.id):
            rows = audit.execute(
                "SELECT action, detail::text FROM audit_event WHERE patient = %s ORDER BY at, id",
                [patient],
            ).fetchall()
            assert [action for action, _ in rows if action in acts] == acts
            assert "секретная" not in str(rows)


def test_a_new_term_is_another_bond() -> None:
    assert replace(bond(), since=date(2026, 1, 1)).begins == date(2026, 1, 1)
    assert bond(issued_on=date(2020, 1, 1)).begins == date(2020, 1, 1)
