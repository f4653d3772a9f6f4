"""The pages of the index: part and page, the card, the form that asks before it doubles."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import RequestFactory

from priyom.kernel.actor import SYSTEM, Actor
from priyom.kernel.refusal import Refusal
from priyom.patients import actions, views
from priyom.patients.details import DetailData, DetailKind
from priyom.patients.models import Double, Merge, Owner, Patient
from priyom.patients.tests.cast import ANNA, BORIS, VERA, account, card
from priyom.testing.cast import Cast
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db
NEW = "/desk/patients/new/"


def _as(actor: Actor, request: Any) -> Any:
    request.actor = actor
    return request


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def _search(text: str, actor: Actor = VERA, *, is_part: bool = False) -> str:
    headers = {"HX-Request": "true"} if is_part else {}
    request = RequestFactory().get("/desk/patients/search/", {"q": text}, headers=headers)
    return _text(views.search(_as(actor, request)))


def _send(**fields: object) -> Any:
    typed = {
        **{name: value for name, value in ANNA.items() if name != "birth_on"},
        "birth_on_day": "12", "birth_on_month": "3", "birth_on_year": "1984",
        "key": str(uuid4()), **fields,
    }  # fmt: skip
    return views.new(_as(VERA, RequestFactory().post(NEW, typed)))


def test_search_is_page_and_part() -> None:
    card()
    part = _search("иванова анна 1984", is_part=True)
    page = _search("иванова анна 1984")
    for text in (part, page):
        assert "Понято как: фамилия <b>иванова</b>, имя <b>анна</b>" in text
        assert "··· 445 95" in text
        assert "11223344595" not in text
    assert "<html" in page
    assert "<html" not in part


def test_none_found_offers_a_new_card_with_the_words() -> None:
    text = _search("кузнецов олег")
    assert "Мы не нашли карту" in text
    assert "/desk/patients/new/?q=" in text
    assert "Новая карта" not in _search("кузнецов олег", BORIS)
    form = _text(views.new(_as(VERA, RequestFactory().get(NEW, {"q": "кузнецов олег"}))))
    assert 'value="Кузнецов"' in form


def test_card_page() -> None:
    anna = card()
    request = RequestFactory().get("/")
    assert "112-233-445 95" in _text(views.card(_as(VERA, request), anna.id))
    with pytest.raises(Refusal):
        views.card(_as(BORIS, request), anna.id)


def test_new_card_and_the_same_form_again() -> None:
    key = str(uuid4())
    first, again = _send(key=key), _send(key=key)
    assert first.status_code == again.status_code == 302
    assert first.headers["Location"] == f"/desk/patients/{key}/?made=1"
    assert Patient.objects.count() == 1


def test_similar_card_is_shown_first() -> None:
    card()
    asked = _send(given="Аня", snils="", enp="")
    assert asked.status_code == 409
    assert "Похожие карты — проверьте" in asked.content.decode()
    assert _send(given="Аня", snils="", enp="", anyway="1").status_code == 302


def test_taken_number_leads_to_its_card() -> None:
    anna = card()
    asked = _send(family="Петрова", given="Ольга", enp="")
    text = asked.content.decode()
    assert asked.status_code == 409
    assert f"/desk/patients/{anna.id}/" in text
    assert "Карта с таким СНИЛС уже есть" in text


def test_faults_stand_beside_fields() -> None:
    text = _send(snils="112-233-445 96", birth_on_day="31", birth_on_month="2").content.decode()
    assert "Такой даты нет" in text
    text = _send(snils="112-233-445 96", family="").content.decode()
    assert "не сходится" in text
    assert "Впишите фамилию" in text


def test_only_a_registrar_makes_cards() -> None:
    with pytest.raises(Refusal):
        views.new(_as(BORIS, RequestFactory().get(NEW)))


def _amend(patient: Patient, **fields: object) -> Any:
    typed = {
        **{name: value for name, value in ANNA.items() if name != "birth_on"},
        "birth_on_day": "12", "birth_on_month": "3", "birth_on_year": "1984", **fields,
    }  # fmt: skip
    request = RequestFactory().post(f"/desk/patients/{patient.id}/amend/", typed)
    return views.amend(_as(VERA, request), patient.id)


def test_a_card_is_corrected_on_its_page() -> None:
    anna = card()
    form = _text(views.amend(_as(VERA, RequestFactory().get("/")), anna.id))
    assert 'value="Иванова"' in form
    assert 'value="112-233-445 95"' in form
    answer = _amend(anna, address="Невский, 1")
    assert answer.headers["Location"] == f"/desk/patients/{anna.id}/?changed"
    shown = _text(views.card(_as(VERA, RequestFactory().get("/", {"changed": ""})), anna.id))
    assert "Невский, 1" in shown
    assert "было пусто · стало: Невский, 1" in shown
    assert _amend(anna, address="Невский, 2").status_code == 409  # made before that change
    faulty = _amend(anna, snils="112-233-445 96")
    assert faulty.status_code == 400
    assert "не сходится" in _text(faulty)


def test_details_are_added_confirmed_and_ended_on_the_page() -> None:
    anna = card()
    sent = {"form": "phone.kin", "value": "911 222-33-44", "note": "дочь"}
    request = _as(VERA, RequestFactory().post("/", sent))
    assert views.add_detail(request, anna.id).status_code == 302
    (row,) = anna.details.all()
    text = _text(views.card(_as(VERA, RequestFactory().get("/")), anna.id))
    assert "+7 911 222-33-44" in text
    assert "не подтверждено" in text
    views.verify_detail(_as(VERA, RequestFactory().post("/")), row.id)
    views.end_detail(_as(VERA, RequestFactory().post("/")), row.id)
    text = _text(views.card(_as(VERA, RequestFactory().get("/")), anna.id))
    assert "не действует с" in text
    wrong = views.add_detail(_as(VERA, RequestFactory().post("/", {**sent, "value": "1"})), anna.id)
    assert wrong.status_code == 400
    assert "Это не похоже на телефон" in _text(wrong)


def test_a_doctor_sees_no_buttons_that_change(cast: Cast) -> None:
    cast.consultation()
    request = _as(cast.boris.actor, RequestFactory().get("/"))
    text = _text(views.card(request, cast.anna.card.id))
    assert "Исправить" not in text
    assert "Отметить смерть" not in text


def test_death_is_said_on_the_card() -> None:
    anna = card()
    views.note_death(_as(VERA, RequestFactory().post("/", {"died_on": "2025-05-01"})), anna.id)
    text = _text(views.card(_as(VERA, RequestFactory().get("/")), anna.id))
    assert "Умерла 01.05.2025" in text
    with pytest.raises(Refusal, match="дату"):
        views.note_death(_as(VERA, RequestFactory().post("/", {"died_on": "x"})), anna.id)


def _sent(page: str, **chosen: str) -> dict[str, str]:
    """Return what the form of two cards sends: its hidden fields and what was chosen."""
    form = page[page.index('<form class="card form"') :].partition("</form>")[0]
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([\w-]*)"', form)
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"} | chosen


def _pair() -> tuple[Patient, Patient, str]:
    anna, second = card(), card(is_temporary=True, phone="9112223344", address="Невский, 1")
    actions.find_doubles(SYSTEM)
    return anna, second, str(Double.objects.get().id)


def test_a_pair_is_compared_merged_and_parted_again(cast: Cast) -> None:
    anna, second, pair = _pair()
    detail = DetailData(DetailKind.PHONE, "own", "9112223399")
    actions.add_detail(VERA, second.id, detail)
    browser = visit(cast.vera)
    listed = browser.get("/desk/patients/doubles/").content.decode()
    assert "дата рождения совпадает" in listed
    assert f"/desk/patients/doubles/{pair}/" in listed
    side = browser.get(f"/desk/patients/doubles/{pair}/").content.decode()
    assert "+7 911 222-33-44" in side
    assert "+7 921 555-10-20" in side
    done = browser.post(
        f"/desk/patients/doubles/{pair}/merge/", _sent(side, phone="other", address="other")
    )
    assert done.headers["Location"] == f"/desk/patients/{anna.id}/"
    anna.refresh_from_db()
    assert (anna.phone, anna.address) == ("+79112223344", "Невский, 1")
    page = browser.get(f"/desk/patients/{anna.id}/").content.decode()
    assert "Объединённые карты" in page
    assert "Карты объединены" in page
    merged = browser.get(f"/desk/patients/{second.id}/").content.decode()
    assert "Карта объединена с другой" in merged
    assert "Исправить" not in merged
    assert "911 222-33-99" in page
    assert "911 222-33-99" in merged
    assert "Больше не действует" not in merged
    assert page.count("Больше не действует") == 1  # its own former phone, not the merged card's
    merge = Merge.objects.get()
    undone = browser.post(f"/desk/patients/merges/{merge.id}/undo/", follow=True)
    assert "Карты снова две" in undone.content.decode()
    anna.refresh_from_db()
    assert anna.phone == "+79215551020"


def test_the_other_card_may_stay(cast: Cast) -> None:
    anna, second, pair = _pair()
    browser = visit(cast.vera)
    assert "swap=1" in browser.get(f"/desk/patients/doubles/{pair}/").content.decode()
    side = browser.get(f"/desk/patients/doubles/{pair}/?swap=1").content.decode()
    browser.post(f"/desk/patients/doubles/{pair}/merge/", _sent(side))
    anna.refresh_from_db()
    assert anna.merged_into_id == second.id


@pytest.mark.parametrize("changed", [0, 1])
def test_what_was_compared_before_a_change_is_compared_again(cast: Cast, changed: int) -> None:
    """A change may make the other card the one that is proposed to stay."""
    *cards, pair = _pair()
    browser = visit(cast.vera)
    side = browser.get(f"/desk/patients/doubles/{pair}/").content.decode()
    actions.note_death(VERA, cards[changed].id, date(2025, 5, 1))
    path = f"/desk/patients/doubles/{pair}/merge/"
    said = browser.post(path, _sent(side, phone="other"), follow=True)
    assert "только что изменили" in said.content.decode()
    assert 'name="phone" value="other" checked' in said.content.decode()
    assert not Merge.objects.exists()
    browser.post(path, _sent(said.content.decode(), phone="other"))
    assert Merge.objects.get().merged_id == cards[1].id


def test_the_card_that_was_shown_to_stay_stays(cast: Cast) -> None:
    """Whatever would be proposed by now: an account that came meanwhile is no change of a card."""
    anna, second, pair = _pair()
    browser = visit(cast.vera)
    side = browser.get(f"/desk/patients/doubles/{pair}/").content.decode()
    Owner.objects.create(account=account()[0], patient=second)
    browser.post(f"/desk/patients/doubles/{pair}/merge/", _sent(side, phone="other"))
    anna.refresh_from_db()
    assert (anna.merged_into_id, anna.phone) == (None, "+79112223344")


@pytest.mark.parametrize("survivor", ["", "x", "01a22267-b1ab-780a-85fe-ac7e18dc9829"])
def test_only_a_card_of_the_pair_may_stay(cast: Cast, survivor: str) -> None:
    _, _, pair = _pair()
    stranger = card(family="Сидорова")
    browser = visit(cast.vera)
    side = browser.get(f"/desk/patients/doubles/{pair}/").content.decode()
    for asked in (survivor, str(stranger.id)):
        sent = _sent(side, survivor=asked)
        assert browser.post(f"/desk/patients/doubles/{pair}/merge/", sent).status_code == 404
    assert not Merge.objects.exists()


def test_two_people_are_said_to_be_two(cast: Cast) -> None:
    _, _, pair = _pair()
    browser = visit(cast.vera)
    said = browser.post(f"/desk/patients/doubles/{pair}/part/", follow=True).content.decode()
    assert "разные люди" in said
    assert "Похожих карт нет" in said
    assert browser.get(f"/desk/patients/doubles/{pair}/").status_code == 404
