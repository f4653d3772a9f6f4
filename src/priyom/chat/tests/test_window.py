"""A long talk in real browsers: windows, jumps, answers with a quote, long words folded."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, Route, expect

from priyom.chat.actions import add_phrase
from priyom.chat.tests.live import House
from priyom.chat.tests.long import lengthen
from priyom.chat.tests.scene import Scene, write
from priyom.consultations import log
from priyom.consultations.models import Consultation
from priyom.testing.apart import apart
from priyom.testing.cast import Cast
from priyom.testing.pages import axe, axe_all_looks, phone

pytestmark = pytest.mark.journeys
LENGTH = 1000
READ = 600


def _long(cast: Cast, talk: Consultation) -> None:
    end = lengthen(cast, talk, LENGTH)
    with connection.cursor() as cursor:
        for account, seq in ((cast.anna.account.pk, READ), (cast.boris.account.pk, end)):
            log.mark(cursor, talk.pk, account, delivered=seq, read=seq)


@pytest.fixture
def scene(committed_db: None, browser: Browser, servers: House) -> Iterator[Scene]:
    made = Scene(browser, servers, _long)
    yield made
    made.close()


def numbers(page: Page) -> list[int]:
    """Return the numbers of the lines that stand on the page."""
    found: list[int] = page.evaluate(
        "[...document.querySelectorAll('ol.thread > li[data-seq]')].map((li) => +li.dataset.seq)"
    )
    return found


def is_run(found: list[int]) -> bool:
    return found == list(range(found[0], found[-1] + 1))


def in_sight(page: Page, seq: int) -> None:
    expect(page.locator(f"#m{seq}")).to_be_in_viewport()


def test_it_opens_at_the_first_unread_and_leads_down(scene: Scene) -> None:
    page, end = scene.anna, LENGTH + 1
    expect(page.locator("#new")).to_be_in_viewport()
    expect(page.locator("#new")).to_have_text("Новые сообщения")
    assert page.evaluate("document.querySelector('#new').nextElementSibling.id") == f"m{READ + 1}"
    down = page.locator("[data-chat-jump] button")
    expect(down).to_contain_text("новых")
    down.click()
    in_sight(page, end)
    expect(down).to_be_hidden()
    assert is_run(numbers(page))
    write(scene.boris, "Это уже последнее")
    expect(page.locator(".bubble.theirs").last).to_contain_text("Это уже последнее")


def test_the_way_down_stands_above_the_foot_however_high_it_is(scene: Scene) -> None:
    page = scene.anna
    down, foot = page.locator("[data-chat-jump] button"), page.locator("form.composer")
    expect(down).to_be_visible()
    page.locator("form.composer textarea").fill("строка\n" * 8)
    page.mouse.wheel(0, 40)
    page.wait_for_function(
        """() => {
            const edge = (one) => document.querySelector(one).getBoundingClientRect();
            return edge("[data-chat-jump] button").bottom <= edge("form.composer").top;
        }"""
    )
    assert (foot.bounding_box() or {"height": 0})["height"] > 120


def test_history_loads_above_and_the_line_in_sight_stays(scene: Scene) -> None:
    page, end = scene.boris, LENGTH + 1
    first = numbers(page)[0]
    assert first == end - 49
    page.locator("ol.thread").evaluate("(list) => { list.scrollTop = 300 }")
    expect(page.locator(f"#m{first - 1}")).to_be_attached()
    places = page.evaluate(
        """(seq) => new Promise((done) => {
            const line = document.querySelector(`#m${seq}`);
            const list = line.closest('ol');
            list.scrollTop = 0;
            const before = [...list.children].find((li) => li.dataset.seq);
            const at = before.getBoundingClientRect().top;
            new MutationObserver((_, watch) => {
                watch.disconnect();
                requestAnimationFrame(() => done([at, before.getBoundingClientRect().top]));
            }).observe(list, { childList: true });
        })""",
        first,
    )
    assert abs(places[0] - places[1]) < 2
    found = numbers(page)
    assert is_run(found)
    assert found[-1] == end
    days = page.locator(".thread-day").evaluate_all("(all) => all.map((li) => li.dataset.day)")
    assert len(days) == len(set(days))


def test_one_scrolls_down_from_the_middle_to_the_live_end(scene: Scene) -> None:
    page = scene.anna
    missed: list[str] = []
    page.on("requestfailed", lambda one: missed.append(f"{one.url}: {one.failure}"))
    page.on(
        "response", lambda one: missed.append(f"{one.url}: {one.status}") if not one.ok else None
    )
    for _ in range(40):
        if numbers(page)[-1] == LENGTH + 1:
            break
        before = numbers(page)[-1]
        page.evaluate(
            "document.scrollingElement.scrollTop = document.scrollingElement.scrollHeight"
        )
        page.wait_for_function(
            "(n) => +[...document.querySelectorAll('li[data-seq]')].at(-1).dataset.seq > n",
            arg=before,
        )
    assert is_run(numbers(page))
    assert not missed, "each part came at the first asking"
    page.evaluate("document.scrollingElement.scrollTop = document.scrollingElement.scrollHeight")
    expect(page.locator("[data-chat-later]")).to_have_count(0)
    write(scene.boris, "Живой конец")
    expect(page.locator(".bubble.theirs").last).to_contain_text("Живой конец")


def test_a_part_that_failed_comes_without_another_touch(scene: Scene) -> None:
    page = scene.anna
    before = numbers(page)[-1]
    failed: list[str] = []

    def fail_once(route: Route) -> None:
        if failed:
            route.continue_()
            return
        failed.append(route.request.url)
        route.abort()

    page.route("**/entries/?after=*", fail_once)
    page.evaluate("document.scrollingElement.scrollTop = document.scrollingElement.scrollHeight")
    expect(page.locator(f"#m{before + 1}")).to_be_attached(timeout=10_000)
    assert len(failed) == 1
    assert is_run(numbers(page))


def test_what_comes_while_one_reads_above_is_counted(scene: Scene) -> None:
    page = scene.boris
    page.locator("ol.thread").evaluate("(list) => { list.scrollTop = 1200 }")
    shown = page.locator("[data-chat-jump] button")
    expect(shown).to_have_text("Вниз")
    for n in range(3):
        write(scene.anna, f"Ещё {n}")
    expect(shown).to_have_text("Вниз, 3 новых")
    expect(page.locator("[data-chat-said]")).to_contain_text("Пациент: Ещё 2")
    expect(scene.anna.locator("[data-chat-said]")).to_be_empty()
    shown.click()
    expect(page.locator(".bubble.theirs").last).to_be_in_viewport()
    expect(shown).to_be_hidden()


def test_an_answer_carries_its_quote_and_the_quote_leads_back(scene: Scene) -> None:
    boris = scene.boris
    old = f"#m{LENGTH - 40}"
    boris.locator(old).scroll_into_view_if_needed()
    boris.locator(f"{old} [data-chat-more]").click()
    boris.get_by_role("menuitem", name="Ответить").click()
    quote = boris.locator("[data-composer-quote]")
    expect(quote).to_contain_text(f"Сообщение {LENGTH - 40}")
    boris.reload()
    expect(quote).to_contain_text(f"Сообщение {LENGTH - 40}")
    boris.locator("form.composer textarea").fill("Об этом подробнее\nи вот ещё")
    boris.keyboard.press("Enter")
    expect(quote).to_be_hidden()
    # Анна's page stands far above: the quote comes from the server, the jump loads its part.
    anna = scene.anna
    anna.locator("[data-chat-jump] button").click()
    bubble = anna.locator(".bubble.theirs").last
    expect(bubble.locator(".bubble-quote")).to_contain_text(f"Сообщение {LENGTH - 40}")
    bubble.locator(".bubble-quote").click()
    in_sight(anna, LENGTH - 40)
    assert is_run(numbers(anna))


def test_an_answer_that_goes_by_the_form_takes_its_quote_along(scene: Scene) -> None:
    """What is sent before the talk's script has come."""
    boris = scene.boris
    old = f"#m{LENGTH - 3}"
    boris.locator(f"{old} [data-chat-more]").click()
    boris.get_by_role("menuitem", name="Ответить").click()
    quote = boris.locator("[data-composer-quote]")
    expect(quote).to_contain_text(f"Сообщение {LENGTH - 3}")
    boris.route(re.compile(r"/chat/chat[^/]*\.js"), lambda route: route.abort())
    boris.reload()
    expect(quote).to_contain_text(f"Сообщение {LENGTH - 3}")
    boris.locator("form.composer textarea").fill("По форме")
    boris.keyboard.press("Enter")
    expect(boris.locator(".bubble.mine").last).to_contain_text("По форме")
    expect(boris.locator(".bubble.mine").last.locator(".bubble-quote")).to_be_attached()
    # Not by its look: it is hidden anyhow until the composer's script has come.
    kept = "Object.keys(sessionStorage).filter((name) => name.endsWith(':answer'))"
    assert boris.evaluate(kept) == []


def test_a_jump_far_back_loads_its_part_and_returns(scene: Scene) -> None:
    page = scene.boris
    page.evaluate("document.dispatchEvent(new CustomEvent('chat:to', { detail: { seq: 30 } }))")
    in_sight(page, 30)
    found = numbers(page)
    assert is_run(found)
    assert found[-1] < 400
    write(scene.anna, "Пока вы были далеко")
    expect(page.locator("[data-chat-jump] button")).to_have_text("Вниз, 1 новое")
    write(page, "Отвечаю отсюда")
    expect(page.locator(".bubble.mine").last).to_contain_text("Отвечаю отсюда")
    expect(page.locator(".bubble.mine").last).to_be_in_viewport()
    assert is_run(numbers(page))


def test_the_keyboard_chooses_what_is_answered(scene: Scene) -> None:
    field = scene.boris.locator("form.composer textarea")
    quote = scene.boris.locator("[data-composer-quote]")
    field.focus()
    scene.boris.keyboard.press("Control+ArrowUp")
    expect(quote).to_contain_text(f"Сообщение {LENGTH + 1}")
    scene.boris.keyboard.press("Control+ArrowUp")
    expect(quote).to_contain_text(f"Сообщение {LENGTH}")
    scene.boris.keyboard.press("Escape")
    expect(quote).to_be_hidden()
    expect(field).to_be_focused()


def test_a_swipe_answers_on_a_phone(scene: Scene) -> None:
    anna = scene.anna
    anna.locator("[data-chat-jump] button").click()
    in_sight(anna, LENGTH + 1)
    anna.evaluate(
        """(seq) => {
            const line = document.querySelector(`#m${seq}`);
            const at = (clientX) => [
                new Touch({ identifier: 1, target: line, clientX, clientY: 300 })];
            const go = (name, x, held) => line.dispatchEvent(new TouchEvent(name, {
                bubbles: true, touches: held ? at(x) : [], changedTouches: at(x) }));
            go("touchstart", 300, true); go("touchmove", 260, true); go("touchmove", 220, true);
            go("touchend", 220, false);
        }""",
        LENGTH,
    )
    expect(anna.locator("[data-composer-quote]")).to_contain_text(f"Сообщение {LENGTH}")
    anna.locator("[data-composer-quote] button").click()
    expect(anna.locator("[data-composer-quote]")).to_be_hidden()


def test_a_long_message_is_folded_and_copied_whole(scene: Scene) -> None:
    words = "\n".join(f"строка {n}" for n in range(40))
    write(scene.boris, words)
    bubble = scene.boris.locator(".bubble.mine").last
    fold = bubble.get_by_role("button", name="Показать целиком")
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.click()
    expect(bubble.get_by_role("button", name="Свернуть")).to_be_visible()
    scene.boris_context.grant_permissions(["clipboard-read", "clipboard-write"])
    bubble.locator("[data-chat-more]").click()
    scene.boris.get_by_role("menuitem", name="Скопировать текст").click()
    expect(scene.boris.locator(".toast")).to_have_text("Текст скопирован")
    assert scene.boris.evaluate("navigator.clipboard.readText()") == words


def test_a_draft_survives_a_reload_and_a_composition_is_not_sent(scene: Scene) -> None:
    field = scene.boris.locator("form.composer textarea")
    field.fill("Черновик")
    field.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    scene.boris.keyboard.press("Shift+Enter")
    field.press_sequentially("второй строкой")
    scene.boris.wait_for_function(
        "() => Object.values(sessionStorage).some((kept) => kept.includes('второй строкой'))"
    )
    scene.boris.reload()
    expect(field).to_have_value("Черновик\nвторой строкой")
    assert len(scene.bodies()) == LENGTH


def test_without_script_links_lead_through_the_talk(scene: Scene, browser: Browser) -> None:
    context = phone(browser, scripts=False)
    scene.servers.sign_in(context, scene.cast.anna.account, "/my")
    page = context.new_page()
    page.goto(f"{scene.servers.url}/my/consultations/{scene.talk.pk}/?around=300#m300")
    in_sight(page, 300)
    page.get_by_role("link", name="Показать раньше").click()
    assert page.locator("#m250").count() == 1
    page.get_by_role("link", name="К последним").click()
    in_sight(page, LENGTH + 1)
    context.close()


def test_a_search_leads_to_its_messages_and_lights_the_words(scene: Scene) -> None:
    page = scene.anna
    write(scene.boris, "Ёлочная пыль вызвала аллергию")
    page.get_by_role("link", name="Поиск в переписке").click()
    field = page.get_by_role("searchbox")
    expect(field).to_be_focused()
    field.fill("елочный")
    expect(page.locator("[data-chat-hit]")).to_have_count(1)
    expect(page.locator("[data-chat-hit] mark")).to_have_text("Ёлочная")
    page.locator("[data-chat-hit]").click()
    expect(page.locator(".bubble.theirs").last).to_be_in_viewport()
    page.wait_for_function("() => CSS.highlights.get('chat-found')?.size === 1")
    field.fill("сообщение 77")
    expect(page.locator("[data-chat-hit]").first).to_contain_text("Сообщение 779")
    field.press("Enter")
    expect(page.locator("[data-search-count]")).to_have_text("1 из 11")
    in_sight(page, 779)
    page.get_by_role("button", name="Более раннее").click()
    expect(page.locator("[data-search-count]")).to_have_text("2 из 11")
    in_sight(page, 778)
    page.get_by_role("button", name="Более позднее").click()
    page.get_by_role("button", name="Более позднее").click()
    expect(page.locator("[data-search-count]")).to_have_text("11 из 11")
    in_sight(page, 77)
    assert is_run(numbers(page))
    field.fill("такого нет нигде")
    expect(page.locator("[data-search-count]")).to_have_text("нет")
    field.press("Escape")
    expect(field).to_be_hidden()
    assert axe_all_looks(page) == {}


def test_a_slash_brings_a_phrase_with_its_fields_filled(scene: Scene) -> None:
    page, doctor = scene.boris, scene.cast.boris.actor
    apart(lambda: add_phrase(doctor, "Приветствие", "Здравствуйте, {имя отчество пациента}."))
    apart(lambda: add_phrase(doctor, "Анализы", "Сдайте анализы"))
    field = page.locator("form.composer textarea")
    field.press_sequentially("/при")
    options = page.locator("#phrase-list:not([hidden]) > [role=option]:not([hidden])")
    expect(options).to_have_count(1)
    expect(field).to_have_attribute("aria-activedescendant", "phrase-2")
    field.press("Enter")
    expect(field).to_have_value("Здравствуйте, Анна Сергеевна.")
    assert len(scene.bodies()) == LENGTH, "Enter chose and did not send"
    field.press_sequentially(" ")
    page.get_by_role("button", name="Шаблоны фраз").click()
    expect(options).to_have_count(2)
    assert axe(page) == []
    field.press("Escape")
    expect(options).to_have_count(0)
    page.get_by_role("button", name="Шаблоны фраз").click()
    options.first.click()
    expect(field).to_have_value("Здравствуйте, Анна Сергеевна. Сдайте анализы")
    field.fill("и/или")
    expect(options).to_have_count(0)
