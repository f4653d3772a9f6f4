"""Two cards become one and two again, field by field; what was done with either stays reachable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priyom.kernel import clock as kernel_clock
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import Refusal
from priyom.patients import actions, queries
from priyom.patients.actions.merging import CHOSEN
from priyom.patients.details import DetailData, DetailKind
from priyom.patients.models import Change, Detail, Double, Merge, Patient
from priyom.patients.queries import find
from priyom.patients.rules import CardData
from priyom.patients.tests.cast import ANNA, ANNA_SNILS, BORIS, VERA, account, card, stands
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.race import race

SECOND = {
    "family": "Петрова", "given": "Анна", "birth_on": date(1984, 12, 3), "is_temporary": True,
    "phone": "9112223344", "email": "anna@mail.ru", "document": "4009 654321",
    "snils": "08765430200", "address": "Невский, 1",
}  # fmt: skip


def _held(*cards: Patient) -> list[dict[str, Any]]:
    rows = Patient.objects.filter(id__in=[one.id for one in cards]).order_by("id")
    return [dict(row) for row in rows.values()]


@pytest.mark.django_db
def test_chosen_fields_survive_and_nothing_is_lost() -> None:
    anna, second = card(), card(**SECOND)
    actions.merge(VERA, anna.id, second.id, {"family", "snils", "phone"})
    anna.refresh_from_db()
    second.refresh_from_db()
    assert (anna.family, anna.given, anna.snils) == ("Петрова", "Анна", "08765430200")
    assert (anna.phone, anna.birth_on) == ("+79112223344", date(1984, 3, 12))
    assert (anna.email, anna.address) == ("anna@mail.ru", "Невский, 1")  # it had none
    assert not anna.is_temporary
    assert second.merged_into_id == anna.id
    assert second.snils is None
    assert Detail.objects.filter(patient=anna, value="+79215551020").exists()
    assert Change.objects.filter(patient=anna, field="snils", before=ANNA_SNILS).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["петрова анна", "9112223344", "4009 654321", "4008 123456", "иванова анна 1984"]
)
def test_the_search_leads_from_either_card_to_the_one_that_stays(text: str) -> None:
    anna, second = card(), card(**SECOND)
    actions.merge(VERA, anna.id, second.id, set())
    assert [row.id for row in find(VERA, text).rows] == [anna.id]


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.sets(st.sampled_from(CHOSEN)), extra=st.booleans())
def test_undo_restores_both_cards_field_by_field(taken: set[str], extra: bool) -> None:
    Detail.objects.all().delete()
    Merge.objects.all().delete()
    number = Patient.objects.count()
    anna = card(birth_on=date(1950, 1, 1 + number % 28), enp="7941983111972141")
    second = card(**{**SECOND, "enp": "7800000000000007"})
    if extra:
        actions.add_detail(VERA, anna.id, DetailData(DetailKind.PHONE, "own", "9112223399"))
    before, details = _held(anna, second), list(Detail.objects.order_by("id").values())
    done = actions.merge(VERA, anna.id, second.id, taken)
    assert _held(anna, second) != before
    assert actions.undo_merge(VERA, done.id)[1] == []
    assert _held(anna, second) == before
    assert list(Detail.objects.order_by("id").values()) == details
    for one in (anna, second):  # the numbers are free for the next example
        one.refresh_from_db()
        one.snils = one.enp = None
        one.save(update_fields=["snils", "enp"])


@pytest.mark.django_db
def test_undo_leaves_what_others_changed_since() -> None:
    anna, second = card(), card(**SECOND)
    done = actions.merge(VERA, anna.id, second.id, {"phone", "address"})
    actions.confirm_email(VERA, anna.id, "new@mail.ru")
    _, kept = actions.undo_merge(VERA, done.id)
    anna.refresh_from_db()
    assert kept == ["email"]
    assert (anna.email, anna.phone) == ("new@mail.ru", "+79215551020")
    with pytest.raises(Refusal, match="уже отменено"):
        actions.undo_merge(VERA, done.id)


@pytest.mark.django_db
def test_an_address_changed_since_is_not_confirmed_by_undoing() -> None:
    anna, second = card(), card(**SECOND)
    actions.confirm_email(VERA, anna.id, "old@mail.ru")
    done = actions.merge(VERA, anna.id, second.id, {"email"})
    data = replace(CardData(**ANNA), email="third@mail.ru")
    actions.amend(VERA, anna.id, data, queries.newest_change(anna.id))
    _, kept = actions.undo_merge(VERA, done.id)
    anna.refresh_from_db()
    assert (anna.email, anna.email_confirmed_at) == ("third@mail.ru", None)
    assert "email" in kept
    assert Detail.objects.filter(patient=anna, value="old@mail.ru").exists()


@pytest.mark.django_db
def test_an_address_confirmed_since_stays_with_its_confirmation() -> None:
    anna, second = card(email="old@mail.ru"), card(**SECOND)
    done = actions.merge(VERA, anna.id, second.id, {"email"})
    actions.confirm_email(VERA, anna.id, "anna@mail.ru")
    assert actions.undo_merge(VERA, done.id)[1] == ["email"]
    anna.refresh_from_db()
    assert anna.email == "anna@mail.ru"
    assert anna.email_confirmed_at


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["snils", "enp"])
def test_a_number_that_a_third_card_has_by_now_stays_with_it(name: str) -> None:
    """And neither of the two keeps what is the other's: an account finds its card by it."""
    numbers = {"snils": "08765430200", "enp": "7800000000000007"}
    anna, second = card(), card(**{**SECOND, **numbers})
    done = actions.merge(VERA, anna.id, second.id, {name})
    third = card(family="Сидорова", **{name: ANNA[name]})
    assert actions.undo_merge(VERA, done.id)[1] == [name]
    held = {one["id"]: one[name] for one in _held(anna, second, third)}
    assert held == {anna.id: None, second.id: numbers[name], third.id: ANNA[name]}


@pytest.mark.django_db
def test_a_merged_cards_number_that_a_third_one_has_by_now_stays_with_it() -> None:
    anna, second = card(), card(**SECOND)
    done = actions.merge(VERA, anna.id, second.id, {"snils"})
    actions.amend(VERA, anna.id, CardData(**ANNA), queries.newest_change(anna.id))
    third = card(family="Сидорова", snils="08765430200")
    assert "snils" in actions.undo_merge(VERA, done.id)[1]
    held = {one["id"]: one["snils"] for one in _held(anna, second, third)}
    assert held == {anna.id: ANNA_SNILS, second.id: None, third.id: "08765430200"}


@pytest.mark.django_db
def test_a_card_that_had_others_brings_them_along_and_takes_them_back() -> None:
    anna, second, third = card(), card(**SECOND), card(family="Сидорова")
    actions.merge(VERA, second.id, third.id, set())
    done = actions.merge(VERA, anna.id, second.id, set())
    third.refresh_from_db()
    assert third.merged_into_id == anna.id
    assert queries.cards_of(anna.id) == [anna.id, *sorted([second.id, third.id])]
    actions.undo_merge(VERA, done.id)
    third.refresh_from_db()
    assert third.merged_into_id == second.id


@pytest.mark.django_db
def test_two_people_are_never_merged() -> None:
    anna, second = card(), card(**SECOND)
    child = card(family="Иванов", given="Миша", sex="m", birth_on=date(2020, 1, 1))
    stands(child, anna)
    with pytest.raises(Refusal, match="представитель"):
        actions.merge(VERA, anna.id, child.id, set())
    with pytest.raises(Refusal, match="одна и та же"):
        actions.merge(VERA, anna.id, anna.id, set())
    actions.link(account()[1])
    other = account(family="Петрова", snils="08765430200", birth_on=date(1984, 12, 3))
    actions.link(other[1])
    with pytest.raises(Refusal, match="два человека"):
        actions.merge(VERA, anna.id, second.id, set())
    with pytest.raises(Refusal, match="missing"):
        actions.merge(BORIS, anna.id, second.id, set())
    assert Merge.objects.count() == 0


def _old_card_of(actor: Actor, **kept: Any) -> Patient:
    """Return a card without an account of its own, behind which stands one that has it."""
    stays, old = card(**kept), card(birth_on=date(1984, 3, 12), snils=ANNA_SNILS)
    actions.link(actor)
    actions.merge(VERA, stays.id, old.id, set())
    return stays


@pytest.mark.django_db
def test_accounts_behind_the_cards_count_too() -> None:
    anna = _old_card_of(account()[1], family="Иванова", birth_on=date(1984, 1, 3))
    second = card(**SECOND)
    third = card(family="Петрова", given="Анна", birth_on=date(1983, 12, 3))
    actions.link(account(family="Петрова", snils="08765430200", birth_on=date(1984, 12, 3))[1])
    actions.merge(VERA, third.id, second.id, set())
    with pytest.raises(Refusal, match="два человека"):
        actions.merge(VERA, anna.id, third.id, set())


@pytest.mark.django_db
def test_who_stood_for_an_earlier_card_of_the_other_is_another_person() -> None:
    anna = card()
    child = card(family="Иванов", given="Миша", sex="m", birth_on=date(2020, 1, 1))
    again = card(family="Иванов", given="Михаил", sex="m", birth_on=date(2020, 1, 1))
    stands(child, anna)
    actions.merge(VERA, again.id, child.id, set())
    with pytest.raises(Refusal, match="представитель"):
        actions.merge(VERA, anna.id, again.id, set())


@pytest.mark.django_db
def test_an_account_behind_a_card_is_shown_and_keeps_it() -> None:
    """The card that somebody signs in by stays, though its account came with an older card."""
    anna = _old_card_of(account()[1], is_temporary=True)
    other = card(birth_on=date(1984, 3, 12), phone="9112223344", address="Невский, 1")
    pair = Double.objects.create(
        one_id=min(anna.id, other.id), other_id=max(anna.id, other.id),
        chance=0.99, bits=9, found_at=kernel_clock.now(),
    )  # fmt: skip
    assert queries.card(VERA, anna.id).has_account
    told = queries.comparison(VERA, pair.id)
    assert (told.one.id, told.has_accounts) == (anna.id, (True, False))


@pytest.mark.django_db
def test_a_merged_card_takes_no_merge() -> None:
    anna, second, third = card(), card(**SECOND), card(family="Сидорова")
    actions.merge(VERA, anna.id, second.id, set())
    for pair in ((second.id, third.id), (third.id, second.id)):
        with pytest.raises(Refusal, match="уже объединена"):
            actions.merge(VERA, *pair, set())


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["amend", "add", "end", "verify", "prefer", "note_death"])
def test_a_merged_card_takes_no_change(act: str) -> None:
    anna, second = card(), card(**SECOND)
    data = DetailData(DetailKind.PHONE, "own", "9112223399")
    row = actions.add_detail(VERA, second.id, data)
    actions.merge(VERA, anna.id, second.id, set())
    before = (_held(second), list(Detail.objects.order_by("id").values()), Change.objects.count())
    typed, seen = CardData(**{**ANNA, "snils": "", "enp": ""}), queries.newest_change(second.id)
    acts: dict[str, Callable[[], object]] = {
        "amend": lambda: actions.amend(VERA, second.id, typed, seen),
        "add": lambda: actions.add_detail(VERA, second.id, replace(data, value="9112223300")),
        "end": lambda: actions.end_detail(VERA, row.id),
        "verify": lambda: actions.verify_detail(VERA, row.id),
        "prefer": lambda: actions.prefer_detail(VERA, row.id),
        "note_death": lambda: actions.note_death(VERA, second.id, date(2025, 5, 1)),
    }
    with pytest.raises(Refusal, match="объединена с другой") as refused:
        acts[act]()
    assert refused.value.code == "patients.card.merged"
    details = list(Detail.objects.order_by("id").values())
    assert (_held(second), details, Change.objects.count()) == before


def test_the_patient_reaches_what_was_done_with_either_card(cast: Cast) -> None:
    """The home page, the request and the consultation of the merged card stay the person's own."""
    anna = cast.anna
    old = card(family="Иванова", given="Анна", birth_on=date(1984, 12, 3), is_temporary=True)
    asked = builders.request(old, cast.clinic, asked_by=anna.account.pk)
    talk = cast.consultation(of=old, consented=False)
    with pytest.raises(Refusal, match="missing"):
        queries.may_act_for(anna.actor, old.id)
    done = actions.merge(VERA, anna.card.id, old.id, set())
    assert queries.may_act_for(anna.actor, old.id).is_self
    people = queries.people_of(anna.actor)
    assert people[0].id == anna.card.id
    assert old.id in [one.id for one in people]
    assert [one.is_merged for one in people if one.is_self] == [False, True]
    assert asked.patient_id == talk.patient_id == old.id
    actions.undo_merge(VERA, done.id)
    with pytest.raises(Refusal, match="missing"):
        queries.may_act_for(anna.actor, old.id)


def test_the_account_of_a_merged_card_comes_to_the_one_that_stays(db: None) -> None:
    anna, second = card(), card(**SECOND)
    _, actor = account()
    actions.link(actor)
    actions.merge(VERA, second.id, anna.id, {"snils", "family", "birth_on"})
    own = queries.own_card(actor)
    assert own is not None
    assert own.id == second.id
    assert actions.link(actor).id == second.id


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "stays", "acts"), [(5, 16, False), (14, 8, True)])
def test_a_parents_right_goes_by_the_birth_on_the_card_that_stays(
    clock: Clock, old: int, stays: int, acts: bool
) -> None:
    anna, actor = card(), account()[1]
    actions.link(actor)
    first, child = (
        card(family="Иванов", given="Миша", sex="m", birth_on=date(clock.instant.year - age, 1, 1))
        for age in (old, stays)
    )
    stands(first, anna)
    actions.merge(VERA, child.id, first.id, set())
    clock.forward(days=400)
    assert (child.id in [one.id for one in queries.people_of(actor)]) is acts


def test_racing_merges_make_one(committed_db: None) -> None:
    anna, second = card(), card(**SECOND)
    done = race(
        *[lambda: actions.merge(VERA, anna.id, second.id, set())] * 3,
        *[lambda: actions.merge(VERA, second.id, anna.id, set())] * 3,
    )
    assert sum(isinstance(one, Merge) for one in done) == 1, done
    assert all(isinstance(one, Merge | Refusal) for one in done), done
    assert Patient.objects.filter(merged_into=None).count() == 1


def test_parting_is_in_the_audit_of_both(committed_db: None, audit_dsn: str) -> None:
    one, other = sorted((card(), card(**SECOND)), key=lambda one: one.id)
    Double.objects.create(one=one, other=other, chance=0.9, bits=9, found_at=kernel_clock.now())
    actions.part(VERA, one.id, other.id)
    with psycopg.connect(audit_dsn) as audit:
        rows = audit.execute(
            "SELECT patient, detail->>'other' FROM audit_event WHERE action = 'patients.part'"
        ).fetchall()
    assert sorted(map(str, rows)) == sorted(
        map(str, [(one.id, str(other.id)), (other.id, str(one.id))])
    )


def test_merging_and_undoing_are_in_the_audit_of_both(committed_db: None, audit_dsn: str) -> None:
    anna, second = card(), card(**SECOND)
    done = actions.merge(VERA, anna.id, second.id, set())
    actions.undo_merge(VERA, done.id)
    with psycopg.connect(audit_dsn) as audit:
        for patient in (anna.id, second.id):
            rows = audit.execute(
                "SELECT action FROM audit_event WHERE patient = %s ORDER BY at, id", [patient]
            ).fetchall()
            assert [row for (row,) in rows if "merge" in row] == [
                "patients.merge", "patients.undo_merge",
            ]  # fmt: skip
