"""What doctors do beside the talk: hand over, return, mark a no-show, order a consultation."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.stage import Stage


def _more(page: Page) -> None:
    page.locator("summary", has_text=re.compile(r"^\s*Ещё\s*$")).click()


def hand_over(stage: Stage, page: Page, colleague: str, reason: str) -> None:
    """Give the consultation to a colleague with a reason."""
    _more(page)
    page.locator("summary", has_text="Передать коллеге").click()
    whom = page.locator("[data-act='consultation.hand_over']").get_by_label("Кому")
    choice = whom.locator("option", has_text=colleague)
    page.locator("[data-act='consultation.hand_over']").get_by_label("Кому").select_option(
        str(choice.get_attribute("value"))
    )
    page.get_by_label("Почему", exact=True).fill(reason)
    stage.look(page, "hand-over", full=False, quick=True)  # an open menu covers what is below
    page.get_by_role("button", name="Передать", exact=True).click()
    expect(page.get_by_text("Консультация передана коллеге.")).to_be_visible()


def give_back(stage: Stage, page: Page, reason: str) -> None:
    """Return the request to the journal with a reason that the patient sees."""
    _more(page)
    page.locator("summary", has_text="Вернуть в журнал").click()
    page.get_by_label("Почему возвращаете?").fill(reason)
    stage.look(page, "return", full=False, quick=True)
    page.get_by_role("button", name="Вернуть в журнал").click()
    expect(page.get_by_text("Заявка вернулась в журнал, время освобождено.")).to_be_visible()


def miss(page: Page) -> None:
    """Mark that the patient did not come."""
    _more(page)
    page.get_by_role("button", name="Пациент не пришёл").click()
    expect(page.get_by_text("Отмечено: пациент не пришёл.")).to_be_visible()


def order(stage: Stage, page: Page, *, name: str, why: str) -> None:
    """Find the patient in the index, open the card, order a consultation with the consent."""
    page.get_by_role("link", name="Пациенты").click()
    page.get_by_label("Кого ищем").fill(name)
    row = page.locator("#found[data-outcome=one] [data-patient]")
    expect(row).to_have_count(1)
    stage.look(page, "index")
    row.click()
    if page.get_by_role("link", name="Назначить консультацию").count():
        stage.look(page, "card")
        page.get_by_role("link", name="Назначить консультацию").click()
    expect(page.get_by_role("heading", name="Назначить консультацию")).to_be_visible()
    page.get_by_label("Повод и вопрос консультанту").fill(why)
    page.get_by_label("К какому врачу").select_option(label="Кардиолог, любой")
    page.get_by_label(re.compile("пациент согласен")).check()
    stage.look(page, "order")
    page.get_by_role("button", name="Назначить Ctrl+Enter").click()
    expect(page.get_by_text(re.compile("у регистратуры"))).to_be_visible()
