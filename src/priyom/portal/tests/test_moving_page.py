"""The doctor's day moves by itself in a real browser: the list, the title and the sound."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from priyom.chat.tests.scene import Scene, write
from priyom.testing.pages import axe

pytestmark = pytest.mark.journeys


def day_of(scene: Scene) -> Page:
    """Lead the doctor from the talk to the day's list."""
    scene.boris.goto(f"{scene.servers.url}/desk/day/")
    return scene.boris


def look_again(page: Page) -> None:
    """What a page does by itself every ten seconds, at once."""
    page.evaluate("() => document.dispatchEvent(new CustomEvent('chat:entry'))")


def test_new_messages_show_in_the_list_and_before_the_title(scene: Scene) -> None:
    page = day_of(scene)
    expect(page.locator("a.row")).to_have_count(1)
    page.evaluate(
        "() => { window.sounds = 0; "
        "document.addEventListener('ui:sounded', () => { window.sounds += 1; }); }"
    )
    write(scene.anna, "Болит горло")
    write(scene.anna, "И температура")
    expect(scene.anna.locator(".bubble.mine .bubble-meta").last).to_contain_text("отправлено")
    look_again(page)
    expect(page.locator("a.row")).to_contain_text("2 новых")
    expect(page.locator("a.row")).to_contain_text("И температура")
    expect(page).to_have_title("(2) Мой день · Приём")
    assert page.evaluate("() => window.sounds") == 1
    assert axe(page) == []
    switch = page.get_by_role("button", name="Звук новых сообщений")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")
    expect(scene.anna.get_by_role("button", name="Звук новых сообщений")).to_have_attribute(
        "aria-pressed", "false"
    )


def test_nothing_changes_under_a_moving_pointer(scene: Scene) -> None:
    page = day_of(scene)
    row = page.locator("a.row")
    row.hover()
    page.mouse.move(100, 200)
    write(scene.anna, "Болит горло")
    expect(scene.anna.locator(".bubble.mine .bubble-meta").last).to_contain_text("отправлено")
    look_again(page)
    row.hover()
    expect(page).to_have_title("(1) Мой день · Приём")
    assert "новое" not in row.inner_text()
    page.mouse.move(1000, 600)
    expect(row).to_contain_text("1 новое")


def test_the_open_chat_counts_what_came_unseen(scene: Scene) -> None:
    page = scene.boris
    page.goto(f"{scene.servers.url}/desk/consultations/{scene.talk.pk}/")
    expect(page.locator("ol.thread")).to_have_attribute("data-line", "up")
    plain = page.title()
    page.evaluate("() => { Document.prototype.hasFocus = () => false; }")
    write(scene.anna, "Вы здесь?")
    expect(page.locator(".bubble.theirs")).to_have_count(1)
    expect(page).to_have_title(f"(1) {plain}")
    page.evaluate(
        "() => { Document.prototype.hasFocus = () => true;"
        " window.dispatchEvent(new Event('focus')); }"
    )
    expect(page).to_have_title(plain)
