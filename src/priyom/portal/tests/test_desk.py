"""The doctor's day and the page of one consultation on the Telemedicine portal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from priyom.conclusions.tests.talks import begun
from priyom.consultations.models import Consultation
from priyom.consultations.tests.said import said
from priyom.kernel import words
from priyom.kernel.clock import MOSCOW
from priyom.portal.tests.pages import forms, press, read
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db


def _page(row: Consultation) -> str:
    return f"/desk/consultations/{row.pk}/"


def _day(row: Consultation) -> str:
    return f"/desk/day/?on={row.starts_at.astimezone(MOSCOW):%Y-%m-%d}"


@pytest.mark.parametrize(
    ("name", "home"),
    [("boris", "/desk/day/"), ("vera", "/desk/journal/"), ("inna", "/desk/figures/")],
)
def test_each_role_has_its_own_first_page(cast: Cast, name: str, home: str) -> None:
    browser = visit(getattr(cast, name))
    assert browser.get("/desk/").headers["Location"] == home
    assert browser.get(home).status_code == 200


def test_the_day_is_only_ones_own(cast: Cast) -> None:
    row = cast.consultation()
    assert "Иванова А. С." in read(visit(cast.boris), _day(row))
    assert "Иванова А. С." not in read(visit(cast.darya), _day(row))


def test_what_burns_from_yesterday_is_in_todays_list(cast: Cast, clock: Clock) -> None:
    begun(cast, clock)
    clock.forward(days=1)
    assert "Иванова А. С." in read(visit(cast.boris), "/desk/day/")


def test_a_day_that_is_none_is_today(cast: Cast) -> None:
    assert visit(cast.boris).get("/desk/day/?on=tomorrow").status_code == 200


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("conclusion", "Заключение"),
        ("card", "СНИЛС"),
        ("earlier", "Прошлых консультаций нет."),
        ("files", "Файлов пока нет."),
        ("nonsense", "Заключение"),
    ],
)
def test_each_tab_of_the_workspace_opens(cast: Cast, tab: str, words: str) -> None:
    row = cast.consultation()
    assert words in read(visit(cast.boris), f"{_page(row)}?tab={tab}")


def test_begin_is_one_press(cast: Cast, clock: Clock) -> None:
    row = cast.consultation()
    browser = visit(cast.boris)
    assert not [one for one in forms(browser, _page(row)) if one.action.endswith("/begin/")]
    clock.set(row.starts_at)
    browser = visit(cast.boris)
    press(browser, _page(row), "/begin/")
    now = Consultation.objects.get(pk=row.pk)
    assert (now.state, now.began_at) == ("in_progress", clock.instant)
    again = browser.post(f"{_page(row)}begin/")
    assert again.status_code == 409


def test_a_question_stands_out_for_the_patient(cast: Cast) -> None:
    row = cast.consultation()
    press(visit(cast.boris), _page(row), "/ask/", reason="Фото горла при дневном свете")
    text = read(visit(cast.anna), f"/my/consultations/{row.pk}/")
    assert "Фото горла при дневном свете" in text


def test_hand_over_moves_the_line_of_the_day(cast: Cast) -> None:
    row = cast.consultation()
    browser, colleague = visit(cast.boris), visit(cast.darya)
    assert colleague.get(_page(row)).status_code == 404
    answer = press(
        browser, _page(row), "/hand_over/", doctor=str(cast.darya.doctor.pk), reason="Ваш профиль"
    )
    assert answer.headers["Location"] == "/desk/day/"
    assert "Иванова А. С." not in read(browser, _day(row))
    assert "Иванова А. С." in read(colleague, _day(row))
    assert "Ваш профиль" in read(colleague, _page(row))
    assert browser.get(_page(row)).status_code == 404
    for path in ("say/", "files/", "begin/", "call/"):
        assert browser.post(f"{_page(row)}{path}", {"text": "ещё"}).status_code == 404, path


def test_a_colleague_takes_an_overdue_talk_from_the_day(cast: Cast, clock: Clock) -> None:
    row = cast.consultation()
    clock.set(row.starts_at)
    said(row, "patient")
    browser = visit(cast.darya)
    assert "Ждут любого врача" not in read(browser, "/desk/day/")
    until = f"до {words.clock_time(row.starts_at + timedelta(minutes=15))}"
    assert until in read(visit(cast.boris), "/desk/day/")
    clock.forward(minutes=16)
    browser, former = visit(cast.darya), visit(cast.boris)
    assert "Ждут любого врача" in read(browser, "/desk/day/")
    assert "просрочено 1" in read(former, "/desk/day/")
    assert f"обещали {until}, ждёт 16 мин" in read(former, "/desk/day/")
    answer = press(browser, "/desk/day/", "/take_over/")
    assert answer.headers["Location"] == _page(row)
    assert "консультацию взял врач Лебедева Дарья Олеговна" in read(browser, _page(row))
    assert former.get(_page(row)).status_code == 404
    assert browser.post(f"{_page(row)}take_over/").status_code == 404, "it is hers already"


def test_hand_over_to_nobody_or_to_another_clinic(cast: Cast) -> None:
    row = cast.consultation()
    foreign = builders.doctor(("Зимин", "Яков", "Львович"), cast.other_clinic)
    browser = visit(cast.boris)
    for doctor in ("", "x", str(foreign.pk), str(cast.boris.doctor.pk)):
        answer = browser.post(f"{_page(row)}hand_over/", {"doctor": doctor, "reason": "Профиль"})
        assert answer.status_code == 400, doctor
    assert Consultation.objects.get(pk=row.pk).doctor_id == cast.boris.doctor.pk


def test_return_frees_the_time_and_leaves_the_day(cast: Cast) -> None:
    row = cast.consultation()
    browser = visit(cast.boris)
    press(browser, _page(row), "/return/", reason="Нужен другой врач")
    now = Consultation.objects.select_related("slot").get(pk=row.pk)
    assert (now.state, now.slot.state) == ("returned", "free")
    assert "Иванова А. С." not in read(browser, _day(row))
    assert read(browser, _page(row)), "its page still opens"


def test_an_act_without_a_reason_changes_nothing(cast: Cast) -> None:
    row = cast.consultation()
    browser = visit(cast.boris)
    for verb in ("ask", "return", "hand_over"):
        answer = browser.post(
            f"{_page(row)}{verb}/", {"reason": "  ", "doctor": str(cast.darya.doctor.pk)}
        )
        assert answer.status_code == 400, verb
    assert Consultation.objects.get(pk=row.pk).state == "scheduled"


@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01", "вчера"])
def test_a_day_out_of_the_calendar_is_today(cast: Cast, on: str) -> None:
    assert visit(cast.boris).get("/desk/day/", {"on": on}).context["is_today"]
    assert visit(cast.vera).get("/desk/schedule/", {"on": on}).status_code == 200
