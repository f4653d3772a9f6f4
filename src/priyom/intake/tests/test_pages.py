"""The patient's pages and the journal: read, sent, refused kindly."""

from __future__ import annotations

import re
from html import escape
from typing import Any
from urllib.parse import urlencode

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from priyom.intake import actions
from priyom.intake.models import Request
from priyom.intake.rules import RequestState
from priyom.intake.tests.stage import Stage, form, taken
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_patient_asks_and_reads_what_follows(stage: Stage) -> None:
    anna = visit(stage.cast.anna)
    page = anna.get("/my/requests/new/").content.decode()
    assert "103" in page
    assert "Терапевт, любой" in page
    answer = anna.post("/my/requests/new/", form(stage), follow=True)
    text = answer.content.decode()
    assert "Время пока не назначено: регистратура ответит до" in text
    assert "это ещё не запись" in text
    made = Request.objects.get(complaint="Кашель неделю")
    assert made.intervals.count() == 2
    assert f"/my/requests/{made.pk}/" in str(answer.redirect_chain)


def test_the_same_form_sent_twice_makes_one(stage: Stage) -> None:
    anna, sent = visit(stage.cast.anna), form(stage)
    first = anna.post("/my/requests/new/", sent)
    assert anna.post("/my/requests/new/", sent)["Location"] == first["Location"]
    assert Request.objects.filter(complaint="Кашель неделю").count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"complaint": ""}, "Напишите, что беспокоит"),
        ({"whom": ""}, "Выберите врача"),
        ({"times": []}, "Отметьте хотя бы одно удобное время"),
        ({"phone": "12"}, "Нужно 10 цифр"),
        ({"email": "anna@"}, "Проверьте адрес"),
        ({"no_red_flags": ""}, "звоните 103"),
        ({"own_from": "25:99"}, "Впишите время так"),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_is_lost(
    stage: Stage, change: dict[str, object], said: str
) -> None:
    sent = {name: value for name, value in form(stage, **change).items() if value != ""}
    answer = visit(stage.cast.anna).post("/my/requests/new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    if "complaint" in sent:
        assert "Кашель неделю" in page
    assert not Request.objects.filter(complaint="Кашель неделю").exists()


def test_a_mother_asks_for_her_child_only(stage: Stage) -> None:
    anna = visit(stage.cast.anna)
    anna.post(f"/my/requests/new/?for={stage.cast.petya.pk}", form(stage))
    made = Request.objects.get(complaint="Кашель неделю")
    assert (made.patient_id, made.for_whom) == (stage.cast.petya.pk, "child")
    strange = form(stage, complaint="Чужая карта")
    anna.post(f"/my/requests/new/?for={stage.cast.gleb.card.pk}", strange)
    assert Request.objects.get(complaint="Чужая карта").patient_id == stage.cast.anna.card.pk


def test_the_patient_adds_and_withdraws(stage: Stage) -> None:
    anna, root = visit(stage.cast.anna), f"/my/requests/{stage.request.pk}/"
    anna.post(f"{root}add/", {"text": "Появилась сыпь"})
    assert "Появилась сыпь" in anna.get(root).content.decode()
    refused = anna.post(f"{root}withdraw/", {"reason": ""}, follow=True).content.decode()
    assert "Напишите причину" in refused
    done = anna.post(f"{root}withdraw/", {"reason": "Стало лучше"}, follow=True).content.decode()
    assert "Вы отозвали заявку" in done
    assert stage.state() == RequestState.WITHDRAWN


def test_the_journal_shows_who_waits_and_reads_are_kept(
    stage: Stage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    vera = visit(stage.cast.vera)
    with django_assert_max_num_queries(10):
        page = vera.get("/desk/journal/").content.decode()
    assert "Иванова" in page
    assert "Новые 1" in page
    for only in ("new", "mine", "others", "call", "soon", "late", "closed", "odd"):
        assert vera.get(f"/desk/journal/?only={only}").status_code == 200


def test_a_poll_without_news_brings_nothing(stage: Stage) -> None:
    vera = visit(stage.cast.vera)
    page = vera.get("/desk/journal/").content.decode()
    poll = re.search(r'data-digest="([^"]+)"[^>]*data-query="([^"]+)"', page)
    assert poll is not None
    address = f"/desk/journal/?part=1&{poll[2].replace('&amp;', '&')}&seen={poll[1]}"
    assert vera.get(address).status_code == 204
    actions.ask(stage.cast.anna.actor, stage.data(stage.cast.anna.card))
    fresh = vera.get(address)
    assert fresh.status_code == 200
    assert "<html" not in fresh.content.decode()


def test_pages_follow_each_other_without_gaps(stage: Stage) -> None:
    for _ in range(45):
        actions.ask(stage.cast.anna.actor, stage.data(stage.cast.anna.card))
    vera, seen = visit(stage.cast.vera), set()
    address = "/desk/journal/?only="
    for _ in range(3):
        page = vera.get(address).content.decode()
        seen |= set(re.findall(r'id="row-([0-9a-f-]+)"', page))
        more = re.search(r'href="([^"]+after=[^"]+)">Дальше', page)
        if more is None:
            break
        address = more[1].replace("&amp;", "&")
    assert len(seen) == 46


def test_next_is_taken_and_opened(stage: Stage) -> None:
    vera, zoya = visit(stage.cast.vera), visit(stage.cast.zoya)
    answer = vera.post("/desk/journal/next/")
    assert answer["Location"] == stage.url()
    other = zoya.get(stage.url()).content.decode()
    assert "Сейчас её ведёт Смирнова" in other
    refused = zoya.post(stage.url("take/"), follow=True).content.decode()
    assert "Сейчас эту заявку ведёт Смирнова" in refused
    empty = zoya.post("/desk/journal/next/", follow=True).content.decode()
    assert "Новых заявок нет" in empty


def test_booking_looks_into_the_regions_index_too(stage: Stage, settings: Any) -> None:
    vera = taken(stage)
    assert "/desk/patients/outside/" not in vera.get(stage.url()).content.decode()
    settings.INDEX_URL, settings.INDEX_SYSTEM = "http://index.invalid/", "urn:oid:1.2.3"
    text = vera.get(stage.url("found/"), {"q": "ветрова алина 1991"}).content.decode()
    asked = urlencode({"q": "ветрова алина 1991", "request": stage.request.pk})
    assert f'hx-get="/desk/patients/outside/?{escape(asked)}"' in text
    assert "outside/" not in vera.get(stage.url("found/"), {"q": "ветр"}).content.decode()
