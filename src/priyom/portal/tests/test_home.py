"""The patient's first page: what is now, what was asked, what is past, and nothing of others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from priyom.conclusions.tests.talks import begun
from priyom.consultations.models import Consultation
from priyom.consultations.tests.said import said
from priyom.kernel import words
from priyom.portal.tests.pages import press, read
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db


def test_a_booked_time_is_the_first_thing(cast: Cast) -> None:
    row = cast.consultation(consented=False)
    text = read(visit(cast.anna), "/my/")
    assert "Климов Борис Андреевич" in text
    assert "(МСК)" in text
    assert "примите согласие" in text
    page = visit(cast.anna).get("/my/").content.decode()
    assert f'href="/my/consultations/{row.pk}/"' in page


def test_until_when_the_doctor_answers_stands_there(cast: Cast, clock: Clock) -> None:
    row = cast.consultation()
    clock.set(row.starts_at)
    said(row, "patient")
    until = f"до {words.clock_time(row.starts_at + timedelta(minutes=15))} (МСК)."
    assert f"Врач ответит {until}" in read(visit(cast.anna), "/my/")
    clock.forward(minutes=16)
    assert f"Врач задерживается с ответом: обещали {until}" in read(visit(cast.anna), "/my/")


def test_a_past_one_leads_to_its_paper(cast: Cast, clock: Clock, settings: Any) -> None:
    settings.DEMO = True
    talk = begun(cast, clock)
    talk.signed()
    browser = visit(cast.anna)
    page = browser.get("/my/").content.decode()
    paper = f"/my/consultations/{talk.id}/conclusion/v1.pdf"
    assert f'href="{paper}"' in page
    assert "заключение подписано" in page
    assert browser.get(paper).content.startswith(b"%PDF")


def test_nothing_of_others_is_there(cast: Cast) -> None:
    row = cast.consultation()
    builders.request(cast.anna.card, cast.clinic, asked_by=cast.anna.account.pk)
    text = read(visit(cast.gleb), "/my/")
    for word in ("Иванова", "Климов", "горло", str(row.pk), "Прошлые"):
        assert word not in text


def test_the_mother_sees_her_childs_and_whose_it_is(cast: Cast) -> None:
    row = cast.consultation(of=cast.petya)
    text = read(visit(cast.anna), "/my/")
    assert "Иванов П. А." in text
    assert "Пациент: Иванов П. А." in read(visit(cast.anna), f"/my/consultations/{row.pk}/")


def test_who_became_fifteen_is_no_longer_the_mothers(cast: Cast, clock: Clock) -> None:
    row = cast.consultation(of=cast.petya)
    browser = visit(cast.anna)
    assert browser.get(f"/my/consultations/{row.pk}/").status_code == 200
    cast.petya.birth_on = cast.petya.birth_on.replace(year=clock.instant.year - 15, month=1, day=1)
    cast.petya.save()
    for path in ("", "entries/", "call/now/", "conclusion/"):
        answer = browser.get(f"/my/consultations/{row.pk}/{path}")
        assert answer.status_code == 404, path
    for path in ("say/", "files/", "cancel/"):
        answer = browser.post(f"/my/consultations/{row.pk}/{path}", {"text": "а", "reason": "а"})
        assert answer.status_code == 404, path
    assert "Иванов П. А." not in read(browser, "/my/")


def test_cancelling_from_home_frees_the_time(cast: Cast) -> None:
    row = cast.consultation()
    browser = visit(cast.anna)
    answer = press(browser, "/my/", f"{row.pk}/cancel/", reason="Выздоровела")
    assert answer.headers["Location"] == "/my/"
    now = Consultation.objects.select_related("slot").get(pk=row.pk)
    assert (now.state, now.slot.state) == ("cancelled", "free")
    assert "отменена" in read(browser, "/my/")


def test_asking_for_another_time_keeps_the_old_one(cast: Cast) -> None:
    row = cast.consultation()
    browser = visit(cast.anna)
    page = f"/my/consultations/{row.pk}/reschedule/"
    press(browser, page, f"{row.pk}/ask_to_move/", reason="После шести вечера")
    assert "Вы просили другое время: «После шести вечера»" in read(browser, "/my/")
    assert Consultation.objects.get(pk=row.pk).starts_at == row.starts_at


def test_a_withdrawn_consent_cancels_what_is_booked(cast: Cast) -> None:
    row = cast.consultation()
    browser = visit(cast.anna)
    assert "Поликлиника № 107" in read(browser, "/my/consents/")
    press(browser, "/my/consents/", "/withdraw/")
    assert "отозвано" in read(browser, "/my/consents/").lower()
    assert Consultation.objects.get(pk=row.pk).state == "cancelled"
