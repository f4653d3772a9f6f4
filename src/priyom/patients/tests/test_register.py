"""A new card: twice is once, the same number is refused by name, races too."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.validators import validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from priyom.kernel import clock
from priyom.kernel.actor import NOBODY
from priyom.kernel.refusal import Refusal
from priyom.patients import actions, rules
from priyom.patients.models import Family, Patient
from priyom.patients.rules import CardData, NumberTaken
from priyom.patients.tests.cast import ANNA, ANNA_ENP, ANNA_SNILS, BORIS, VERA, account, card
from priyom.testing.race import race


@pytest.mark.django_db
def test_register_keeps_card_and_dictionary() -> None:
    kept = card()
    assert (kept.snils, kept.document, kept.phone) == (ANNA_SNILS, "4008:123456", "+79215551020")
    assert kept.family_key == "иванова"
    card(birth_on=date(1990, 1, 1))
    assert Family.objects.get(family_key="иванова").people == 2


@pytest.mark.django_db
def test_sent_twice_makes_one_card() -> None:
    data = CardData(**ANNA)
    assert actions.register(VERA, data).id == actions.register(VERA, data).id
    assert Family.objects.get().people == 1


@pytest.mark.django_db
@pytest.mark.parametrize("number", [{"snils": ANNA_SNILS}, {"enp": ANNA_ENP}])
def test_same_number_names_the_card(number: dict[str, str]) -> None:
    anna = card()
    with pytest.raises(NumberTaken) as refused:
        card(family="Петрова", **number)
    assert refused.value.patient == anna.id
    assert "Иванова Анна Сергеевна, 12.03.1984" in refused.value.text
    assert refused.value.kind == "conflict"


@pytest.mark.django_db
@pytest.mark.parametrize("actor", [NOBODY, BORIS])
def test_only_a_registrar(actor: object) -> None:
    with pytest.raises(Refusal, match="missing"):
        actions.register(actor, CardData(**ANNA))  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="missing"):
        actions.register(account()[1], CardData(**ANNA))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("family", " "), ("given", ""), ("snils", "112-233-445 96"), ("snils", "1"),
        ("enp", "7941983111972142"), ("birth_on", date(1900, 1, 1)), ("birth_on", date(2200, 1, 1)),
        ("phone", "12"), ("email", "анна"), ("sex", "x"),
    ],
)  # fmt: skip
def test_faults_stand_beside_their_field(field: str, value: object) -> None:
    faults = rules.faults(CardData(**{**ANNA, field: value}), clock.today())
    assert [fault.field for fault in faults] == [field]


@pytest.mark.parametrize(
    "name", ["Иванова", "Римская-Корсакова", "Li", "О'Нил", "Анна Мария", "Мл."]
)
def test_usual_names_pass(name: str) -> None:
    assert rules.name_warning(name) == ""


@pytest.mark.parametrize("name", ["Cидоров", "Иван0в", "Петр_"])
def test_odd_names_are_asked_about(name: str) -> None:
    assert rules.name_warning(name)


def test_racing_for_one_snils_makes_one_card(committed_db: None) -> None:
    acts = [
        lambda given=given: actions.register(VERA, CardData(**{**ANNA, "given": given, "enp": ""}))
        for given in ("Анна", "Инна", "Анна", "Алла", "Анна", "Нина")
    ]
    done = race(*acts)
    assert sum(isinstance(one, Patient) for one in done) == 1
    assert sum(isinstance(one, NumberTaken) for one in done) == 5
    assert Family.objects.get().people == 1


def test_racing_double_send_makes_one_card(committed_db: None) -> None:
    data = CardData(**ANNA)
    done = race(*[lambda: actions.register(VERA, data)] * 6)
    assert {one.id for one in done if isinstance(one, Patient)} == {data.key}
    assert all(isinstance(one, Patient) for one in done), done
    assert Family.objects.get().people == 1


@given(st.one_of(st.emails(), st.text(max_size=40), st.from_regex(r"[\w.!+-]+@[\w.-]+")))
@example("a..b@mail.ru")
@example("анна@mail.ru")
@example("a@b_c.ru")
@example("a@mail.ru\n")
def test_address_that_is_taken_can_be_written_to(text: str) -> None:
    if rules.is_email(text):
        validate_email(text)


@pytest.mark.django_db
def test_confirm_email() -> None:
    anna = card()
    kept = actions.confirm_email(VERA, anna.id, " anna@почта.рф ")
    assert (kept.email, kept.email_confirmed_at is not None) == ("anna@почта.рф", True)
    again = actions.confirm_email(VERA, anna.id, "anna@почта.рф")
    assert again.email_confirmed_at == kept.email_confirmed_at
    with pytest.raises(Refusal, match="email"):
        actions.confirm_email(VERA, anna.id, "анна")
    with pytest.raises(Refusal, match="missing"):
        actions.confirm_email(BORIS, anna.id, "anna@mail.ru")
