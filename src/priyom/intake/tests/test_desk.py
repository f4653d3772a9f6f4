"""The booking screen and the other desk pages; a stranger finds nothing."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from priyom.consultations.models import Consultation
from priyom.intake import actions
from priyom.intake.models import Step
from priyom.intake.rules import RequestState
from priyom.intake.tests.stage import Stage, form, taken
from priyom.kernel.ids import uuid7
from priyom.notices.models import Notice
from priyom.schedule.models import Slot
from priyom.schedule.rules import SlotState
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_the_booking_screen_finds_the_card_and_the_times(
    stage: Stage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    vera = taken(stage)
    with django_assert_max_num_queries(40):
        page = vera.get(stage.url()).content.decode()
    assert "Пациент в индексе" in page
    assert f'value="{stage.cast.anna.card.pk}"' in page
    assert f'value="{stage.slots[0].pk}"' in page
    assert "Будет создано" in page
    part = vera.get(stage.url("found/"), {"q": "никто неизвестный 1901"}).content.decode()
    assert "Мы не нашли карту" in part
    assert "<html" not in part


def test_a_chosen_card_stays_chosen_whatever_is_searched_next(stage: Stage) -> None:
    vera, patient = taken(stage), str(stage.cast.anna.card.pk)
    sent = {"q": "никто неизвестный 1901", "patient": patient}
    for address in (stage.url("found/"), stage.url()):
        part = vera.get(address, sent).content.decode()
        assert "выбранная карта" in part
        assert f'value="{patient}" form="book" data-row checked' in part


def test_one_form_books_without_script(stage: Stage) -> None:
    vera = taken(stage)
    sent = {
        "patient": str(stage.cast.anna.card.pk),
        "slot": str(stage.slots[1].pk),
        "email": "anna@example.ru",
    }
    done = vera.post(stage.url("book/"), sent, follow=True).content.decode()
    made = Consultation.objects.get()
    assert "Записано: Иванова Анна Сергеевна" in done
    assert made.number in done
    again = vera.post(stage.url("book/"), sent)
    assert again.status_code == 409
    assert Consultation.objects.count() == 1


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("slot", "Выберите время у врача"),
        ("email", "Впишите почту или отметьте, что её нет"),
    ],
)
def test_what_is_missing_for_the_booking_is_said_in_place(
    stage: Stage, left_out: str, said: str
) -> None:
    vera = taken(stage)
    sent = {
        "patient": str(stage.cast.anna.card.pk),
        "slot": str(stage.slots[1].pk),
        "email": "anna@example.ru",
    }
    answer = vera.post(stage.url("book/"), sent | {left_out: ""})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert stage.state() == RequestState.TAKEN


def test_a_time_taken_meanwhile_leaves_the_rest_as_it_was(stage: Stage) -> None:
    vera = taken(stage)
    Slot.objects.filter(pk=stage.slots[1].pk).update(state=SlotState.BOOKED)
    sent = {
        "patient": str(stage.cast.anna.card.pk),
        "slot": str(stage.slots[1].pk),
        "email": "new@example.ru",
    }
    answer = vera.post(stage.url("book/"), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Это время только что заняли. Ближайшие: " in page
    assert "new@example.ru" in page
    assert not Consultation.objects.exists()


def test_a_click_holds_the_time_and_shows_how_long(stage: Stage) -> None:
    vera = taken(stage)
    first, second = (str(slot.pk) for slot in stage.slots[:2])
    part = vera.post(stage.url("hold/"), {"slot": first}).content.decode()
    assert "место держим" in part
    assert Slot.objects.get(pk=first).state == SlotState.HELD
    vera.post(stage.url("hold/"), {"slot": second, "held": first})
    assert Slot.objects.get(pk=first).state == SlotState.FREE
    zoya = visit(stage.cast.zoya)
    other = actions.ask(stage.cast.anna.actor, stage.data(stage.cast.anna.card))
    actions.take(stage.cast.zoya.actor, other.pk)
    answer = zoya.post(f"/desk/requests/{other.pk}/hold/", {"slot": second})
    assert answer.status_code == 409
    assert "Это время только что заняли" in answer.content.decode()


def test_the_chosen_card_shows_its_address_and_warnings(stage: Stage) -> None:
    stage.cast.consultation(consented=False, at=stage.slots[3])
    vera = taken(stage)
    patient = str(stage.cast.anna.card.pk)
    part = vera.get(stage.url("person/"), {"patient": patient}).content.decode()
    assert "Уже есть запись к терапевту" in part
    assert "anna@example.ru" in part
    assert 'id="plan-who"' in part


def test_the_simple_acts_have_their_buttons(stage: Stage) -> None:
    vera = taken(stage)
    page = vera.get(stage.url()).content.decode()
    for act in ("release", "decline", "mark_duplicate", "contact", "book"):
        assert f'data-act="request.{act}"' in page
    vera.post(stage.url("contact/"), {"kind": "no_answer", "note": "занято"})
    assert Step.objects.filter(kind="no_answer", note="занято").exists()
    vera.post(stage.url("contact/"), {"kind": "call_back", "call_back": "23:59"})
    assert stage.state() == RequestState.NEW
    vera.post(stage.url("take/"))
    vera.post(stage.url("decline/"), {"reason": "Нужен очный осмотр"})
    assert stage.state() == RequestState.DECLINED
    assert 'data-act="request.reopen"' in vera.get(stage.url()).content.decode()
    vera.post(stage.url("reopen/"), {"reason": "Ошиблись"})
    assert stage.state() == RequestState.NEW


def test_a_doctor_orders_from_the_card(stage: Stage) -> None:
    boris = visit(stage.cast.boris)
    address = f"/desk/patients/{stage.cast.anna.card.pk}/order/"
    whom = f"d:{stage.cast.boris.doctor.pk}"
    shown = boris.post(address, {"complaint": "Контроль", "whom": whom, "show": "1"})
    assert "Контроль" in shown.content.decode()
    assert str(stage.slots[2].pk) in shown.content.decode()
    sent = form(stage, whom=whom, slot=str(stage.slots[2].pk), send="1", times=[])
    refused = boris.post(address, sent)
    assert "услышал согласие и согласен" in refused.content.decode()
    boris.post(address, sent | {"has_consent": "on"})
    assert Consultation.objects.get().slot_id == stage.slots[2].pk


def test_a_doctor_finds_whom_to_order_for(stage: Stage) -> None:
    boris, patient = visit(stage.cast.boris), stage.cast.anna.card.pk
    page = boris.get("/desk/patients/search/?q=иванова анна").content.decode()
    assert f"/desk/order/?patient={patient}" in page
    answer = boris.get(f"/desk/order/?patient={patient}")
    assert answer["Location"] == f"/desk/patients/{patient}/order/"
    assert boris.get("/desk/order/?patient=x").status_code == 404
    assert visit(stage.cast.vera).get(f"/desk/order/?patient={patient}").status_code == 404


def test_failed_letters_name_whom_to_call_and_go_again(stage: Stage) -> None:
    taken(stage)
    choice = actions.Choice(stage.cast.anna.card.pk, stage.slots[0].pk, "anna@example.ru")
    actions.book(stage.cast.vera.actor, stage.request.pk, choice)
    Notice.objects.filter(to="anna@example.ru").update(state="failed", failure="нет адреса")
    vera = visit(stage.cast.vera)
    page = vera.get("/desk/notices/").content.decode()
    assert "Иванова Анна Сергеевна" in page
    assert "+7 921 555-10-20" in page
    letter = Notice.objects.get(to="anna@example.ru")
    vera.post(f"/desk/notices/{letter.pk}/retry/", {"to": "right@example.ru"})
    assert Notice.objects.get(pk=letter.pk).to == "right@example.ru"
    nina = visit(stage.cast.nina)
    assert nina.post(f"/desk/notices/{letter.pk}/retry/", {"to": ""}).status_code == 404
    assert "anna" not in nina.get("/desk/notices/").content.decode()


OF_THE_REQUEST = (
    "", "found/", "person/", "times/", "hold/", "book/", "take/", "release/", "decline/",
    "mark_duplicate/", "merge/", "stay/", "address/", "reopen/", "contact/",
)  # fmt: skip


@pytest.mark.parametrize("tail", OF_THE_REQUEST)
def test_a_stranger_finds_no_request_on_the_desk(stage: Stage, tail: str) -> None:
    reads = tail in ("", "found/", "person/", "times/")
    for stranger in (stage.cast.nina, stage.cast.boris, stage.cast.inna):
        browser = visit(stranger)
        answer = (
            browser.get(stage.url(tail))
            if reads
            else browser.post(
                stage.url(tail),
                {"reason": "Чужая", "kind": "called", "of": str(uuid7()), **_choice(stage)},
            )
        )
        assert answer.status_code == 404, stranger
    assert stage.state() == RequestState.NEW


def _choice(stage: Stage) -> dict[str, str]:
    return {
        "patient": str(stage.cast.anna.card.pk),
        "slot": str(stage.slots[0].pk),
        "email": "anna@example.ru",
    }


@pytest.mark.parametrize("tail", ["", "add/", "withdraw/"])
def test_another_patient_finds_no_request(stage: Stage, tail: str) -> None:
    gleb, root = visit(stage.cast.gleb), f"/my/requests/{stage.request.pk}/"
    answer = (
        gleb.post(f"{root}{tail}", {"reason": "Чужая", "text": "Чужая"})
        if tail
        else (gleb.get(root))
    )
    assert answer.status_code == 404
    assert stage.state() == RequestState.NEW


def test_only_doctors_order_and_only_registrars_see_the_journal(stage: Stage) -> None:
    address = f"/desk/patients/{stage.cast.anna.card.pk}/order/"
    assert visit(stage.cast.vera).get(address).status_code == 404
    assert visit(stage.cast.boris).get(f"/desk/patients/{UUID(int=1)}/order/").status_code == 404
    for person in (stage.cast.boris, stage.cast.inna):
        for page in ("/desk/journal/", "/desk/requests/new/", "/desk/notices/"):
            assert visit(person).get(page).status_code == 404
    for page in ("/desk/journal/", "/my/requests/new/"):
        assert Client().get(page).status_code == 302


def test_odd_signs_and_days_are_refused_kindly(stage: Stage) -> None:
    vera = taken(stage)
    assert vera.post(stage.url("decline/"), {"reason": "нет\0врача"}).status_code == 400
    assert vera.get(stage.url(), {"since": "9999-12-31"}).status_code == 200
    answer = vera.post(stage.url("contact/"), {"kind": "note", "note": "я" * 501}, follow=True)
    assert "Оставьте главное" in answer.content.decode()
    assert stage.state() == RequestState.TAKEN
