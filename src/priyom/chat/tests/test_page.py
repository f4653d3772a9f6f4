"""The talk in real browsers: at once, through reload, no network and a killed gateway."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from priyom.chat.tests.live import House, apart, house
from priyom.consultations.actions import begin, cancel, join
from priyom.consultations.models import Consultation, Entry
from priyom.kernel import clock
from priyom.testing import builders
from priyom.testing.cast import Cast, gather
from priyom.testing.pages import axe_all_looks, desktop, launch, phone

pytestmark = pytest.mark.journeys


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as running:
        yield running


class Scene:
    """Анна on her phone and Борис at his desk, both in one talk."""

    def __init__(self, browser: Browser, servers: House) -> None:
        self.servers = servers
        self.cast: Cast = apart(gather)
        self.talk: Consultation = apart(self._book)
        self.anna_context = phone(browser)
        self.boris_context = desktop(browser)
        servers.sign_in(self.anna_context, self.cast.anna.account, "/my")
        servers.sign_in(self.boris_context, self.cast.boris.account, "/desk")
        self.anna = self._open(self.anna_context.new_page(), "my")
        self.boris = self._open(self.boris_context.new_page(), "desk")

    def _book(self) -> Consultation:
        soon = builders.slots(self.cast.boris.doctor, begins=clock.now() + timedelta(minutes=5))
        made = self.cast.consultation(at=soon[0])
        join(self.cast.anna.actor, made.pk)
        return made

    def _open(self, page: Page, portal: str) -> Page:
        page.goto(f"{self.servers.url}/{portal}/consultations/{self.talk.pk}/")
        expect(page.locator("ol.thread")).to_have_attribute("data-line", "up")
        return page

    def bodies(self) -> list[str]:
        """Return what stands in the log, in order."""
        return apart(
            lambda: list(
                Entry.objects.filter(consultation=self.talk, kind="message")
                .order_by("seq")
                .values_list("body", flat=True)
            )
        )


@pytest.fixture
def scene(committed_db: None, browser: Browser) -> Iterator[Scene]:
    with house() as servers:
        made = Scene(browser, servers)
        yield made
        made.anna_context.close()
        made.boris_context.close()


def write(page: Page, words: str) -> None:
    page.locator("form.composer textarea").fill(words)
    page.locator("[data-composer-send]").click()


def last(page: Page, side: str) -> str:
    """Return the text of the last bubble of a side, spaces joined."""
    return re.sub(r"\s+", " ", page.locator(f".bubble.{side}").last.inner_text())


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
