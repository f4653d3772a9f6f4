"""Of two cards of one person only the one that stays gets what is new."""

from __future__ import annotations

import pytest

from priyom.consultations.models import Consultation
from priyom.intake import actions
from priyom.intake.models import Request
from priyom.intake.tests.stage import Stage, form, taken
from priyom.patients.actions import merge
from priyom.patients.models import Patient
from priyom.testing import builders
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


def _earlier(stage: Stage, of: Patient) -> Patient:
    """Return a card of the same person that was merged into `of`."""
    name = (of.family, of.given, of.patronymic)
    card = builders.patient(name, of.birth_on, of.sex, stage.cast.clinic, snils=None)
    merge(stage.cast.vera.actor, of.id, card.id, set())
    card.refresh_from_db()
    assert card.merged_into_id == of.id
    return card


def test_a_patient_is_not_offered_the_earlier_card(stage: Stage) -> None:
    _earlier(stage, stage.cast.anna.card)
    page = visit(stage.cast.anna).get("/my/requests/new/").content.decode()
    assert "прежняя карта" not in page
    assert page.count('name="for"') == 2  # herself and her son


@pytest.mark.parametrize("whose", ["own", "sons"])
def test_an_address_of_an_earlier_card_is_the_same_persons(stage: Stage, whose: str) -> None:
    person = stage.cast.anna.card if whose == "own" else stage.cast.petya
    earlier = _earlier(stage, person)
    visit(stage.cast.anna).post(f"/my/requests/new/?for={earlier.id}", form(stage))
    assert Request.objects.get(complaint="Кашель неделю").patient_id == person.id


def test_acts_with_an_earlier_card_go_to_the_one_that_stays(stage: Stage) -> None:
    cast = stage.cast
    earlier = _earlier(stage, cast.anna.card)
    asked = actions.ask(cast.anna.actor, stage.data(earlier))
    entered = actions.enter(cast.vera.actor, stage.data(earlier))
    ordered = actions.order(cast.boris.actor, stage.data(earlier), has_consent=True)
    assert {one.patient_id for one in (asked, entered, ordered)} == {cast.anna.card.id}
    slot, patient = stage.slots[0].pk, earlier.id
    made = actions.book(cast.vera.actor, entered.pk, actions.Choice(patient, slot))
    entered.refresh_from_db()
    assert {made.patient_id, entered.patient_id} == {cast.anna.card.id}


def test_a_request_from_before_the_merge_is_booked_for_the_card_that_stays(stage: Stage) -> None:
    """The earlier card chosen on a screen that was open meanwhile is the same person's, too."""
    cast = stage.cast
    second = builders.patient(
        ("Иванова", "Анна", "Сергеевна"), cast.anna.card.birth_on, "f", cast.clinic, snils=None
    )
    ordered = actions.order(cast.boris.actor, stage.data(second), has_consent=True)
    merge(cast.vera.actor, cast.anna.card.id, second.id, set())
    vera = visit(cast.vera)
    vera.post(f"/desk/requests/{ordered.pk}/take/")
    page = vera.get(f"/desk/requests/{ordered.pk}/").content.decode()
    assert f'value="{cast.anna.card.id}" form="book" data-row checked' in page
    assert str(second.id) not in page
    sent = {"patient": str(second.id), "slot": str(stage.slots[0].pk), "email": "a@example.ru"}
    late = vera.get(f"/desk/requests/{ordered.pk}/", sent).content.decode()
    assert f'value="{cast.anna.card.id}" form="book" data-row checked' in late
    assert f"&amp;patient={cast.anna.card.id}" in late  # the next links too
    vera.post(f"/desk/requests/{ordered.pk}/book/", sent)
    assert Consultation.objects.get().patient_id == cast.anna.card.id


def test_a_doctor_orders_for_the_card_that_stays(stage: Stage) -> None:
    earlier = _earlier(stage, stage.cast.anna.card)
    page = visit(stage.cast.boris).get(f"/desk/patients/{earlier.id}/order/").content.decode()
    assert f'data-keep="order-{stage.cast.anna.card.id}"' in page


def test_a_booking_of_the_same_person_is_seen_whatever_card_it_has(stage: Stage) -> None:
    cast = stage.cast
    second = builders.patient(
        ("Иванова", "Анна", "Сергеевна"), cast.anna.card.birth_on, "f", cast.clinic, snils=None
    )
    cast.consultation(of=second, at=stage.slots[3])
    merge(cast.vera.actor, cast.anna.card.id, second.id, set())
    page = taken(stage).get(stage.url()).content.decode()
    assert "Уже есть запись к терапевту" in page
