"""The head's pages of the schedule: week, month, plan, calendar file; others find nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from priyom.kernel import words
from priyom.schedule import actions
from priyom.schedule.models import Deviation, Hours, Slot
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db
ROOT = "/desk/schedule/"


@pytest.fixture
def monday(clock: Clock) -> date:
    clock.set(clock.instant.replace(2026, 11, 16, 5, 0))
    return date(2026, 11, 16)


def _read(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def _send(browser: Client, path: str, cast: Cast, on: date, **form: object) -> str:
    sent = {"doctor": str(cast.boris.doctor.pk), "on": str(on)} | form
    answer = browser.post(f"{ROOT}{path}", sent, follow=True)
    return answer.content.decode()


def test_the_week_shows_each_time_with_its_state(
    cast: Cast, monday: date, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    slots = builders.slots(cast.boris.doctor, 2)
    actions.book(cast.vera.actor, slots[0].pk)
    actions.block(cast.inna.actor, slots[1].pk)
    over = slots[1].starts_at + timedelta(minutes=5)
    (free,) = builders.slots(cast.boris.doctor, 1, begins=over)
    address = f"{ROOT}week/?doctor={cast.boris.doctor.pk}&on={monday}"
    browser = visit(cast.inna)
    with django_assert_max_num_queries(14):
        page = _read(browser, address)
    assert "Свободно 1, занято 1" in page
    assert "закрыто, под другим" in page
    assert f'data-slot="{free.pk}"' in page
    seen = _read(visit(cast.vera), address)
    assert "data-slot" not in seen, "a registrar looks, the head moves"


def test_the_head_adds_moves_and_copies(cast: Cast, monday: date) -> None:
    inna = visit(cast.inna)
    use = {"visit": "first", "kind": "portal"}
    hours = {"day": str(monday + timedelta(days=1)), "opens": "09:00", "closes": "10:00"}
    page = _send(inna, "add/", cast, monday, minutes="20", **hours, **use)
    assert "Добавлено: 3" in page
    assert "уже есть другое время" in _send(
        inna, "add/", cast, monday, minutes="30", **hours, **use
    )
    wrong = _send(inna, "add/", cast, monday, minutes="20", **hours | {"closes": "08:00"}, **use)
    assert "Конец раньше начала" in wrong
    first = Slot.objects.order_by("starts_at")[0]
    to = {"slot": str(first.pk), "day": str(monday + timedelta(days=2)), "at": "11:00"}
    assert "Перенесено: 18" in _send(inna, "shift/", cast, monday, **to)
    assert words.clock_time(Slot.objects.get(pk=first.pk).starts_at) == "11:00"
    assert "Выберите время, новый день и час" in _send(
        inna, "shift/", cast, monday, **to | {"at": "вечером"}
    )
    page = _send(inna, "copy/", cast, monday, target=str(monday + timedelta(days=7)))
    assert "Скопировано: 3" in page
    assert Slot.objects.count() == 6


def test_the_month_counts_days(cast: Cast, monday: date) -> None:
    slots = builders.slots(cast.boris.doctor, 3)
    actions.book(cast.vera.actor, slots[0].pk)
    page = _read(visit(cast.vera), f"{ROOT}month/?doctor={cast.boris.doctor.pk}&on={monday}")
    assert "Ноябрь 2026" in page
    assert "свободно 2" in page
    assert "занято 1" in page
    assert "праздник" in page, "the 4th of November"


def test_the_plan_is_made_and_published_by_its_page(cast: Cast, monday: date) -> None:
    inna = visit(cast.inna)
    hours = {"opens": "09:00", "closes": "11:00", "minutes": "30", "kind": "portal"}
    _send(inna, "plan/hours/", cast, monday, weekdays=["1", "2"], visit="first", **hours)
    _send(
        inna, "plan/hours/", cast, monday, weekdays=["1"], visit="break",
        **hours | {"opens": "09:30", "closes": "10:00"},
    )  # fmt: skip
    assert Hours.objects.count() == 3
    page = _read(inna, f"{ROOT}plan/?doctor={cast.boris.doctor.pk}")
    assert "добавится" in page
    done = _send(inna, "plan/publish/", cast, monday, days="2")
    assert "Опубликовано: добавлено 7" in done.replace(words.NBSP, " ")
    assert "такое, как в плане" in done
    kept = _send(inna, "plan/hours/", cast, monday, weekdays=[], visit="first", **hours)
    assert "Отметьте хотя бы один день недели" in kept
    off = {"first": str(monday), "last": str(monday), "turn": "off", "reason": "Учёба"}
    assert "Учёба" in _send(inna, "plan/exceptions/", cast, monday, **off)
    part = _send(inna, "plan/exceptions/", cast, monday, **off | {"turn": "part"})
    assert "Для части дня укажите часы" in part
    row = Deviation.objects.get()
    _send(inna, f"plan/exceptions/{row.pk}/drop/", cast, monday)
    _send(inna, f"plan/hours/{Hours.objects.order_by('pk')[0].pk}/drop/", cast, monday)
    assert (Deviation.objects.count(), Hours.objects.count()) == (0, 2)
    assert "Впишите, на сколько дней" in _send(inna, "plan/publish/", cast, monday, days="много")


FILE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    "DTSTART:20261117T090000\r\nDTEND:20261117T100000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.mark.parametrize(("meaning", "said"), [("times", "Добавлено: 3"), ("away", "Закрыто: 0")])
def test_a_calendar_is_looked_at_before_it_is_taken(
    cast: Cast, monday: date, meaning: str, said: str
) -> None:
    inna = visit(cast.inna)
    doctor = str(cast.boris.doctor.pk)
    form = {"doctor": doctor, "on": str(monday), "meaning": meaning, "minutes": "20"}
    file = SimpleUploadedFile("times.ics", FILE.encode())
    look = inna.post(f"{ROOT}calendar/", form | {"file": file}).content.decode()
    assert "завтра, 09:00–10:00" in look
    assert not Slot.objects.exists()
    spans = look.partition('name="spans" value="')[2].partition('"')[0]
    done = inna.post(f"{ROOT}calendar/", form | {"spans": spans}, follow=True).content.decode()
    assert said in done.replace(words.NBSP, " ")
    again = inna.post(f"{ROOT}calendar/", form | {"spans": "x/y"}, follow=True).content.decode()
    assert "Загрузите файл ещё раз" in again
    odd = SimpleUploadedFile("times.ics", b"no calendar")
    answer = inna.post(f"{ROOT}calendar/", form | {"file": odd})
    assert answer.status_code == 400
    assert "Нужен файл .ics" in answer.content.decode()


def test_the_calendar_names_no_patient(cast: Cast, monday: date) -> None:
    row = cast.consultation()
    answer = visit(cast.vera).get(f"{ROOT}calendar.ics?doctor={row.doctor_id}")
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/calendar")
    assert "SUMMARY:Приём" in text
    assert cast.anna.card.family not in text


@pytest.mark.parametrize(
    "path", ["add/", "shift/", "copy/", "plan/hours/", "plan/exceptions/", "plan/publish/"]
)
def test_only_the_head_changes_the_schedule(cast: Cast, monday: date, path: str) -> None:
    for person in (cast.vera, cast.nina, cast.boris):
        assert visit(person).post(f"{ROOT}{path}", {}).status_code == 404
    assert visit(cast.vera).get(f"{ROOT}plan/").status_code == 404
    assert visit(cast.boris).get(f"{ROOT}week/").status_code == 404


def test_another_places_doctor_is_not_shown(cast: Cast, monday: date) -> None:
    page = _read(visit(cast.nina), f"{ROOT}week/?doctor={cast.boris.doctor.pk}")
    assert cast.boris.doctor.family not in page
