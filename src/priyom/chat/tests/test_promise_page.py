"""The strip and the marks of an open page follow the talk by themselves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from priyom.chat.tests.scene import Scene, write
from priyom.consultations.actions import begin, give_consent, hand_over
from priyom.consultations.models import Consultation
from priyom.kernel import clock
from priyom.testing import builders
from priyom.testing.apart import apart

pytestmark = pytest.mark.journeys


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


def test_what_waits_may_arrive_in_time_and_has_no_mark(scene: Scene) -> None:
    scene.anna_context.set_offline(True)
    scene.servers.kill_gateway()
    write(scene.anna, "Кашель")
    meta = scene.anna.locator(".bubble.mine .bubble-meta")
    expect(meta).to_contain_text("ждёт сети")
    expect(meta).not_to_contain_text("до приёма")
    scene.servers.start_gateway()
    scene.anna_context.set_offline(False)
    expect(meta).to_contain_text("до приёма", timeout=20_000)


def test_who_handed_over_is_led_away_and_the_patient_reads_on(scene: Scene) -> None:
    write(scene.anna, "Кашель")
    expect(scene.boris.locator(".bubble.theirs")).to_have_count(1)
    darya = scene.cast.darya.doctor.pk
    apart(lambda: hand_over(scene.cast.boris.actor, scene.talk.pk, darya, "Ваш профиль"))
    expect(scene.anna.locator(".thread-note").last).to_contain_text("Лебедева Дарья Олеговна")
    expect(scene.anna.locator("h1")).to_have_text("Лебедева Дарья Олеговна")
    expect(scene.anna.locator(".bubble.mine")).to_have_count(1)
    expect(scene.boris.locator("form.composer")).to_have_count(0, timeout=15_000)


def test_the_consent_brings_the_doctors_text_box_without_a_reload(
    scene: Scene, browser: Browser
) -> None:
    cast = scene.cast

    def book() -> Consultation:
        begins = clock.now() + timedelta(hours=2)
        at = builders.slots(cast.boris.doctor, begins=begins)[0]
        return builders.consultation(cast.vera.actor, cast.petya, cast.boris.doctor, at=at)

    talk = apart(book)
    page = scene.boris_context.new_page()
    page.goto(f"{scene.servers.url}/desk/consultations/{talk.pk}/")
    expect(page.locator("ol.thread")).to_have_attribute("data-line", "up")
    expect(page.locator(".composer-closed")).to_contain_text("ещё не подписал согласие")
    apart(lambda: give_consent(cast.anna.actor, cast.petya.pk, cast.clinic.pk))
    expect(page.locator("form.composer textarea")).to_be_visible()
    expect(page.locator(".composer-closed")).to_have_count(0)
    page.get_by_role("button", name="Записать голосовое сообщение").click()
    expect(page.locator(".recorder")).to_be_visible()
    page.get_by_role("button", name="Удалить").click()
    write(page, "Здравствуйте")
    expect(page.locator(".bubble.mine .bubble-text")).to_have_text("Здравствуйте")
