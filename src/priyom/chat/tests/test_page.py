"""The talk in real browsers: at once, through reload, no network and a killed gateway."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from priyom.chat.tests.scene import Scene, last, write
from priyom.consultations.actions import begin, cancel
from priyom.testing.apart import apart
from priyom.testing.pages import axe_all_looks, phone

pytestmark = pytest.mark.journeys


def test_words_go_both_ways_at_once_with_states(scene: Scene) -> None:
    anna, boris = scene.anna, scene.boris
    expect(anna.locator("[data-chat-presence]")).to_contain_text("на связи")
    anna.locator("form.composer textarea").press_sequentially("Каш", delay=20)
    expect(boris.locator("[data-chat-presence]")).to_contain_text("печатает")
    write(anna, "Кашель <b>третий</b> день")
    expect(boris.locator(".bubble.theirs .bubble-text")).to_have_text("Кашель <b>третий</b> день")
    boris.bring_to_front()
    boris.locator("ol.thread").click()
    expect(anna.locator(".bubble.mine .bubble-meta")).to_contain_text("прочитано")
    boris.locator("form.composer textarea").fill("Температура есть?")
    boris.keyboard.press("Enter")
    expect(anna.locator(".bubble.theirs .bubble-text")).to_have_text("Температура есть?")
    assert scene.bodies() == ["Кашель <b>третий</b> день", "Температура есть?"]
    assert boris.locator("form.composer textarea").input_value() == ""


def test_without_network_words_wait_and_go_once(scene: Scene) -> None:
    anna = scene.anna
    scene.anna_context.set_offline(True)
    scene.servers.kill_gateway()
    for n in range(3):
        write(anna, f"Сообщение {n}")
    expect(anna.locator(".bubble.mine.waiting")).to_have_count(3)
    assert "ждёт сети" in last(anna, "mine")
    scene.anna_context.set_offline(False)
    anna.reload()
    expect(anna.locator(".bubble.mine.waiting")).to_have_count(3)
    assert not scene.bodies()
    scene.servers.start_gateway()
    expect(anna.locator(".bubble.mine.waiting")).to_have_count(0, timeout=30_000)
    expect(scene.boris.locator(".bubble.theirs")).to_have_count(3, timeout=30_000)
    assert scene.bodies() == [f"Сообщение {n}" for n in range(3)]
    anna.reload()
    expect(anna.locator(".bubble.mine")).to_have_count(3)


def test_the_offline_band_covers_nothing(scene: Scene) -> None:
    page = scene.anna
    for n in range(12):
        write(page, f"Строка {n}")
    expect(page.locator(".bubble.mine")).to_have_count(12)
    scene.anna_context.set_offline(True)
    band = page.locator(".offline")
    expect(band).to_be_visible()
    page.evaluate("document.scrollingElement.scrollTop = 200")
    head = page.locator(".chat-head")
    page.wait_for_function(
        """() => document.querySelector(".chat-head").getBoundingClientRect().top
            >= document.querySelector(".offline").getBoundingClientRect().bottom - 1"""
    )
    expect(head.locator("h1")).to_be_in_viewport()
    scene.anna_context.set_offline(False)
    expect(band).to_be_hidden(timeout=15_000)
    page.wait_for_function(
        "() => document.querySelector('.chat-head').getBoundingClientRect().top <= 1"
    )


def test_what_was_refused_is_said_again_or_dropped(scene: Scene) -> None:
    page = scene.anna
    # 4 000 letters fit into the field, but not as many bytes of them into a message.
    for words in ("€" * 3000, "₽" * 3000):
        write(page, words)
    failed = page.locator(".bubble.failed")
    expect(failed).to_have_count(2)
    expect(failed.first).to_contain_text("Слишком длинное сообщение")
    failed.first.get_by_role("button", name="Повторить").click()
    expect(failed).to_have_count(2)
    failed.first.get_by_role("button", name="Удалить").click()
    expect(failed).to_have_count(1)
    page.reload()
    expect(failed).to_have_count(1)
    failed.get_by_role("button", name="Удалить").click()
    page.reload()
    expect(page.locator("ol.thread")).to_have_attribute("data-line", "up")
    expect(page.locator(".bubble.mine")).to_have_count(0)
    assert scene.bodies() == []


def test_a_killed_gateway_loses_and_doubles_nothing(scene: Scene) -> None:
    anna, boris = scene.anna, scene.boris
    for n in range(12):
        write(anna, f"Анна {n}")
        if n == 5:
            scene.servers.kill_gateway()
        if n == 8:
            scene.servers.start_gateway()
    expect(boris.locator(".bubble.theirs")).to_have_count(12, timeout=30_000)
    expect(anna.locator(".bubble.mine.waiting")).to_have_count(0, timeout=30_000)
    assert scene.bodies() == [f"Анна {n}" for n in range(12)]
    shown = boris.locator(".bubble.theirs .bubble-text").all_inner_texts()
    assert shown == [f"Анна {n}" for n in range(12)]


def test_after_a_killed_gateway_pages_are_soon_back_on_websocket(scene: Scene) -> None:
    ways = [page.locator("ol.thread") for page in (scene.anna, scene.boris)]
    for way in ways:
        expect(way).to_have_attribute("data-way", "websocket")
    # A socket that twice found nobody: the page asks by the spare way.
    spare = "**/live/stream"
    with scene.anna.expect_response(spare), scene.boris.expect_response(spare):
        scene.servers.kill_gateway()
    scene.servers.start_gateway()
    for way in ways:
        expect(way).to_have_attribute("data-line", "up", timeout=10_000)
        expect(way).to_have_attribute("data-way", "websocket", timeout=10_000)


def test_acts_appear_without_reload_and_a_closed_chat_says_so(scene: Scene) -> None:
    anna = scene.anna
    apart(lambda: begin(scene.cast.boris.actor, scene.talk.pk))
    expect(anna.locator(".thread-note").last).to_have_text("Врач начал консультацию")
    write(anna, "Спасибо")
    expect(anna.locator(".bubble.mine .bubble-meta")).to_contain_text("отправлено")
    anna.locator("form.composer textarea").fill("Ещё хотела")
    apart(lambda: cancel(scene.cast.vera.actor, scene.talk.pk, "Врач заболел"))
    expect(anna.locator(".thread-note").last).to_contain_text("Врач заболел")
    expect(anna.locator(".composer-closed")).to_be_visible(timeout=10_000)
    expect(anna.locator("form.composer")).to_have_count(0)


def test_many_messages_at_once_keep_their_order(scene: Scene) -> None:
    write(scene.boris, "первое")
    scene.anna.reload()
    for n in range(24):
        scene.boris.locator("form.composer textarea").fill(f"№ {n}")
        scene.boris.keyboard.press("Enter")
    expect(scene.anna.locator(".bubble.theirs")).to_have_count(25, timeout=20_000)
    shown = scene.anna.locator(".bubble.theirs .bubble-text").all_inner_texts()
    assert shown == ["первое", *[f"№ {n}" for n in range(24)]]


def test_the_chat_is_readable_in_every_look(scene: Scene) -> None:
    write(scene.anna, "Кашель")
    write(scene.boris, "Давно?")
    expect(scene.anna.locator(".bubble.theirs")).to_have_count(1)
    assert axe_all_looks(scene.anna) == {}


def test_without_script_one_writes_by_the_form(scene: Scene, browser: Browser) -> None:
    context = phone(browser, scripts=False)
    scene.servers.sign_in(context, scene.cast.anna.account, "/my")
    page = context.new_page()
    page.goto(f"{scene.servers.url}/my/consultations/{scene.talk.pk}/")
    page.locator("textarea").fill("Без скрипта")
    page.get_by_label("Отправить").click()
    expect(page.locator(".bubble.mine .bubble-text")).to_have_text("Без скрипта")
    expect(scene.boris.locator(".bubble.theirs .bubble-text")).to_have_text("Без скрипта")
    context.close()
