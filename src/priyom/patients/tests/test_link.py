"""An account finds its own card, and nobody else's; who stands for whom, and until when."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest

from priyom.kernel import clock
from priyom.kernel.refusal import Refusal
from priyom.patients import actions, queries
from priyom.patients.models import Owner
from priyom.patients.rules import Relation
from priyom.patients.tests.cast import ANNA_SNILS, BORIS, VERA, account, card


@pytest.mark.django_db
def test_link_finds_the_own_card_once() -> None:
    anna = card()
    _, actor = account(family="ИВАНОВА")
    assert actions.link(actor).id == anna.id
    assert actions.link(actor).id == anna.id
    own = queries.own_card(actor)
    assert own is not None
    assert own.id == anna.id
    assert own.is_self
    assert Owner.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        {"birth_on": date(1984, 3, 13)}, {"family": "Петрова"}, {"given": "Инна"},
        {"snils": "08765430200"}, {"snils": ""}, {"birth_on": None},
    ],
)  # fmt: skip
def test_mismatch_makes_no_link(other: dict[str, object]) -> None:
    card()
    _, actor = account(**other)
    with pytest.raises(Refusal) as refused:
        actions.link(actor)
    assert refused.value.kind == "forbidden"
    assert "регистратуру" in refused.value.text
    assert queries.own_card(actor) is None
    assert queries.people_of(actor) == ()


@pytest.mark.django_db
def test_a_second_account_does_not_get_the_card() -> None:
    card()
    actions.link(account()[1])
    with pytest.raises(Refusal, match="refused"):
        actions.link(account()[1])


@pytest.mark.django_db
def test_a_changed_name_is_checked_again() -> None:
    card()
    made, actor = account()
    actions.link(actor)
    made.birth_on = date(1985, 1, 1)
    made.save()
    with pytest.raises(Refusal, match="refused"):
        actions.link(actor)


@pytest.mark.django_db
def test_staff_have_no_own_card() -> None:
    with pytest.raises(Refusal, match="missing"):
        actions.link(BORIS)
    assert queries.own_card(BORIS) is None


def test_a_refused_link_stays_in_the_audit(committed_db: None, audit_dsn: str) -> None:
    _, actor = account()
    with pytest.raises(Refusal):
        actions.link(actor)
    with psycopg.connect(audit_dsn) as audit:
        kept = audit.execute("SELECT result, detail->>'why' FROM audit_event").fetchall()
    assert kept == [("refused", "no_card")]


def _years_ago(count: int, days: int = 0) -> date:
    today = clock.today()
    return date(today.year - count, today.month, min(today.day, 28)) + timedelta(days=days)


@pytest.mark.django_db
def test_mother_acts_for_a_child_until_fifteen() -> None:
    mother = card()
    child = card(family="Иванов", given="Миша", sex="m", birth_on=_years_ago(6))
    grown = card(family="Иванов", given="Пётр", sex="m", birth_on=_years_ago(15, -40))
    _, actor = account()
    actions.link(actor)
    actions.represent(VERA, child.id, mother.id, Relation.MOTHER, "свидетельство IV-МЮ 123456")
    with pytest.raises(Refusal, match="15 лет"):
        actions.represent(VERA, grown.id, mother.id, Relation.MOTHER, "свидетельство")
    assert [(one.id, one.badge) for one in queries.people_of(actor)] == [
        (mother.id, ""), (child.id, "пишет мама"),
    ]  # fmt: skip
    assert queries.may_act_for(actor, child.id).relation == "mother"
    with pytest.raises(Refusal, match="missing"):
        queries.may_act_for(actor, grown.id)


@pytest.mark.django_db
def test_guardian_acts_until_the_paper_says() -> None:
    guardian = card()
    ward = card(family="Осипова", given="Нина", birth_on=date(1940, 5, 1))
    _, actor = account()
    actions.link(actor)
    paper = {"relation": Relation.GUARDIAN, "proof": "акт № 7"}
    actions.represent(VERA, ward.id, guardian.id, valid_until=clock.today(), **paper)  # type: ignore[arg-type]
    assert queries.may_act_for(actor, ward.id).id == ward.id
    row = actions.represent(VERA, ward.id, guardian.id, **paper)  # type: ignore[arg-type]
    row.valid_until = clock.today() - timedelta(days=1)
    row.save()
    with pytest.raises(Refusal, match="missing"):
        queries.may_act_for(actor, ward.id)


@pytest.mark.django_db
def test_represent_refuses_nonsense() -> None:
    anna, ward = card(), card(family="Осипова")
    for patient, person, proof in ((anna, anna, "акт"), (ward, anna, " ")):
        with pytest.raises(Refusal, match="represent"):
            actions.represent(VERA, patient.id, person.id, Relation.GUARDIAN, proof)
    with pytest.raises(Refusal, match="missing"):
        actions.represent(BORIS, ward.id, anna.id, Relation.GUARDIAN, "акт")


@pytest.mark.django_db
def test_card_is_for_registrars_not_for_any_doctor() -> None:
    anna = card()
    shown = queries.card(VERA, anna.id)
    assert (shown.snils, shown.phone_text) == ("112-233-445 95", "+7 921 555-10-20")
    for actor in (BORIS, account(snils=ANNA_SNILS)[1]):
        with pytest.raises(Refusal, match="missing"):
            queries.card(actor, anna.id)
