"""Doubles are proposed with reasons, and namesakes, twins, fathers and sons are not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from psycopg import Connection

from priyom.kernel.actor import SYSTEM
from priyom.kernel.refusal import Refusal
from priyom.patients import actions, doubles, likeness, queries
from priyom.patients.models import Double, Patient
from priyom.patients.tests.cast import ANNA, BORIS, VERA, card

CITY = 100_000


def _find() -> list[Double]:
    actions.find_doubles(SYSTEM)
    return list(Double.objects.filter(verdict="").order_by("-bits"))


@pytest.mark.django_db
def test_a_hasty_second_card_is_proposed_with_reasons() -> None:
    anna = card()
    second = card(phone="8 921 555-10-20", is_temporary=True)
    card(family="Петрова", given="Инна", birth_on=date(1990, 1, 1))
    (pair,) = _find()
    assert {pair.one_id, pair.other_id} == {anna.id, second.id}
    assert pair.chance > 0.99
    told = queries.comparison(VERA, pair.id)
    assert told.one.id == anna.id  # documents were seen, more is filled
    assert {"дата рождения совпадает", "телефон совпадает"} <= {one.text for one in told.reasons}
    assert queries.doubles(VERA).rows[0].reasons
    assert _find() == [pair]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        {"given": "Алина", "snils": "08765430200"},  # a twin sister
        {"given": "Инна"},  # one who has no numbers yet
        {"birth_on": date(1956, 7, 1), "patronymic": "Олеговна"},  # mother, called the same
        {"snils": "08765430200", "phone": "", "address": ""},  # born the same day, called the same
    ],
)
def test_relatives_and_namesakes_are_not(other: dict[str, object]) -> None:
    home = {"phone": ANNA["phone"], "address": "Невский, 1"}
    anna = card(**{**ANNA, **home})
    for name in ("Алина", "Инна", "Анна"):  # known names, not slips of the pen
        for day in range(1, 6):
            card(family="Осипова", given=name, birth_on=date(1970, 1, day))
    second = card(**{**home, **other})
    with transaction.atomic():
        found = {frozenset((one.one, one.other)): one for one in doubles.pairs()}
    pair = found[frozenset((anna.id, second.id))]  # looked at, and judged to be two
    told = likeness.weigh(pair.levels(CITY), {"family": 1e-3, "given": 0.03}, CITY)
    assert told.chance < likeness.SURE, told


@pytest.mark.django_db
def test_what_was_decided_is_not_proposed_again() -> None:
    anna, second = card(), card(is_temporary=True)
    (pair,) = _find()
    actions.part(VERA, anna.id, second.id)
    assert _find() == []
    assert queries.doubles(VERA).count == 0
    pair.refresh_from_db()
    assert (pair.verdict, pair.decided_by) == ("different", VERA.account)


@pytest.mark.django_db
def test_a_pair_that_is_likely_no_longer_disappears() -> None:
    card()
    second = card(is_temporary=True)
    assert _find()
    Patient.objects.filter(id=second.id).update(given="Ольга", birth_on=date(1950, 1, 1))
    assert _find() == []


@pytest.mark.django_db
def test_only_registrars_see_and_decide() -> None:
    anna, second = card(), card(is_temporary=True)
    (pair,) = _find()
    for act in (
        lambda: queries.doubles(BORIS),
        lambda: queries.comparison(BORIS, pair.id),
        lambda: actions.part(BORIS, anna.id, second.id),
        lambda: actions.find_doubles(VERA),
    ):
        with pytest.raises(Refusal, match="missing"):
            act()


def test_weights_add_up_and_explain_themselves() -> None:
    levels = {"family": 2, "given": 2, "birth": 2, "sex": 2, "phone": 2, "address": 2}
    told = likeness.weigh(levels, {"family": 1e-2, "given": 0.03}, 50_000)
    household = sum(one.bits for one in told.reasons if one.field in likeness.HOUSEHOLD)
    rest = sum(one.bits for one in told.reasons if one.field not in likeness.HOUSEHOLD)
    assert told.bits == pytest.approx(
        rest + min(household, likeness.MOST_HOUSEHOLD) + likeness.prior(50_000)
    )
    rare = likeness.weigh(levels, {"family": 1e-4, "given": 0.03}, 50_000)
    assert rare.bits > told.bits
    assert likeness.weigh({**levels, "snils": 0}, {"family": 1e-2}, 50_000).chance < 0.5


def test_a_city_is_compared_by_hash_joins_whatever_the_statistics_say(
    committed_db: None, owner_connection: Connection[tuple[str]]
) -> None:
    """A table that was emptied and filled again counts as empty until it is analysed."""
    plans: list[str] = []

    def looks(execute: Any, text: str, values: Any, many: bool, context: Any) -> Any:
        if text.startswith("WITH cards AS"):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {text}")
                plans.extend(line for (line,) in cursor.fetchall())
        return execute(text, values, many, context)

    with transaction.atomic():
        Patient.objects.bulk_create(_crowd())
        transaction.set_rollback(True)
    owner_connection.execute("VACUUM (TRUNCATE false) patients_patient")
    Patient.objects.bulk_create(_crowd())
    with connection.execute_wrapper(looks):
        actions.find_doubles(SYSTEM)
    assert sum("Hash Join" in line for line in plans) >= 7
    assert not any("Nested Loop" in line for line in plans)


def _crowd() -> list[Patient]:
    return [
        Patient(family=f"Ф{number}", given="Анна", birth_on=date(1980, 1, 1), sex="f")
        for number in range(500)
    ]
