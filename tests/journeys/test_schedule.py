"""The head's schedule in a browser: times added, moved by keys and by hand, a week copied."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from priyom.kernel import clock
from tests.journeys import steps_registry, steps_request
from tests.journeys.stage import Stage

pytestmark = pytest.mark.journeys
AT = "22:40"
"""Nobody of the demo works so late: the row is this test's alone."""


def _open(page: Page, stage: Stage, ahead: int) -> None:
    on = clock.today() + timedelta(days=ahead)
    page.goto(stage.url(f"/desk/schedule/week/?on={on}"))


def _cell(page: Page, ahead: int) -> str:
    on = clock.today() + timedelta(days=ahead)
    return f'td[data-day="{on}"][data-at="{AT}"]'


def test_the_head_moves_times_by_keys_and_by_hand(stage: Stage) -> None:
    head = stage.staff("arkhipov")
    # A Tuesday some weeks ahead: the day before and after it are of the same week.
    ahead = 1 - clock.today().weekday() + 35
    _open(head, stage, ahead)
    form = head.locator("form", has=head.get_by_role("button", name="Добавить"))
    form.get_by_label("День").fill(str(clock.today() + timedelta(days=ahead)))
    form.get_by_label("С", exact=True).fill(AT)
    form.get_by_label("До", exact=True).fill("23:00")
    form.get_by_role("button", name="Добавить").click()
    expect(head.get_by_text("Добавлено: 1")).to_be_visible()
    slot = head.locator(f"{_cell(head, ahead)} button")
    expect(slot).to_be_visible()
    stage.look(head, "week")

    slot.focus()
    head.keyboard.press("Alt+ArrowRight")
    moved = head.locator(f"{_cell(head, ahead + 1)} button")
    expect(moved).to_be_focused()
    moved.drag_to(head.locator(_cell(head, ahead + 2)))
    expect(head.locator(f"{_cell(head, ahead + 2)} button")).to_be_visible()
    expect(head.get_by_text("Перенесено:")).to_be_visible()

    copy = head.locator("form", has=head.get_by_role("button", name="Скопировать"))
    copy.get_by_role("button", name="Скопировать").click()
    expect(head.get_by_text("Скопировано: 1")).to_be_visible()
    head.goto(stage.url(f"/desk/schedule/month/?on={clock.today()}"))
    stage.look(head, "month")
    head.goto(stage.url("/desk/schedule/plan/"))
    for details in head.locator("details").all():
        details.locator("summary").click()
    stage.look(head, "plan")
    head.goto(stage.url("/desk/schedule/calendar/"))
    stage.look(head, "calendar")


def test_the_schedule_on_a_phone(stage: Stage) -> None:
    desk = stage.staff("arkhipov")
    small = stage.browser.new_context(
        viewport={"width": 390, "height": 844}, storage_state=desk.context.storage_state()
    )
    stage.contexts.append(small)
    page = small.new_page()
    for path in ("", "week/", "month/", "plan/", "calendar/"):
        page.goto(stage.url(f"/desk/schedule/{path}"))
        stage.look(page, path.strip("/") or "day", quick=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"{path} is {wide} wide"


def test_a_doctor_is_away_and_patients_choose(stage: Stage) -> None:
    head = stage.staff("arkhipov")
    found = _busy_day(head, stage)
    head.goto(stage.url(f"/desk/schedule/?{found}"))
    head.get_by_text("Врача не будет").click()
    head.get_by_label("Причина").fill("Врач в отъезде")
    head.get_by_role("button", name="Закрыть и показать").click()
    expect(head.get_by_text("пациенты ещё не знают")).to_be_visible()
    stage.look(head, "prepared")
    head.get_by_role("button", name="Сообщить всем").click()
    expect(head.get_by_text("пациентам сообщили")).to_be_visible()
    stage.look(head, "told")
    first = head.locator("form.away-choice").first
    first.locator("label.slot").first.click()
    first.get_by_role("button", name="Выбрано по телефону").click()
    expect(head.get_by_text("Перенесено:")).to_be_visible()
    expect(head.locator(".chip", has_text="перенесено")).to_have_count(1)
    head.set_viewport_size({"width": 390, "height": 844})
    stage.look(head, "phone", quick=True)
    wide = head.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, f"{wide} wide"


def _busy_day(head: Page, stage: Stage) -> str:
    """Return doctor and day, as the address says them, of somebody who has patients ahead."""
    head.goto(stage.url("/desk/schedule/month/"))
    for doctor in head.locator("#doctor option").evaluate_all("all => all.map(one => one.value)"):
        head.goto(stage.url(f"/desk/schedule/month/?doctor={doctor}"))
        for link in head.locator(".month td > a", has_text="занято").all():
            address = (link.get_attribute("href") or "").partition("?")[2]
            if address[-10:] > str(clock.today()):
                return address
    raise AssertionError("nobody of the demo has a patient ahead")


def test_a_free_time_is_offered_and_accepted_by_the_link(stage: Stage) -> None:
    patient, mail = stage.patient("Смирнов-Волков"), "a.smirnov-volkov@mail.example"
    why = "Вторую неделю болит плечо, рука не поднимается."
    asked = steps_request.ask(stage, patient, complaint=why)
    registrar = stage.staff("kovaleva")
    taken = steps_registry.take(stage, registrar, why[:20])
    stage.look(registrar, "booking", full=False)
    registrar.get_by_role("button", name=re.compile("^Первое подходящее")).click()
    expect(registrar.locator("#plan")).to_contain_text("место держим")
    registrar.get_by_role("button", name="Отметить срочной").click()
    expect(registrar.get_by_role("button", name="Сделать плановой")).to_be_visible()
    registrar.get_by_role("button", name="Вернуть в журнал").click()

    registrar.goto(stage.url("/desk/waiting/"))
    row = registrar.locator("li.waiting-row", has_text="Смирнов-Волков").first
    expect(row).to_contain_text("срочная")
    stage.look(registrar, "waiting")
    row.get_by_role("button", name=re.compile("^Предложить")).click()
    expect(registrar.get_by_role("heading", name="Ждём ответа")).to_be_visible()
    registrar.set_viewport_size({"width": 390, "height": 844})
    stage.look(registrar, "phone", quick=True)
    assert registrar.evaluate("document.documentElement.scrollWidth") <= 390

    text = stage.letter(mail, "Держим его для вас")["text"]
    (link,) = set(re.findall(r"https?://\S+/my/proposals/[0-9a-f-]{36}/", text))
    patient.goto(asked)
    expect(patient.get_by_text("Есть время:")).to_be_visible()
    patient.goto(link)
    stage.look(patient, "proposal")
    patient.get_by_role("button", name="Подходит, записать").click()
    expect(patient.get_by_text("Вы записаны")).to_be_visible()
    registrar.goto(taken)
    expect(registrar.get_by_role("heading", name="Записано")).to_be_visible()
