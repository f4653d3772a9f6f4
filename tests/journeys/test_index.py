"""The registrar's index in a browser: who stands for a child, and the region's index beside it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.stage import Stage

pytestmark = pytest.mark.journeys


def _open(page: Page, stage: Stage, words: str) -> None:
    """Find a card as one types and open the first one."""
    page.goto(stage.url("/desk/patients/search/"))
    page.get_by_label("Кого ищем").fill(words)
    found = page.locator("#found[data-outcome=one], #found[data-outcome=several]")
    expect(found).to_be_visible()
    found.locator("a.row").first.click()
    page.wait_for_url(re.compile(r"/desk/patients/[0-9a-f-]{36}/"))


def _date(page: Page, name: str, day: str, month: str, year: str) -> None:
    page.locator(f"#id_{name}_day").fill(day)
    page.locator(f"#id_{name}_month").select_option(month)
    page.locator(f"#id_{name}_year").fill(year)


def _small(stage: Stage, desk: Page) -> Page:
    context = stage.browser.new_context(
        viewport={"width": 390, "height": 844}, storage_state=desk.context.storage_state()
    )
    stage.contexts.append(context)
    return context.new_page()


def _fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, f"{page.url} is {wide} wide"


def test_what_was_typed_before_the_scripts_came_is_searched_for(stage: Stage) -> None:
    desk = stage.staff("kovaleva")
    held: list[Route] = []
    desk.route("**/htmx.min*.js", lambda route: held.append(route))
    desk.goto(stage.url("/desk/patients/search/"), wait_until="commit")
    desk.get_by_label("Кого ищем").fill("петров михаил андреевич")
    while not held:
        desk.wait_for_timeout(20)  # lets the browser say that it wants the script
    expect(desk.locator("#found[data-outcome=one]")).to_have_count(0)
    held[0].continue_()
    expect(desk.locator("#found[data-outcome=one]")).to_be_visible()


def test_a_father_is_entered_limited_and_set_free(stage: Stage) -> None:
    desk = stage.staff("kovaleva")
    _open(desk, stage, "петров михаил андреевич")
    expect(desk.get_by_text("Петрова Ольга Николаевна (мама)")).to_be_visible()
    stage.look(desk, "card")
    desk.get_by_role("link", name="Добавить представителя").click()
    desk.get_by_label("Найдите карту представителя").fill("ёлкин пётр")
    row = desk.locator("#found a.row", has_text="Ёлкин Пётр Петрович").first
    expect(row).to_be_visible()
    stage.look(desk, "search")
    row.click()
    desk.get_by_role("button", name="Записать").click()
    expect(desk.get_by_text("Осталось поправить:")).to_be_visible()
    stage.look(desk, "faults")
    small = _small(stage, desk)
    small.goto(desk.url)
    stage.look(small, "form-phone", quick=True)
    _fits(small)
    desk.get_by_label("папа").check()
    desk.get_by_label("Документ").select_option("birth")
    desk.get_by_label("Номер").fill("IV-МЮ 123456")
    desk.get_by_label("Кем выдан").fill("ЗАГС Невского района")
    _date(desk, "issued_on", "3", "10", "2024")
    desk.get_by_role("button", name="Записать").click()
    expect(desk.get_by_text("Ёлкин Пётр Петрович (папа)")).to_be_visible()
    stage.look(desk, "entered")
    desk.get_by_role("link", name="Открыть: Ёлкин").click()
    _date(desk, "until", "1", "2", "2030")
    desk.get_by_role("button", name="Сохранить срок").click()
    expect(desk.get_by_text("по 01.02.2030")).to_be_visible()
    stage.look(desk, "representative")
    small.goto(desk.url)
    stage.look(small, "representative-phone", quick=True)
    _fits(small)
    desk.get_by_label("Почему").fill("записан по ошибке")
    desk.get_by_role("button", name="Прекратить").click()
    expect(desk.get_by_text("записан по ошибке")).to_be_visible()
    desk.get_by_role("link", name="Карта", exact=True).click()
    expect(desk.get_by_text("прекращено сегодня")).to_be_visible()
    small.goto(desk.url)
    stage.look(small, "card-phone", quick=True)
    _fits(small)


def test_somebody_of_the_regions_index_is_taken_over(stage: Stage) -> None:
    desk = stage.staff("kovaleva")
    desk.goto(stage.url("/desk/patients/search/"))
    desk.get_by_label("Кого ищем").fill("ветрова алина 17.05.1991")
    outside = desk.locator("#outside[data-state=answered]")
    expect(outside).to_be_visible()
    expect(desk.get_by_text("Мы не нашли карту")).to_be_visible()
    stage.look(desk, "found-outside")
    small = _small(stage, desk)
    small.goto(stage.url("/desk/patients/search/?q=ветрова+алина+17.05.1991"))
    expect(small.locator("#outside[data-state=answered]")).to_be_visible()
    stage.look(small, "found-outside-phone", quick=True)
    _fits(small)
    desk.get_by_role("button", name="Взять карту: Ветрова Алина Марковна").click()
    expect(desk.get_by_text("Карта взята из другого индекса")).to_be_visible()
    expect(desk.get_by_text("78-0001").first).to_be_visible()
    stage.look(desk, "taken")
    desk.goto(stage.url("/desk/patients/new/?q=громыко+тарас+1969"))
    expect(desk.locator("#outside[data-state=answered]")).to_be_visible()
    stage.look(desk, "new-card")
    desk.goto(stage.url("/desk/patients/search/?q=толпыгина+вера+1980"))
    expect(desk.locator("#outside[data-state=too_many]")).to_be_visible()


def test_without_script_a_link_leads_to_the_regions_index(stage: Stage) -> None:
    desk = stage.staff("kovaleva", scripts=False)
    desk.goto(stage.url("/desk/patients/search/?q=зарубин+платон+1938"))
    desk.get_by_role("link", name="Искать и в индексе региона").click()
    expect(desk.get_by_text("Зарубин Платон Львович").first).to_be_visible()
