"""The registrar's pages of who stands for a patient."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from priyom.kernel import clock
from priyom.patients.models import Representative
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db
PAPER = {
    "relation": "father", "proof": "birth", "number": "IV-МЮ 123456", "issued_by": "ЗАГС",
    "issued_on_day": "9", "issued_on_month": "9", "issued_on_year": "2019",
}  # fmt: skip


@pytest.fixture
def vera(cast: Cast) -> Client:
    return visit(cast.vera)


def _page(cast: Cast, person: object = "") -> str:
    tail = f"?patient={person}" if person else ""
    return f"/desk/patients/{cast.petya.id}/representatives/{tail}"


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_father_is_found_entered_and_shown(cast: Cast, vera: Client) -> None:
    start = _text(vera.get(f"/desk/patients/{cast.petya.id}/"))
    assert _page(cast) in start
    assert "Иванова Анна Сергеевна (мама)" in start
    search = _text(vera.get(_page(cast), {"q": "сомов глеб"}))
    assert f'href="{_page(cast, cast.gleb.card.id)}"' in search
    assert "Новая карта" not in search
    part = vera.get(_page(cast), {"q": "сомов"}, headers={"HX-Request": "true"})
    assert "<html" not in _text(part)
    form = _text(vera.get(_page(cast, cast.gleb.card.id)))
    assert "Сомов Глеб Ильич" in form
    assert str(cast.gleb.card.snils) not in form
    done = vera.post(_page(cast, cast.gleb.card.id), PAPER, follow=True)
    assert "Сомов Глеб Ильич (папа)" in _text(done)
    assert "свидетельство о рождении IV-МЮ 123456 от 09.09.2019, ЗАГС · по 02.09.2034" in _text(
        done
    )
    his = _text(vera.get(f"/desk/patients/{cast.gleb.card.id}/"))
    assert "За кого действует" in his


def test_all_faults_stand_beside_their_fields(cast: Cast, vera: Client) -> None:
    wrong = {**PAPER, "relation": "mother", "proof": "act", "issued_on_year": "2017", "number": ""}
    answer = vera.post(_page(cast, cast.gleb.card.id), wrong)
    text = _text(answer)
    assert answer.status_code == 400
    for said in ("Пол в карте", "Здесь нужно другое", "Впишите номер", "раньше рождения"):
        assert said in text
    assert "Осталось поправить" in text
    assert 'value="ЗАГС"' in text
    assert not Representative.objects.filter(person=cast.gleb.card).exists()


@pytest.mark.parametrize("who", ["self", "again", "child"])
def test_a_person_who_cannot_be_one_is_said_on_top(cast: Cast, vera: Client, who: str) -> None:
    peer = builders.patient(("Белов", "Иван", ""), cast.petya.birth_on, "m", cast.clinic)
    person = {"self": cast.petya, "again": cast.anna.card, "child": peer}[who]
    relation = "mother" if who == "again" else "father"
    answer = vera.post(_page(cast, person.id), {**PAPER, "relation": relation})
    said = {"self": "молод", "again": "Уже записан", "child": "молод"}[who]
    assert answer.status_code == 400
    assert said in _text(answer)
    assert Representative.objects.count() == 1


def test_the_term_is_put_right_and_the_right_ended(cast: Cast, vera: Client) -> None:
    bond = cast.petya.representatives.get()
    page = f"/desk/patients/representatives/{bond.id}/"
    assert "без срока; доступ по 02.09.2034" in _text(vera.get(page))
    year = str(clock.today().year + 1)
    until = {"until_day": "1", "until_month": "2", "until_year": year}
    done = _text(vera.post(f"{page}term/", until, follow=True))
    assert f"по 01.02.{year}" in done
    for wrong in ({**until, "until_year": "2001"}, {**until, "until_day": "31"}):
        answer = vera.post(f"{page}term/", wrong)
        assert answer.status_code == 400
        assert "field-error" in _text(answer)
    assert vera.post(f"{page}end/", {"why": ""}).status_code == 400
    ended = _text(vera.post(f"{page}end/", {"why": "по суду"}, follow=True))
    assert "прекращено" in ended
    assert "по суду" in ended
    assert "Исправить срок" not in ended
    late = vera.post(f"{page}term/", until)
    assert "Право уже прекращено" in _text(late)
    assert "прекращено" in _text(vera.get(f"/desk/patients/{cast.petya.id}/"))
    assert "Иванов Пётр" not in _text(visit(cast.anna).get("/my/requests/new/"))


def test_a_merged_or_dead_card_gets_nobody(cast: Cast, vera: Client) -> None:
    cast.petya.died_on = clock.today()
    cast.petya.save()
    assert "Добавить представителя" not in _text(vera.get(f"/desk/patients/{cast.petya.id}/"))
    answer = vera.post(_page(cast, cast.gleb.card.id), PAPER)
    assert "дата смерти" in _text(answer)


def test_others_find_nothing(cast: Cast) -> None:
    bond = cast.petya.representatives.get()
    for browser in (visit(cast.inna), visit(cast.boris)):
        for path in (_page(cast), f"/desk/patients/representatives/{bond.id}/"):
            assert browser.get(path).status_code == 404
    assert visit(cast.vera).get(f"{_page(cast)}?patient=x").status_code == 404
