"""The console of a phone call: what was heard, the card, the time and the consent in one form."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from priyom.consultations.models import Consultation
from priyom.intake import actions
from priyom.intake.models import Request, Step
from priyom.intake.rules import RequestState
from priyom.intake.tests.stage import Stage, form
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal
from priyom.schedule.models import Slot
from priyom.schedule.rules import SlotState
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db
CALL = "/desk/requests/new/"


@pytest.fixture
def stage() -> Stage:
    return Stage()


def _said(stage: Stage, **changes: object) -> dict[str, object]:
    """Return what the console sends for Анна, who asks for Борис's second time."""
    said = form(
        stage,
        q="иванова анна 12.04.1986",
        patient=str(stage.cast.anna.card.pk),
        slot=str(stage.slots[1].pk),
        times=[],
        for_whom="self",
        flags="none",
        agreed="on",
        book="1",
    )
    said.pop("no_red_flags")
    return {name: value for name, value in (said | changes).items() if value != ""}


def test_one_form_books_a_caller(stage: Stage) -> None:
    vera, sent = visit(stage.cast.vera), _said(stage)
    answer = vera.post(CALL, sent)
    made = Request.objects.get(complaint="Кашель неделю")
    assert answer["Location"] == f"/desk/requests/{made.pk}/"
    assert (made.state, made.source, made.patient_id) == (
        RequestState.SCHEDULED, "phone", stage.cast.anna.card.pk,
    )  # fmt: skip
    assert Consultation.objects.get().slot_id == stage.slots[1].pk
    assert Step.objects.filter(request=made, kind="agreed").count() == 1
    assert "Записано" in vera.get(answer["Location"]).content.decode()
    assert vera.post(CALL, sent)["Location"] == answer["Location"]
    assert Request.objects.filter(complaint="Кашель неделю").count() == 1
    assert Consultation.objects.count() == 1


def test_without_a_time_it_goes_into_the_journal(stage: Stage) -> None:
    sent = _said(stage, patient="", slot="", book="", later="1", q="гаврилова-ли тамара 04.05.1951")
    answer = visit(stage.cast.vera).post(CALL, sent)
    made = Request.objects.get(complaint="Кашель неделю")
    assert answer["Location"] == f"/desk/requests/{made.pk}/"
    assert (made.state, made.family, made.given) == (RequestState.TAKEN, "Гаврилова-Ли", "Тамара")
    assert f"{made.birth_on}" == "1951-05-04"
    nobody = _said(stage, patient="", slot="", book="", later="1", q="", client_key=str(uuid7()))
    refused = visit(stage.cast.vera).post(CALL, nobody)
    assert refused.status_code == 400
    assert "Впишите фамилию и имя" in refused.content.decode()
    desk = _said(stage, later="1", book="", at_desk="on", client_key=str(uuid7()), family="Ли",
                 given="Вэй", patient="", complaint="Спрошу здесь")  # fmt: skip
    visit(stage.cast.vera).post(CALL, desk)
    assert Request.objects.get(complaint="Спрошу здесь").source == "desk"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"flags": ""}, "Спросите об этом"),
        ({"flags": "some"}, "пусть звонят 103. Заявку не записываем"),
        ({"agreed": ""}, "Спросите согласие"),
        ({"complaint": ""}, "Напишите, что беспокоит"),
        ({"whom": ""}, "Выберите врача"),
        ({"phone": "12"}, "Нужно 10 цифр"),
        ({"slot": ""}, "Выберите время у врача"),
        ({"patient": ""}, "Выберите карту"),
        ({"email": ""}, "Впишите почту или отметьте"),
    ],
)
def test_what_is_missing_is_said_in_place_and_nothing_is_lost(
    stage: Stage, change: dict[str, object], said: str
) -> None:
    sent = _said(stage, **change)
    answer = visit(stage.cast.vera).post(CALL, sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    for name in ("complaint", "phone", "q"):
        assert str(sent.get(name, "")) in page
    assert not Request.objects.filter(complaint="Кашель неделю").exists()
    assert not Consultation.objects.exists()


def test_a_time_taken_meanwhile_leaves_no_request_behind(stage: Stage) -> None:
    Slot.objects.filter(pk=stage.slots[1].pk).update(state=SlotState.BOOKED)
    answer = visit(stage.cast.vera).post(CALL, _said(stage))
    assert answer.status_code == 409
    assert "Это время только что заняли" in answer.content.decode()
    assert not Request.objects.filter(complaint="Кашель неделю").exists()


def test_cards_say_how_far_they_agree_with_what_was_heard(
    stage: Stage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    vera = visit(stage.cast.vera)
    with django_assert_max_num_queries(40):
        page = vera.get(CALL).content.decode()
    assert "Сначала спросите" in page
    assert "боль или давление в груди" in page
    heard = {"q": "иванова анна сергеевна 12.04.1986", "phone": "8 921 999-99-99"}
    part = vera.get("/desk/call/found/", heard).content.decode()
    assert "совпало 4 из 5" in part
    assert "другой телефон" in part
    chosen = {"patient": str(stage.cast.anna.card.pk)}
    part = vera.get("/desk/call/person/", heard | chosen).content.decode()
    assert "спросите и сверьте с картой" in part
    assert "Прислать ссылку" not in part
    for path in ("found", "person", "times"):
        assert "<html" not in vera.get(f"/desk/call/{path}/", heard).content.decode()


def test_the_callers_number_is_sought_by_itself(stage: Stage) -> None:
    card = stage.cast.anna.card
    card.phone = "+79215551020"
    card.save()
    part = visit(stage.cast.vera).get("/desk/call/found/", {"phone": "921 555-10-20"})
    assert f'value="{card.pk}"' in part.content.decode()


def test_the_time_is_kept_while_the_rest_is_asked(stage: Stage) -> None:
    vera, whom = visit(stage.cast.vera), f"d:{stage.cast.boris.doctor.pk}"
    pane = vera.post("/desk/call/hold/", {"slot": str(stage.slots[2].pk), "whom": whom})
    assert "место держим" in pane.content.decode()
    assert Slot.objects.get(pk=stage.slots[2].pk).state == SlotState.HELD
    zoya = visit(stage.cast.zoya).post("/desk/call/hold/", {"slot": str(stage.slots[2].pk)})
    assert zoya.status_code == 409


def test_what_was_said_comes_back_without_script(stage: Stage) -> None:
    sent = _said(stage, book="", show="1", slot="")
    answer = visit(stage.cast.vera).post(CALL, sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Кашель неделю" in page
    assert "Ещё не записано" not in page
    assert f'value="{stage.slots[0].pk}"' in page


def test_the_patients_page_leads_here_with_what_was_sought(stage: Stage) -> None:
    page = visit(stage.cast.vera).get(f"{CALL}?q=8 921 555-10-20").content.decode()
    assert 'value="+79215551020"' in page


def test_only_registrars_of_the_place_enter(stage: Stage) -> None:
    for person in (stage.cast.boris, stage.cast.inna):
        for path in (CALL, "/desk/call/found/", "/desk/call/person/", "/desk/call/times/"):
            assert visit(person).get(path).status_code == 404
        assert visit(person).post("/desk/call/hold/").status_code == 404
    data = stage.data(stage.cast.anna.card)
    choice = actions.Choice(stage.cast.anna.card.pk, stage.slots[0].pk)
    for stranger in (stage.cast.nina, stage.cast.boris, stage.cast.anna):
        with pytest.raises(Refusal, match="missing"):
            actions.enter(stranger.actor, data, choice=choice)
