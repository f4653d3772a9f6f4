"""The strip and the marks of an open page follow the talk by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from priyom.chat.tests.live import apart, house
from priyom.chat.tests.scene import Scene, write
from priyom.consultations.actions import begin, hand_over

pytestmark = pytest.mark.journeys


@pytest.fixture
def scene(committed_db: None, browser: Browser) -> Iterator[Scene]:
    with house() as servers:
        made = Scene(browser, servers)
        yield made
        made.close()


def test_until_when_the_answer_is_moves_without_a_reload(scene: Scene) -> None:
    anna, boris = scene.anna, scene.boris
    hers, his = anna.locator(".chat-head > .band"), boris.locator("[data-fresh=band] > .band")
    expect(hers).to_contain_text("с пометкой «до приёма»")
    write(anna, "Кашель")
    expect(anna.locator(".bubble.mine .bubble-meta")).to_contain_text("до приёма")
    expect(boris.locator(".bubble.theirs .bubble-meta")).to_contain_text("до приёма")
    expect(hers).to_contain_text("Вы написали до приёма")
    expect(his).to_contain_text("срок пойдёт с его начала")
    apart(lambda: begin(scene.cast.boris.actor, scene.talk.pk))
    expect(hers).to_contain_text("Врач ответит до")
    write(boris, "Слушаю вас")
    expect(hers).to_contain_text("Врач отвечает в течение")
    write(anna, "Можно ли чай?")
    expect(hers).to_contain_text("Врач ответит до")
    expect(his).to_contain_text("Пациент ждёт ответа до")
    last = anna.locator(".bubble.mine").last.locator(".bubble-meta")
    expect(last).to_contain_text(re.compile("доставлено|прочитано"))
    expect(last).not_to_contain_text("до приёма")
    anna.reload()
    expect(anna.locator(".bubble.mine").first.locator(".bubble-meta")).to_contain_text("до приёма")


def test_who_handed_over_is_led_away_and_the_patient_reads_on(scene: Scene) -> None:
    write(scene.anna, "Кашель")
    expect(scene.boris.locator(".bubble.theirs")).to_have_count(1)
    darya = scene.cast.darya.doctor.pk
    apart(lambda: hand_over(scene.cast.boris.actor, scene.talk.pk, darya, "Ваш профиль"))
    expect(scene.anna.locator(".thread-note").last).to_contain_text("Лебедева Дарья Олеговна")
    expect(scene.anna.locator("h1")).to_have_text("Лебедева Дарья Олеговна")
    expect(scene.anna.locator(".bubble.mine")).to_have_count(1)
    expect(scene.boris.locator("form.composer")).to_have_count(0, timeout=15_000)
