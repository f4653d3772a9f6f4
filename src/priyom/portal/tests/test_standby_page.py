"""A phone without a network: what waits goes out once, and the worker keeps no patient's page."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Dialog, expect

from priyom.chat.tests.scene import Scene, stand_by, write
from priyom.testing.pages import axe

pytestmark = pytest.mark.journeys
LEFT = """async () => (await import(
    "/static/ui/behaviours/unsent.js")).count()"""
EVERYTHING = """async () => {
    const found = [];
    for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) {
            found.push(new URL(request.url).pathname);
        }
    }
    return found;
}"""


def test_words_and_a_photo_made_without_network_go_out_once_from_a_new_tab(
    scene: Scene, tmp_path: Path
) -> None:
    page, context = scene.anna, scene.anna_context
    address = page.url
    stand_by(page)
    context.set_offline(True)
    write(page, "Написано без сети")
    expect(page.locator(".bubble.mine.waiting")).to_have_count(1)
    photo = tmp_path / "горло.jpg"
    Image.effect_noise((1200, 900), 90).convert("RGB").save(photo)
    page.locator("form.composer input[type=file][multiple]").set_input_files(photo)
    expect(page.locator("[data-chat-queue]")).to_contain_text("горло.jpg")
    page.close()
    tab = context.new_page()
    tab.goto(address)
    expect(tab.get_by_role("heading", name="Нет сети")).to_be_visible()
    expect(tab.locator("[data-unsent-words]")).to_contain_text("Ждут отправки: 2")
    assert axe(tab) == []
    context.set_offline(False)
    expect(tab.locator("ol.thread")).to_have_attribute("data-line", "up", timeout=20_000)
    expect(tab.locator(".bubble.mine.waiting")).to_have_count(0)
    expect(scene.boris.locator(".bubble.theirs")).to_have_count(2, timeout=20_000)
    expect(tab.locator(".bubble.mine[data-seq]")).to_have_count(2)
    tab.reload()
    expect(tab.locator("ol.thread")).to_have_attribute("data-line", "up", timeout=20_000)
    expect(tab.locator(".bubble.mine[data-seq]")).to_have_count(2)
    assert scene.bodies() == ["Написано без сети"]
    assert tab.evaluate(LEFT) == 0
    kept = tab.evaluate(EVERYTHING)
    assert "/my/offline/" in kept
    assert all(path.startswith(("/static/", "/ui/")) for path in kept if path != "/my/offline/")


def test_sign_out_clears_what_waits_after_asking(scene: Scene) -> None:
    page = scene.anna
    write(page, "€" * 3000)
    expect(page.locator(".bubble.failed")).to_have_count(1)
    page.goto(f"{scene.servers.url}/my/")
    asked: list[str] = []

    def stay(box: Dialog) -> None:
        asked.append(box.message)
        box.dismiss()

    page.once("dialog", stay)
    page.locator("details.menu > summary").click()
    leave = page.get_by_role("button", name="Выйти")
    with page.expect_event("dialog"):
        leave.click()
    assert asked == ["Не отправлено сообщений: 1. Если выйти, они пропадут. Выйти?"]
    assert page.evaluate(LEFT) == 1
    page.once("dialog", lambda box: box.accept())
    leave.click()
    expect(page).not_to_have_url(f"{scene.servers.url}/my/")
    left = page.evaluate("async () => (await indexedDB.databases()).map((one) => one.name)")
    assert [name for name in left if name.startswith("priyom-")] == []
    assert scene.bodies() == []
