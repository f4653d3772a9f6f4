"""After the signature: what to do is understood or asked about, and shown to somebody by a link."""

from __future__ import annotations

import re
from pathlib import Path

from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.journeys.stage import Stage


def understood(stage: Stage, page: Page) -> None:
    """One advice is clear, one is asked about, one goes into the calendar."""
    todo = page.get_by_role("region", name="Что делать")
    todo.get_by_role("button", name=re.compile("^Понятно.*Питьё")).click()
    expect(todo.get_by_role("button", name=re.compile("^Понятно"))).to_have_count(2)
    with page.expect_download() as got:
        todo.get_by_role("link", name=re.compile("Напомнить")).click()
    file = Calendar.from_ical(Path(got.value.path()).read_bytes())
    assert len(file.walk("VEVENT")) == 1
    todo.get_by_role("link", name=re.compile("^Не понятно.*Парацетамол")).click()
    page.get_by_label("Что непонятно").fill("Сколько раз в день можно?")
    stage.look(page, "question", quick=True)
    page.get_by_role("button", name="Отправить вопрос").click()
    expect(todo.get_by_role("link", name="Вопрос передан")).to_be_visible()


def shown(stage: Stage, page: Page) -> None:
    """A link shows the paper to one browser once; the patient sees that and takes it back."""
    page.get_by_role("button", name="Сделать ссылку").click()
    mine = page.get_by_role("region", name="Показать другому")
    address = mine.get_by_label(re.compile("Ещё не открыта")).input_value()
    stage.look(page, "conclusion-shared", quick=True)
    friend, late = stage.visitor(), stage.visitor()
    friend.goto(address)
    expect(friend.get_by_text("J06.9")).to_have_count(0)
    stage.look(friend, "shared-asks", quick=True)
    friend.get_by_role("button", name="Открыть заключение").click()
    expect(friend.get_by_text("J06.9")).to_be_visible()
    stage.look(friend, "shared", quick=True)
    late.goto(address)
    expect(late.get_by_text("Ссылка больше не открывается")).to_be_visible()
    page.reload()
    expect(mine.get_by_text(re.compile("Открыли сегодня.*ещё читают"))).to_be_visible()
    mine.get_by_role("button", name="Отозвать").click()
    friend.reload()
    expect(friend.get_by_text("Ссылка больше не открывается")).to_be_visible()
