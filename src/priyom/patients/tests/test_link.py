"""An account finds its own card, and nobody else's."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from priyom.kernel.refusal import Refusal
from priyom.patients import actions, queries
from priyom.patients.models import Owner
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


@pytest.mark.django_db
def test_card_is_for_registrars_not_for_any_doctor() -> None:
    anna = card()
    shown = queries.card(VERA, anna.id)
    assert (shown.snils, shown.phone_text) == ("112-233-445 95", "+7 921 555-10-20")
    for actor in (BORIS, account(snils=ANNA_SNILS)[1]):
        with pytest.raises(Refusal, match="missing"):
            queries.card(actor, anna.id)
