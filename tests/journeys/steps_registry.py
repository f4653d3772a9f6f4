"""What registrars do: take a request, find the card, confirm the address, pick a time, book."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from priyom.kernel.words import MONTHS
from tests.journeys.stage import Stage


@dataclass(frozen=True)
class Booked:
    """What the registrar made: whose, when, its number and its page for the registry."""

    name: str
    number: str
    page: str

    @property
    def key(self) -> str:
        """The consultation's key, as it stands in addresses."""
        return self.page.rstrip("/").rsplit("/", 1)[1]


def see_in_journal(stage: Stage, page: Page, words: str) -> Locator:
    """Return the row of the newest request with these words; it says how long it has waited."""
    page.goto(stage.url("/desk/journal/?only=new"))
    row = page.locator("#journal-list .row", has_text=words)
    while not row.count() and page.get_by_role("link", name="Дальше").count():
        page.get_by_role("link", name="Дальше").click()
    expect(row.last.locator("time").first).to_have_text(re.compile(r"мин|ч|только что"))
    return row.last


def take(stage: Stage, page: Page, words: str) -> str:
    """Open the newest request with these words and take it; return its address."""
    see_in_journal(stage, page, words).click()
    page.wait_for_url(re.compile(r"/desk/requests/[0-9a-f-]{36}/"))
    address = page.url.split("?")[0]
    stage.look(page, "journal-request")
    page.get_by_role("button", name="Взять в работу").click()
    expect(page.get_by_role("heading", name="Пациент в индексе")).to_be_visible()
    return address


def sees_it_taken(stage: Stage, page: Page, address: str, by: str) -> None:
    """Another registrar opens the request: it is taken, and by whom; nothing can be done."""
    page.goto(address)
    expect(page.get_by_text(f"Сейчас её ведёт {by}")).to_be_visible()
    expect(page.get_by_role("button", name="Взять в работу")).to_be_disabled()
    stage.look(page, "request-taken-by-colleague")


def search(page: Page, words: str, outcome: str) -> Locator:
    """Type into the index search; return what was found when it is none, one or several."""
    page.get_by_label("Поиск: имя и год рождения", exact=False).fill(words)
    found = page.locator(f"#found[data-outcome={outcome}]")
    expect(found).to_be_visible()
    return found


def find_card(stage: Stage, page: Page, *, name: str, born: str) -> None:
    """Meet the three answers of the index, then choose the one card."""
    search(page, "Ъыйко Зюзя 1901", "none")
    expect(page.get_by_text("Мы не нашли карту с такими данными")).to_be_visible()
    stage.look(page, "booking-none-found", quick=True)
    several = search(page, "Иванов", "several")
    expect(several).to_contain_text("Несколько похожих")
    assert several.locator("[data-row]").count() > 1
    stage.look(page, "booking-several-found", quick=True)
    one = search(page, f"{name} {born}", "one")
    expect(one.locator("[data-row]")).to_have_count(1)
    one.locator("[data-row]").check()
    expect(page.locator("#plan-who")).to_contain_text(name)


def book(
    stage: Stage, page: Page, *, doctor: str, at: str, name: str, is_last_day: bool = False
) -> Booked:
    """Pick the doctor's time, of the first day that has this hour or of the last; book it."""
    slots = page.locator("section.doctor-slots", has_text=doctor)
    slots.locator("label.slot", has_text=at).nth(-1 if is_last_day else 0).click()
    plan = page.locator("#plan")
    expect(plan).to_contain_text("место держим")
    expect(plan).to_contain_text(f"{at}")
    expect(plan).to_contain_text("(МСК)")
    stage.look(page, "booking-ready")
    page.get_by_role("button", name="Записать Ctrl+Enter").click()
    done = page.get_by_role("region", name="Записано")
    expect(done).to_contain_text(name)
    stage.look(page, "booked")
    number = done.locator("dt", has_text="Номер").locator("+ dd").inner_text()
    link = done.get_by_role("link", name="Перенести или отменить").get_attribute("href")
    return Booked(name, number, stage.url(str(link)))


def phone_call(stage: Stage, page: Page, name: str, birth: tuple[str, str, str], why: str) -> None:
    """Type a request while somebody speaks on the phone; it is the registrar's own at once."""
    page.goto(stage.url("/desk/journal/"))
    page.get_by_role("link", name=re.compile("^Звонок")).click()
    page.get_by_label("Ничего нет").check()
    day, month, year = birth
    born = f"{int(day):02}.{MONTHS.index(month) + 1:02}.{year}"
    page.get_by_label("Поиск: имя и год рождения").fill(f"{name} {born}")
    page.get_by_label("Телефон", exact=True).fill("921 555-10-20")
    page.get_by_label("Что беспокоит").fill(why)
    page.get_by_label("К какому врачу").select_option(label="Терапевт, любой")
    page.get_by_label("Согласен, чтобы его записали").check()
    stage.look(page, "phone-call")
    page.get_by_role("button", name="В журнал, без времени").click()
    page.wait_for_url(re.compile(r"/desk/requests/[0-9a-f-]{36}/"))
    expect(page.get_by_role("heading", name="Пациент в индексе")).to_be_visible()


def first_time(page: Page, doctor: str, *, after: int = 0) -> str:
    """Return a free time of the doctor on the booking screen, «14:20»; `after` skips some, -1 all.

    At night the first ones are so near that a patient may not change them any more.
    """
    slots = page.locator("section.doctor-slots", has_text=doctor)
    return slots.locator("label.slot:has(input:not([disabled]))").nth(after).inner_text().strip()


def move(stage: Stage, page: Page, booked: Booked) -> None:
    """Move the consultation to another free time."""
    page.goto(booked.page)
    stage.look(page, "booked-page")
    page.locator("label.slot:has(input:not([disabled]))").nth(3).click()
    page.get_by_role("button", name="Перенести").click()
    expect(page.get_by_text("Перенесено. Письма пациенту и врачу уйдут сами.")).to_be_visible()
