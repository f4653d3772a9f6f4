"""The patient's page of one consultation: consent first, then the chat; closed, it says why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from priyom.conclusions.tests.talks import Talk, begun
from priyom.consultations import actions as consultations
from priyom.consultations.models import Consent, Consultation, Entry, Member
from priyom.portal.tests.pages import forms, press, read
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db


def _page(row: Consultation) -> str:
    return f"/my/consultations/{row.pk}/"


def test_consent_comes_first_and_opens_the_chat(cast: Cast) -> None:
    row = cast.consultation(consented=False)
    browser = visit(cast.anna)
    text = read(browser, _page(row))
    assert "Согласие на консультацию" in text
    assert "Иванова Анна Сергеевна" in text, "the text of the consent says who agrees"
    assert not [one for one in forms(browser, _page(row)) if one.action.endswith("/say/")]
    assert not Member.objects.filter(consultation=row, side="patient").exists()
    answer = press(browser, _page(row), "/consent/")
    assert answer.headers["Location"] == _page(row)
    given = Consent.objects.get(patient=cast.anna.card)
    assert (given.method, given.given_by) == ("esia", cast.anna.account.pk)
    assert [one for one in forms(browser, _page(row)) if one.action.endswith("/say/")]


def test_nothing_is_said_before_the_consent(cast: Cast) -> None:
    row = cast.consultation(consented=False)
    answer = visit(cast.anna).post(f"{_page(row)}say/", {"text": "Здравствуйте", "key": "1"})
    assert answer.status_code in (404, 409)
    assert not Entry.objects.filter(consultation=row, kind="message").exists()


def test_consent_twice_is_one(cast: Cast) -> None:
    row = cast.consultation(consented=False)
    browser = visit(cast.anna)
    for _ in range(2):
        assert browser.post(f"{_page(row)}consent/").status_code == 302
    assert Consent.objects.count() == 1


def test_a_mother_agrees_for_her_child(cast: Cast) -> None:
    row = cast.consultation(consented=False, of=cast.petya)
    browser = visit(cast.anna)
    assert "законный представитель пациента Иванов Пётр Алексеевич" in read(browser, _page(row))
    press(browser, _page(row), "/consent/")
    assert Consent.objects.get().patient_id == cast.petya.pk


def test_a_message_goes_by_a_plain_form(cast: Cast) -> None:
    row = cast.consultation()
    browser = visit(cast.anna)
    answer = press(browser, _page(row), "/say/", text="Горло болит, глотать трудно")
    assert answer.headers["Location"].startswith(f"{_page(row)}#m")
    assert "Горло болит, глотать трудно" in read(browser, _page(row))
    doctor = read(visit(cast.boris), f"/desk/consultations/{row.pk}/")
    assert "Горло болит, глотать трудно" in doctor


def test_what_people_write_is_text_and_never_markup(cast: Cast) -> None:
    row = cast.consultation()
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    press(visit(cast.anna), _page(row), "/say/", text=evil)
    for browser, path in (
        (visit(cast.anna), _page(row)),
        (visit(cast.boris), f"/desk/consultations/{row.pk}/"),
        (visit(cast.boris), "/desk/day/"),
    ):
        page = browser.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def _closed(talk: Talk, how: str) -> None:
    doctor, registrar = talk.cast.boris.actor, talk.cast.vera.actor
    if how == "formed":
        talk.formed()
    elif how == "signed":
        talk.signed()
    elif how == "cancelled":
        consultations.cancel(registrar, talk.id, "Врач заболел")
    else:
        talk.clock.forward(minutes=11)
        consultations.miss(doctor, talk.id)


@pytest.mark.parametrize(
    ("how", "words", "leads_on"),
    [
        ("formed", "Врач подписывает заключение, чат остановлен", False),
        ("signed", "Консультация завершена: врач подписал заключение", True),
        ("cancelled", "Поликлиника отменила консультацию", False),
        ("missed", "отмечена неявка", True),
    ],
)
def test_a_closed_chat_has_no_composer_and_says_why(
    cast: Cast, clock: Clock, settings: Any, how: str, words: str, leads_on: bool
) -> None:
    settings.DEMO = True
    talk = begun(cast, clock)
    press(visit(cast.anna), _page(talk.row), "/say/", text="Это останется")
    _closed(talk, how)
    browser = visit(cast.anna)
    text = read(browser, _page(talk.row))
    assert words in text
    assert "Это останется" in text, "reading stays"
    assert not [one for one in forms(browser, _page(talk.row)) if one.action.endswith("/say/")]
    assert ("Новая заявка" in text) is leads_on
    late = browser.post(f"{_page(talk.row)}say/", {"text": "поздно", "key": "late"})
    assert late.status_code == 409
    assert "поздно" in late.content.decode(), "what was typed is not lost"
    assert not Entry.objects.filter(consultation=talk.row, body="поздно").exists()


def test_a_signed_talk_shows_its_paper(cast: Cast, clock: Clock, settings: Any) -> None:
    settings.DEMO = True
    talk = begun(cast, clock)
    talk.signed()
    page = visit(cast.anna).get(_page(talk.row)).content.decode()
    assert f"{_page(talk.row)}conclusion/" in page


def test_an_unsigned_conclusion_is_nobodys_but_the_doctors(
    cast: Cast, clock: Clock, settings: Any
) -> None:
    settings.DEMO = True
    talk = begun(cast, clock)
    talk.formed()
    browser = visit(cast.anna)
    assert "J06" not in read(browser, _page(talk.row))
    for path in ("conclusion/", "conclusion/v1.pdf"):
        assert browser.get(f"{_page(talk.row)}{path}").status_code == 404
    desk = f"/desk/consultations/{talk.id}/conclusion/"
    assert visit(cast.inna).get(desk).status_code == 404
    assert visit(cast.vera).get(f"{desk}formed.pdf").status_code == 404


def test_the_time_is_said_with_its_zone(cast: Cast, clock: Clock) -> None:
    row = cast.consultation()
    assert "(МСК)" in read(visit(cast.anna), _page(row))
    clock.set(row.starts_at - timedelta(minutes=5))
    assert "(МСК)" in read(visit(cast.anna), _page(row))
