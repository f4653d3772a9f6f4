"""What patients do before the talk: ask, see the state, withdraw, cancel, ask to move."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.stage import Stage
from tests.journeys.steps_registry import Booked

COMPLAINT = "Пятый день кашель и температура 37,8, к вечеру слабость. Пью парацетамол."


def ask_to_move(page: Page, booked: Booked, wish: str) -> None:
    """Ask for another time of the consultation, from the home page."""
    _other_times(page, booked)
    page.get_by_text("Ничего не подходит").click()
    page.locator("summary", has_text="Попросить другое время").click()
    page.get_by_label("Когда вам удобно?").fill(wish)
    page.get_by_role("button", name="Попросить другое время").click()
    expect(page.get_by_text(f"Вы просили другое время: «{wish}»")).to_be_visible()


def move(stage: Stage, page: Page, booked: Booked, doctor: str) -> str:
    """Move the consultation to another time of that doctor; return it."""
    _other_times(page, booked)
    stage.look(page, "other-time")
    card = page.locator("section.card", has_text=doctor)
    # Of another day: late in the evening the last times of today are within the organisation's
    # limit, and a patient who moved there may not cancel any more.
    card.get_by_text("Другие дни").click()
    times = card.locator("label.slot:visible")
    at = times.last.inner_text().strip()
    times.last.click()
    page.get_by_role("button", name="Перенести на выбранное время").click()
    expect(page.get_by_text("Перенесено. Ждём вас:")).to_contain_text(at)
    return at


def _other_times(page: Page, booked: Booked) -> None:
    card = _card(page, booked)
    card.get_by_text("Перенести или отменить").click()
    card.get_by_role("link", name="Выбрать другое время").click()
    expect(page.get_by_role("heading", name="Другое время")).to_be_visible()


def cancel(page: Page, booked: Booked, reason: str) -> None:
    """Cancel the consultation from the home page."""
    card = _card(page, booked)
    card.get_by_text("Перенести или отменить").click()
    card.locator("summary", has_text="Отменить…").click()
    card.get_by_label("Почему отменяете?").fill(reason)
    card.get_by_role("button", name="Отменить", exact=True).click()
    expect(page.get_by_text("Консультация отменена, время освобождено.")).to_be_visible()


def _card(page: Page, booked: Booked) -> Locator:
    """Return the card of this consultation: there may be others with the same doctor."""
    return page.locator(".card.hero", has=page.locator(f"a[href*='{booked.key}']"))


def ask(stage: Stage, page: Page, *, complaint: str = COMPLAINT, person: str = "") -> str:
    """Fill the request form and send it; return the request's address. `person` is whom for."""
    page.goto(stage.url("/my/requests/new/"))
    if person:
        page.get_by_role("radio", name=re.compile(person)).check()
        expect(page.get_by_text(f"Заявка для: {person}")).to_be_visible()
    flags = page.get_by_role("region", name=re.compile("звоните 103"))
    expect(flags).to_contain_text("боль или давление в груди")
    expect(flags.get_by_role("link", name="103")).to_have_attribute("href", "tel:103")
    page.get_by_label("Что беспокоит").fill(complaint)
    kind = "Педиатр" if person else "Терапевт"
    page.get_by_label("К какому врачу").select_option(label=f"{kind}, любой")
    page.locator("label.wish").nth(1).click()
    page.locator("label.wish").nth(4).click()
    page.get_by_label("В любое время").check()
    if not page.get_by_label("Телефон").input_value():
        page.get_by_label("Телефон").fill("921 555-10-20")
    stage.look(page, "request-form")
    page.get_by_role("button", name="Отправить заявку").click()
    # The form is not sent until the person says that nothing of the red list is there.
    expect(page.get_by_text("Если что-то из списка есть, звоните 103").last).to_be_visible()
    stage.look(page, "request-form-refused", quick=True)
    page.get_by_label(re.compile("Боли в груди, удушья")).check()
    page.get_by_role("button", name="Отправить заявку").click()
    page.wait_for_url(re.compile(r"/my/requests/[0-9a-f-]{36}/"))
    return page.url
