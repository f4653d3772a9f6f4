"""The journal in a real browser: it moves by itself, never under the pointer, and obeys keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from priyom.chat.tests.live import House
from priyom.intake import actions
from priyom.intake.models import Request
from priyom.intake.tests.stage import Stage
from priyom.notices.models import Notice
from priyom.testing import builders
from priyom.testing.apart import apart
from priyom.testing.pages import axe, desktop

pytestmark = pytest.mark.journeys


class Desk:
    """Вера at the journal, where Анна's request waits and Глеб's after it."""

    def __init__(self, browser: Browser, servers: House) -> None:
        self.url = servers.url
        self.stage = apart(Stage)
        self.cast = self.stage.cast
        self.second = self.ask("Петров", "Пётр")
        self.context = desktop(browser)
        servers.sign_in(self.context, self.cast.vera.account, "/desk")
        self.page: Page = self.context.new_page()
        # Keys are obeyed once their script is there.
        self.page.goto(f"{self.url}/desk/journal/", wait_until="networkidle")
        expect(self.rows).to_have_count(2)

    @property
    def rows(self) -> Locator:
        return self.page.locator("#journal-list a.row")

    def ask(self, family: str, given: str) -> Request:
        """Let somebody else ask by phone."""

        def do() -> Request:
            asked = builders.request(self.cast.gleb.card, self.cast.clinic)
            asked.family, asked.given = family, given
            asked.save()
            return asked

        return apart(do)

    def withdraw(self) -> None:
        """Let Анна, who stands first, take her request back."""
        anna, key = self.cast.anna.actor, self.stage.request.pk
        apart(lambda: actions.withdraw(anna, key, "Стало лучше"))

    def look_again(self) -> None:
        """What the page does by itself every ten seconds, at once."""
        self.page.evaluate("() => document.dispatchEvent(new CustomEvent('worklist:ask'))")


@pytest.fixture
def desk(committed_db: None, browser: Browser, servers: House) -> Iterator[Desk]:
    """Вера's browser at the journal."""
    made = Desk(browser, servers)
    yield made
    made.context.close()


def test_a_new_request_appears_and_a_taken_one_says_whose_it_is(desk: Desk) -> None:
    desk.ask("Сидоров", "Илья")
    desk.look_again()
    expect(desk.rows).to_have_count(3)
    expect(desk.rows.last).to_contain_text("Сидоров")
    zoya = desk.cast.zoya.actor
    apart(lambda: actions.take(zoya, desk.second.pk))
    desk.look_again()
    expect(desk.rows.nth(1)).to_contain_text("У Орлова")
    expect(desk.page.get_by_role("link", name="У коллег 1")).to_be_visible()
    assert axe(desk.page) == []


def test_nothing_jumps_under_the_pointer(desk: Desk) -> None:
    desk.rows.last.hover()
    desk.withdraw()
    desk.look_again()
    desk.rows.last.hover()
    waits = desk.page.get_by_role("button", name="Список изменился")
    expect(waits).to_be_visible()
    expect(desk.rows).to_have_count(2)
    desk.page.mouse.move(1000, 600)
    expect(desk.rows).to_have_count(1)
    expect(waits).to_be_hidden()


def test_what_comes_at_the_end_comes_under_the_pointer_too(desk: Desk) -> None:
    desk.rows.first.hover()
    desk.ask("Сидоров", "Илья")
    desk.look_again()
    expect(desk.rows).to_have_count(3)


def test_the_focus_stays_on_its_row(desk: Desk) -> None:
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("ArrowDown")
    expect(desk.rows.last).to_be_focused()
    desk.ask("Сидоров", "Илья")
    desk.look_again()
    expect(desk.rows).to_have_count(3)
    expect(desk.rows.nth(1)).to_be_focused()
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url(re.compile(f"/desk/requests/{desk.second.pk}/"))


def test_the_list_is_sifted_while_one_types_and_letters_fire_no_keys(desk: Desk) -> None:
    page = desk.page
    page.keyboard.press("/")
    page.keyboard.type("петр")
    expect(desk.rows).to_have_count(1)
    expect(page).to_have_url(re.compile("who="))
    page.keyboard.type("n?z/1")
    expect(page.get_by_text("Такой заявки нет")).to_be_visible()
    expect(page.locator("#keys-help")).to_be_hidden()
    page.reload()
    expect(page.get_by_text("Такой заявки нет")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(desk.stage.request.number)
    expect(desk.rows).to_have_count(1)
    expect(desk.rows).to_contain_text("Иванова")


def test_the_keys_of_the_page_are_shown_by_a_question_mark(desk: Desk) -> None:
    page = desk.page
    page.keyboard.press("?")
    box = page.get_by_role("dialog", name="Клавиши")
    expect(box).to_contain_text("Взять следующую")
    expect(box).to_contain_text("Звонок")
    assert axe(page) == []
    page.keyboard.press("n")
    expect(box).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url(re.compile(f"/desk/requests/{desk.stage.request.pk}/"))
    page.wait_for_load_state("networkidle")
    page.keyboard.press("d")
    expect(page.locator("#decline [type=radio]").first).to_be_focused()


def test_keys_prolong_the_hold_and_its_loss_is_said(desk: Desk) -> None:
    page = desk.page
    page.keyboard.press("n")
    screen = page.locator("[data-stay]")
    expect(screen).to_be_visible()
    page.wait_for_load_state("networkidle")
    screen.evaluate("(one) => { one.dataset.every = '0'; }")
    with page.expect_response(re.compile("/stay/")) as kept:
        page.keyboard.press("Shift")
    assert kept.value.status == 204
    vera, key = desk.cast.vera.actor, desk.stage.request.pk
    apart(lambda: actions.release(vera, key))
    page.keyboard.press("Shift")
    expect(page.get_by_text("Заявка вернулась в журнал")).to_be_visible()


def test_an_address_is_asked_about_while_it_is_typed_and_confirmed_by_its_link(desk: Desk) -> None:
    page = desk.page
    page.keyboard.press("n")
    mail = page.get_by_label("Почта для уведомлений")
    expect(mail).to_be_visible()
    page.wait_for_load_state("networkidle")
    mail.fill("anna.new@gmial.com")
    page.get_by_role("button", name="Исправить").click()
    expect(mail).to_have_value("anna.new@gmail.com")
    expect(page.get_by_text("Может быть,")).to_be_hidden()
    page.get_by_role("button", name="Прислать ссылку").click()
    expect(page.get_by_text("ссылка отправлена, ждём нажатия")).to_be_visible()
    other = page.context.browser
    assert other is not None
    reader = other.new_page()
    reader.goto(f"{desk.url}{apart(_link)}")
    reader.get_by_role("button", name="Да, это мой адрес").click()
    expect(reader.get_by_role("heading", name="адрес подтверждён")).to_be_visible()
    assert axe(reader) == []
    reader.close()
    expect(page.get_by_text("подтверждена сегодня")).to_be_visible(timeout=15_000)


def _link() -> str:
    text = Notice.objects.get(to="anna.new@gmail.com").text
    return "/my/address/" + text.split("/my/address/", 1)[1].split()[0]
