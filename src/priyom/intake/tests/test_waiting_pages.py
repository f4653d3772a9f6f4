"""The waiting list on the desk and the patient's answer, by their pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from priyom.consultations.models import Consultation
from priyom.intake.models import Proposal, Request
from priyom.intake.tests.stage import Stage, taken
from priyom.kernel.ids import uuid7
from priyom.testing import builders
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


def _offered(stage: Stage) -> Proposal:
    vera = visit(stage.cast.vera)
    sent = {"slot": str(stage.slots[0].pk)}
    done = vera.post(f"/desk/requests/{stage.request.pk}/propose/", sent, follow=True)
    assert "Предложено. Держим время до " in done.content.decode()
    return Proposal.objects.get()


def test_the_list_is_read_and_an_offer_is_one_click(
    stage: Stage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    vera = visit(stage.cast.vera)
    for _ in range(3):
        builders.request(stage.cast.gleb.card, stage.cast.clinic)
    with django_assert_max_num_queries(14):
        page = vera.get("/desk/waiting/").content.decode()
    assert "ждут: 4" in page
    assert "Иванова" in page
    assert 'data-act="request.propose"' in page
    made = _offered(stage)
    page = vera.get("/desk/waiting/").content.decode()
    assert "Ждём ответа" in page
    done = vera.post(f"/desk/proposals/{made.pk}/withdraw/", follow=True).content.decode()
    assert "время снова свободно" in done
    odd = vera.post(f"/desk/requests/{stage.request.pk}/propose/", {"slot": "x"}, follow=True)
    assert "Выберите время" in odd.content.decode()
    gone = vera.post(
        f"/desk/requests/{stage.request.pk}/propose/", {"slot": str(uuid7())}, follow=True
    )
    assert gone.status_code == 404
    assert "/desk/waiting/" in vera.get("/desk/journal/").content.decode()


def test_an_empty_list_says_why(stage: Stage) -> None:
    page = visit(stage.cast.nina).get("/desk/waiting/").content.decode()
    assert "Никто не ждёт" in page


def test_the_patient_accepts_by_the_link(stage: Stage) -> None:
    made = _offered(stage)
    anna, address = visit(stage.cast.anna), f"/my/proposals/{made.pk}/"
    assert address in anna.get("/my/").content.decode()
    page = anna.get(address).content.decode()
    assert "Есть время для вас" in page
    assert "Климов" in page
    answer = anna.post(f"{address}accept/")
    row = Consultation.objects.get()
    assert answer["Location"] == f"/my/consultations/{row.pk}/"
    assert "Вы записаны" in anna.get(address).content.decode()
    again = anna.post(f"{address}accept/", follow=True).content.decode()
    assert "сейчас «принято»" in again


def test_the_patient_declines_or_comes_late(stage: Stage) -> None:
    made = _offered(stage)
    anna, address = visit(stage.cast.anna), f"/my/proposals/{made.pk}/"
    Proposal.objects.update(expires_at=made.offered_at - timedelta(minutes=1))
    late = anna.post(f"{address}accept/", follow=True).content.decode()
    assert "предложили его следующему" in late
    assert "Это время уже не держим" in late
    done = anna.post(f"{address}decline/", follow=True).content.decode()
    assert "Заявка остаётся в очереди" in done
    assert "оно не подходит" in anna.get(address).content.decode()
    assert not Consultation.objects.exists()


def test_a_request_is_marked_urgent_by_its_button(stage: Stage) -> None:
    vera = taken(stage)
    page = vera.get(stage.url()).content.decode()
    assert "Отметить срочной" in page
    page = vera.post(stage.url("hasten/"), {"urgent": "1"}, follow=True).content.decode()
    assert "Сделать плановой" in page
    assert Request.objects.get(pk=stage.request.pk).urgency == "urgent"


def test_strangers_find_nothing(stage: Stage) -> None:
    made = _offered(stage)
    for person in (stage.cast.nina, stage.cast.boris, stage.cast.inna):
        browser = visit(person)
        for path in (
            f"/desk/requests/{stage.request.pk}/propose/",
            f"/desk/requests/{stage.request.pk}/hasten/",
            f"/desk/proposals/{made.pk}/withdraw/",
        ):
            assert browser.post(path, {"slot": str(stage.slots[1].pk)}).status_code == 404
    assert visit(stage.cast.boris).get("/desk/waiting/").status_code == 404
    gleb = visit(stage.cast.gleb)
    assert gleb.get(f"/my/proposals/{made.pk}/").status_code == 404
    for act in ("accept", "decline"):
        assert gleb.post(f"/my/proposals/{made.pk}/{act}/").status_code == 404
