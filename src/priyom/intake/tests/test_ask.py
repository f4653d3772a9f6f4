"""A request comes by three entrances, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from priyom.consultations.models import Consent
from priyom.intake import actions
from priyom.intake.models import Request, Step
from priyom.intake.rules import RequestState
from priyom.intake.tests.builders import (
    Scene,
    card,
    child_of,
    data,
    doctor_actor,
    patient,
    working_day_after,
)
from priyom.kernel import clock
from priyom.kernel.refusal import Refusal
from priyom.schedule.tests.builders import doctor_with_times, registrar_of
from priyom.testing.builders import speciality

pytestmark = pytest.mark.django_db


@pytest.mark.act("request.ask")
def test_a_patient_asks_on_the_portal() -> None:
    scene = Scene()
    request = scene.now()
    assert request.state == RequestState.NEW
    assert request.source == "portal"
    assert request.phone == "+79215551020"
    assert request.asked_by == scene.anna.account
    assert request.intervals.count() == 1
    assert request.answer_due_at == working_day_after(request.asked_at)


def test_the_same_form_makes_one_request() -> None:
    doctor, _ = doctor_with_times(1)
    anna, own = patient()
    form = data(doctor, own)
    assert actions.ask(anna, form).pk == actions.ask(anna, form).pk
    gleb, his = patient(card("Петров", "Глеб"))
    with pytest.raises(Refusal, match="missing"):
        actions.ask(gleb, data(doctor, his, client_key=form.client_key))


def test_a_mother_asks_for_her_child() -> None:
    doctor, _ = doctor_with_times(1)
    anna, own = patient()
    child = child_of(own)
    request = actions.ask(anna, data(doctor, child, for_whom="child"))
    assert (request.given, request.asked_by_name) == ("Мария", anna.name)


def test_a_stranger_cannot_ask_for_another_card() -> None:
    doctor, _ = doctor_with_times(1)
    gleb, _ = patient(card("Петров", "Глеб"))
    with pytest.raises(Refusal, match="missing"):
        actions.ask(gleb, data(doctor, card()))
    with pytest.raises(Refusal, match="missing"):
        actions.ask(registrar_of(doctor), data(doctor, card()))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"complaint": " "}, "complaint"),
        ({"complaint": "а" * 5000}, "complaint"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"intervals": ()}, "times"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(change: dict[str, object], field: str) -> None:
    doctor, _ = doctor_with_times(1)
    anna, own = patient()
    with pytest.raises(Refusal) as refused:
        actions.ask(anna, data(doctor, own, **change))
    assert refused.value.field == field
    assert not Request.objects.exists()


def test_a_past_interval_and_a_foreign_doctor_are_refused() -> None:
    doctor, _ = doctor_with_times(1)
    other, _ = doctor_with_times(1, speciality=speciality("кардиология", "кардиолог"))
    anna, own = patient()
    past = clock.now() - timedelta(hours=5)
    with pytest.raises(Refusal, match=r"request\.times"):
        actions.ask(anna, data(doctor, own, intervals=((past, past + timedelta(hours=1)),)))
    with pytest.raises(Refusal, match=r"request\.speciality"):
        actions.ask(anna, data(doctor, own, doctor=other.pk))
    with pytest.raises(Refusal, match=r"request\.speciality"):
        actions.ask(anna, data(doctor, own, speciality=other.speciality_id))


@pytest.mark.act("request.enter")
def test_a_call_is_typed_and_taken_at_once() -> None:
    doctor, _ = doctor_with_times(1)
    vera = registrar_of(doctor)
    form = data(doctor, name=("Гаврилова", "Тамара", "нет"), intervals=())
    request = actions.enter(vera, form)
    assert (request.state, request.taken_by) == (RequestState.TAKEN, vera.account)
    assert (request.source, request.patronymic) == ("phone", "")
    assert actions.enter(vera, form).pk == request.pk


def test_a_call_needs_a_name_and_a_registrar_of_this_clinic() -> None:
    doctor, _ = doctor_with_times(1)
    other, _ = doctor_with_times(1)
    with pytest.raises(Refusal, match=r"request\.name"):
        actions.enter(registrar_of(doctor), data(doctor))
    for stranger in (registrar_of(other), doctor_actor(doctor), patient()[0]):
        with pytest.raises(Refusal, match="missing"):
            actions.enter(stranger, data(doctor, name=("Гаврилова", "Тамара", "")))


@pytest.mark.act("request.order")
def test_a_doctor_orders_and_books_at_once() -> None:
    doctor, _ = doctor_with_times(0)
    consultant, slots = doctor_with_times(1, beside=doctor)
    own = card()
    form = data(consultant, own, intervals=(), doctor=consultant.pk)
    treating = doctor_actor(doctor)
    request = actions.order(treating, form, has_consent=True, slot_id=slots[0].pk)
    assert request.state == RequestState.SCHEDULED
    assert request.consultation is not None
    assert request.consultation.doctor == consultant
    assert Consent.objects.get(patient=own).method == "visit"
    again = actions.order(treating, form, has_consent=True, slot_id=slots[0].pk)
    assert again.pk == request.pk


def test_a_doctor_orders_without_a_time() -> None:
    doctor, _ = doctor_with_times(0)
    request = actions.order(doctor_actor(doctor), data(doctor, card()), has_consent=True)
    assert (request.state, request.ordered_by_id) == (RequestState.NEW, doctor.pk)


def test_an_order_needs_the_consent_on_the_spot() -> None:
    doctor, _ = doctor_with_times(0)
    with pytest.raises(Refusal, match=r"request\.consent"):
        actions.order(doctor_actor(doctor), data(doctor, card()), has_consent=False)
    assert not Consent.objects.exists()


def test_an_order_whose_time_is_gone_leaves_nothing() -> None:
    doctor, slots = doctor_with_times(1)
    booked = Scene()
    booked.booked()
    with pytest.raises(Refusal, match="missing"):
        actions.order(
            doctor_actor(doctor), data(doctor, card()), has_consent=True, slot_id=booked.slots[0].pk
        )
    assert slots
    assert not Request.objects.filter(source="doctor").exists()
    assert not Consent.objects.exists()


def test_only_a_doctor_orders() -> None:
    doctor, _ = doctor_with_times(0)
    other, _ = doctor_with_times(0)
    for stranger in (registrar_of(doctor), doctor_actor(other), patient()[0]):
        with pytest.raises(Refusal, match="missing"):
            actions.order(stranger, data(doctor, card()), has_consent=True)


@pytest.mark.act("request.add")
def test_the_patient_adds_while_it_waits() -> None:
    scene = Scene()
    actions.add(scene.anna, scene.request.pk, "Появилась сыпь")
    assert Step.objects.filter(kind="added").get().note == "Появилась сыпь"
    for stranger in scene.strangers():
        with pytest.raises(Refusal, match="missing"):
            actions.add(stranger, scene.request.pk, "Я тоже")
    scene.booked()
    with pytest.raises(Refusal, match=r"request\.add\.closed"):
        actions.add(scene.anna, scene.request.pk, "Ещё")
