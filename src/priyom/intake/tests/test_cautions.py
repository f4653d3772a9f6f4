"""Before the booking the registrar hears what does not fit, and what to do instead."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from priyom.clinics.models import Speciality
from priyom.consultations.models import Consultation
from priyom.intake import actions
from priyom.intake.models import Request, Step
from priyom.intake.rules import misfit, mismatch
from priyom.intake.tests.stage import Stage, taken
from priyom.kernel.refusal import Refusal
from priyom.patients.models import Patient
from priyom.testing import builders

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def _booking(stage: Stage, card: Patient | None = None, **more: str) -> dict[str, str]:
    whom = card or stage.cast.anna.card
    sent = {"patient": str(whom.pk), "slot": str(stage.slots[0].pk), "email": "anna@example.ru"}
    return sent | more


def _person(stage: Stage, card: Patient | None = None) -> str:
    whom = card or stage.cast.anna.card
    answer = taken(stage).get(stage.url("person/"), {"patient": str(whom.pk)})
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("asked", "differs"),
    [
        (("Иванова", "Анна", date(1986, 4, 12)), ()),
        (("ИВАНОВА", "Анна", None), ()),
        (("Ивановa", "Анна", None), ()),  # the last letter is Latin
        (("Петрова", "Анна", date(1986, 4, 12)), ("фамилия",)),
        (("Иванова", "Алла", date(1986, 12, 4)), ("имя", "дата рождения")),
    ],
)
def test_what_makes_two_people(asked: Any, differs: tuple[str, ...]) -> None:
    assert mismatch(asked, ("Иванова", "Анна", date(1986, 4, 12))) == differs


@pytest.mark.parametrize(
    ("changes", "sex", "born", "said"),
    [
        ({}, "m", date(1960, 1, 1), ""),
        ({"is_for_children": True}, "m", date(2008, 11, 24), "только детей"),
        ({"is_for_children": True}, "m", date(2008, 11, 25), ""),
        ({"for_sex": "f"}, "m", date(1960, 1, 1), "только женщин"),
        ({"for_sex": "f"}, "f", date(1960, 1, 1), ""),
        ({"for_sex": "m"}, "f", date(1960, 1, 1), "только мужчин"),
        ({"from_age": 18}, "f", date(2010, 1, 1), "с 18\N{NO-BREAK SPACE}лет"),
        ({"from_age": 18}, "f", date(2008, 11, 24), ""),
    ],
)
def test_whom_a_doctor_sees(changes: dict[str, Any], sex: str, born: date, said: str) -> None:
    why = misfit(Speciality(doctor="врач", **changes), sex, born, TODAY)
    assert said in why if said else why == ""


def test_another_name_or_birth_date_stops_until_three_questions_are_answered(stage: Stage) -> None:
    Request.objects.filter(pk=stage.request.pk).update(birth_on=date(1968, 4, 12))
    vera = taken(stage)
    page = vera.get(stage.url(), {"patient": str(stage.cast.anna.card.pk)}).content.decode()
    assert "разные: дата рождения" in page
    assert page.count("<li>Последние") >= 2
    assert (stage.cast.anna.card.enp or "")[-4:] in page
    refused = vera.post(stage.url("book/"), _booking(stage))
    assert refused.status_code == 400
    assert "Задайте три вопроса" in refused.content.decode()
    assert not Consultation.objects.exists()
    vera.post(stage.url("book/"), _booking(stage, sure="1"))
    assert Consultation.objects.exists()
    assert Step.objects.get(kind="identified").note == "Другое: дата рождения"


def test_nobody_is_asked_when_request_and_card_agree(stage: Stage) -> None:
    assert "Спросите и сверьте" not in _person(stage)
    taken(stage).post(stage.url("book/"), _booking(stage))
    assert Consultation.objects.exists()
    assert not Step.objects.filter(kind="identified").exists()


def test_a_booking_to_the_same_doctors_is_graver_than_another(stage: Stage) -> None:
    made = stage.cast.consultation(consented=False, at=stage.slots[3])
    page = _person(stage)
    assert "Уже есть запись к терапевту" in page
    assert f"/desk/booked/{made.pk}/" in page
    other = builders.speciality("кардиология", "кардиолог")
    Request.objects.filter(pk=stage.request.pk).update(speciality=other)
    page = _person(stage)
    assert "Уже есть запись" not in page
    assert "Есть запись: терапевт" in page


def test_who_is_attached_elsewhere_is_said_with_the_phone_there(stage: Stage) -> None:
    assert "прикреплён к другой" not in _person(stage)
    Patient.objects.filter(pk=stage.cast.anna.card.pk).update(attached_to=stage.cast.other_clinic)
    page = _person(stage)
    assert "Поликлиника № 38" in page
    assert "+7 812 555-00-00" in page
    Patient.objects.filter(pk=stage.cast.anna.card.pk).update(attached_to=None)
    assert "не прикреплена" in _person(stage)


def test_a_doctor_for_others_is_refused_with_who_is_for_this_patient(stage: Stage) -> None:
    women = builders.speciality("гинекология", "гинеколог")
    Speciality.objects.filter(pk=women.pk).update(for_sex="f")
    doctor = builders.doctor(("Ветрова", "Светлана", "Юрьевна"), stage.cast.clinic, women)
    (time,) = builders.slots(doctor)
    gleb, vera = stage.cast.gleb.card, taken(stage)
    asked = {"patient": str(gleb.pk), "speciality": str(women.pk)}
    page = vera.get(stage.url("times/"), asked).content.decode()
    assert "Гинеколог принимает только женщин" in page
    assert f"speciality={stage.cast.boris.doctor.speciality_id}&amp;patient={gleb.pk}" in page
    refused = vera.post(stage.url("book/"), _booking(stage, gleb, slot=str(time.pk), sure="1"))
    assert "Гинеколог принимает только женщин" in refused.content.decode()
    assert not Consultation.objects.exists()
    time.refresh_from_db()
    assert time.state == "free"


def test_a_death_on_the_card_is_said(stage: Stage) -> None:
    Patient.objects.filter(pk=stage.cast.anna.card.pk).update(died_on=date(2026, 1, 2))
    assert "отмечена смерть 2" in _person(stage)


def test_the_act_itself_asks_whoever_calls_it(stage: Stage) -> None:
    Request.objects.filter(pk=stage.request.pk).update(family="Петрова")
    actions.take(stage.cast.vera.actor, stage.request.pk)
    choice = actions.Choice(stage.cast.anna.card.pk, stage.slots[0].pk)
    with pytest.raises(Refusal, match=r"request\.sure"):
        actions.book(stage.cast.vera.actor, stage.request.pk, choice)
