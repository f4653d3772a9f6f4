"""The registry's page of consultations: found, moved, cancelled, paged; never the talk itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from priyom.clinics.models import Doctor
from priyom.consultations.models import Consultation
from priyom.consultations.queries import BOOKED_PAGE
from priyom.intake import actions as intake
from priyom.intake.models import Request
from priyom.kernel import clock as time
from priyom.portal.tests.pages import forms, press, read
from priyom.schedule.models import Slot
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db
LIST = "/desk/booked/"


def _asked_and_booked(cast: Cast, hours: int = 24) -> Consultation:
    asked = builders.request(cast.anna.card, cast.clinic, asked_by=cast.anna.account.pk)
    intake.take(cast.vera.actor, asked.pk)
    begins = (time.now() + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
    slot = builders.slots(cast.boris.doctor, 3, begins=begins)[0]
    choice = intake.Choice(cast.anna.card.pk, slot.pk, "anna@mail.example")
    return intake.book(cast.vera.actor, asked.pk, choice)


def _many(cast: Cast, count: int) -> list[Consultation]:
    """Make consultations of many doctors that all begin at the same two instants."""
    first = (time.now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    made = []
    doctors = [builders.doctor(("Врач", f"№{n}", ""), cast.clinic) for n in range(count // 2 + 1)]
    for place in range(count):
        doctor: Doctor = doctors[place // 2]
        at = first + timedelta(minutes=20 * (place % 2))
        slot = builders.slots(doctor, begins=at)[0]
        made.append(builders.consultation(cast.vera.actor, cast.gleb.card, doctor, at=slot))
    return made


def _keys(text: str) -> list[str]:
    return [part.split('/"')[0] for part in text.split('href="/desk/booked/')[1:]]


def test_every_line_is_met_once_while_paging(cast: Cast) -> None:
    made = _many(cast, BOOKED_PAGE + 25)
    browser = visit(cast.vera)
    seen: list[str] = []
    path, pages = LIST, 0
    while path:
        page = browser.get(path).content.decode()
        seen += [key for key in _keys(page) if "?" not in key and key]
        more = page.split('<a class="button" href="?')[1:]
        path = f"{LIST}?" + more[0].split('"')[0].replace("&amp;", "&") if more else ""
        pages += 1
    assert pages == 2
    keys = [key for key in seen if len(key) == 36]
    assert sorted(keys) == sorted(str(one.pk) for one in made)


def test_a_full_page_alone_offers_no_more(cast: Cast) -> None:
    _many(cast, BOOKED_PAGE)
    assert "Показать ещё" not in read(visit(cast.vera), LIST)


def test_a_broken_place_in_the_list_is_its_beginning(cast: Cast) -> None:
    cast.consultation()
    for query in ("?at=x&key=y", "?at=2026-01-01T00:00:00&key=1", "?at=&key=", "?only=strange"):
        assert "Иванова А. С." in read(visit(cast.vera), LIST + query)


def test_lists_are_sorted_live_by_time_past_by_newest(cast: Cast) -> None:
    made = sorted(_many(cast, 6), key=lambda one: (one.starts_at, one.pk))
    wanted = [str(one.pk) for one in made]
    assert [key for key in _keys(_page(cast, LIST)) if len(key) == 36] == wanted
    for one in made:
        intake.cancel(cast.vera.actor, one.pk, "Врач заболел")
    past = [key for key in _keys(_page(cast, f"{LIST}?only=past")) if len(key) == 36]
    assert past == wanted[::-1]


def _page(cast: Cast, path: str) -> str:
    return visit(cast.vera).get(path).content.decode()


def test_the_three_lists(cast: Cast) -> None:
    live, wished, past = (_asked_and_booked(cast, 24 * day) for day in (1, 2, 3))
    intake.ask_to_move(cast.anna.actor, wished.pk, "После работы")
    intake.cancel(cast.vera.actor, past.pk, "Врач заболел")
    shown = {only: _page(cast, f"{LIST}?only={only}") for only in ("", "moves", "past")}
    for only, rows in {"": (live, wished), "moves": (wished,), "past": (past,)}.items():
        for row in (live, wished, past):
            assert (f"{LIST}{row.pk}/" in shown[only]) is (row in rows), only
    assert "просит: «После работы»" in shown["moves"]


def test_the_registry_sees_times_and_letters_but_no_word_of_the_talk(cast: Cast) -> None:
    row = _asked_and_booked(cast)
    browser = visit(cast.anna)
    browser.post(f"/my/consultations/{row.pk}/consent/")
    browser.post(f"/my/consultations/{row.pk}/say/", {"text": "Тайное слово"})
    for path in (LIST, f"{LIST}{row.pk}/"):
        text = read(visit(cast.vera), path)
        assert "Тайное слово" not in text
        assert "болит горло" not in text, "the complaint is in the journal, not here"
    assert "anna@mail.example" in read(visit(cast.vera), f"{LIST}{row.pk}/")


def test_rescheduling_by_the_page(cast: Cast) -> None:
    row = _asked_and_booked(cast)
    other = Slot.objects.filter(state="free").order_by("starts_at")[0]
    page = f"{LIST}{row.pk}/"
    browser = visit(cast.vera)
    answer = press(browser, page, "/reschedule/", slot=str(other.pk))
    assert answer.headers["Location"] == page
    now = Consultation.objects.get(pk=row.pk)
    assert (now.slot_id, now.starts_at) == (other.pk, other.starts_at)
    assert Slot.objects.get(pk=row.slot_id).state == "free"
    assert "Перенесено" in read(browser, page)


def test_rescheduling_to_a_taken_time_keeps_the_old_one(cast: Cast) -> None:
    first, second = _asked_and_booked(cast), _asked_and_booked(cast, 48)
    answer = visit(cast.vera).post(f"{LIST}{first.pk}/reschedule/", {"slot": str(second.slot_id)})
    assert answer.status_code == 409
    assert Consultation.objects.get(pk=first.pk).slot_id == first.slot_id


def test_rescheduling_to_nothing_says_so(cast: Cast) -> None:
    row = _asked_and_booked(cast)
    browser = visit(cast.vera)
    browser.post(f"{LIST}{row.pk}/reschedule/", {})
    assert "Выберите новое время." in read(browser, f"{LIST}{row.pk}/")


def test_the_head_sees_the_page_without_the_registrars_form(cast: Cast) -> None:
    row = _asked_and_booked(cast)
    actions = [one.action for one in forms(visit(cast.inna), f"{LIST}{row.pk}/")]
    assert not [one for one in actions if one.endswith("/reschedule/")]
    assert [one for one in actions if one.endswith("/cancel/")]


def test_cancelling_sends_the_request_back_to_the_journal(cast: Cast) -> None:
    row = _asked_and_booked(cast)
    browser = visit(cast.vera)
    press(browser, f"{LIST}{row.pk}/", "/cancel/", reason="Врач заболел")
    assert Consultation.objects.get(pk=row.pk).state == "cancelled"
    assert Request.objects.get().state == "new"
    assert "Врач заболел" in read(browser, f"{LIST}{row.pk}/")


def test_cancelling_needs_a_reason(cast: Cast) -> None:
    row = _asked_and_booked(cast)
    answer = visit(cast.vera).post(f"{LIST}{row.pk}/cancel/", {"reason": " "})
    assert answer.status_code == 400
    assert Consultation.objects.get(pk=row.pk).state == "scheduled"


def test_two_registrars_move_the_same_at_once(cast: Cast) -> None:
    row = _asked_and_booked(cast)
    free = list(Slot.objects.filter(state="free").order_by("starts_at")[:2])
    for browser, slot in ((visit(cast.vera), free[0]), (visit(cast.zoya), free[1])):
        browser.post(f"{LIST}{row.pk}/reschedule/", {"slot": str(slot.pk)})
    booked = Slot.objects.filter(state="booked")
    assert [one.pk for one in booked] == [Consultation.objects.get(pk=row.pk).slot_id]
