"""The doctor's day moves by itself: the small question, the list, the title and the sound."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from priyom.accounts.models import Session
from priyom.chat.tests.live import House, house
from priyom.chat.tests.scene import Scene, write
from priyom.consultations.actions import begin
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit
from priyom.testing.pages import axe, launch


def pulse(browser: Client) -> str:
    """Return the word that stands for the doctor's day."""
    return str(browser.get("/desk/day/pulse/").json()["mark"])


@pytest.mark.django_db
def test_the_word_changes_with_the_day_and_only_then(cast: Cast, clock: Clock) -> None:
    row = cast.consultation()
    clock.set((row.starts_at + timedelta(minutes=5)).replace(minute=1))
    browser = visit(cast.boris)
    before = pulse(browser)
    assert pulse(browser) == before
    assert f'data-mark="{before}"' in browser.get("/desk/day/list/").content.decode()
    begin(cast.boris.actor, row.pk)
    after = pulse(browser)
    assert after != before
    clock.forward(minutes=6)
    assert pulse(browser) != after, "promises run out without an act"
    assert pulse(visit(cast.darya)) != pulse(browser)


@pytest.mark.django_db
def test_what_a_page_asks_by_itself_keeps_no_session_alive(cast: Cast, clock: Clock) -> None:
    browser = visit(cast.boris)
    begun = Session.objects.get().expire_date
    clock.forward(minutes=10)
    browser.get("/desk/day/pulse/", headers={"X-Idle": "1"})
    browser.get("/desk/day/list/", headers={"X-Idle": "1"})
    assert Session.objects.get().expire_date == begun
    browser.get("/desk/day/")
    assert Session.objects.get().expire_date > begun


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as running:
        yield running


@pytest.fixture(scope="module")
def servers(django_db_setup: None) -> Iterator[House]:
    with house() as running:
        yield running


@pytest.fixture
def scene(committed_db: None, browser: Browser, servers: House) -> Iterator[Scene]:
    made = Scene(browser, servers)
    made.boris.goto(f"{servers.url}/desk/day/")
    yield made
    made.close()


def look_again(page: Page) -> None:
    """What a page does by itself every ten seconds, at once."""
    page.evaluate("() => document.dispatchEvent(new CustomEvent('chat:entry'))")


@pytest.mark.journeys
def test_new_messages_show_in_the_list_and_before_the_title(scene: Scene) -> None:
    page = scene.boris
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


@pytest.mark.journeys
def test_nothing_changes_under_a_moving_pointer(scene: Scene) -> None:
    page = scene.boris
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


@pytest.mark.journeys
def test_the_open_chat_counts_what_came_unseen(scene: Scene, browser: Browser) -> None:
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
