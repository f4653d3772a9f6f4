"""The photo coach in the real browser: what it says of made photos, and how one answers."""

from __future__ import annotations

import base64
import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from priyom.chat.tests.live import House
from priyom.chat.tests.media_stage import talk
from priyom.chat.tests.photos import WRONGS, corpus
from priyom.testing.pages import axe, phone

pytestmark = pytest.mark.journeys
SCRIPTS = Path(__file__).parents[1] / "static" / "chat"
RIGHT_OF_40 = 38


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that serves the room's own scripts and nothing else."""

    def serve(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        if name.endswith(".js"):
            route.fulfill(path=SCRIPTS / name, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>Фото</title>", content_type="text/html")

    context = phone(browser)
    made = context.new_page()
    made.route("**/*", serve)
    made.goto("http://localhost/")
    yield made
    context.close()


def verdict(page: Page, photo: bytes, media_type: str = "image/jpeg") -> str:
    """Return what the module says of a file's bytes, in this browser."""
    said = page.evaluate(
        """async ([text, type]) => {
            const { judge } = await import("http://localhost/coach_judge.js");
            const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
            return (await judge(new Blob([bytes], { type }))).verdict;
        }""",
        [base64.b64encode(photo).decode(), media_type],
    )
    return str(said)


def test_of_forty_photos_thirty_eight_are_judged_right(page: Page) -> None:
    made = list(corpus("forty"))
    assert [wrong for wrong, _, _ in made] == [one for one in WRONGS for _ in range(10)]
    missed = {name: said for wrong, name, photo in made if (said := verdict(page, photo)) != wrong}
    assert len(made) - len(missed) >= RIGHT_OF_40, missed


def test_a_burnt_photo_a_scan_and_what_is_no_picture(page: Page) -> None:
    chance = random.Random("burnt")
    skin = next(photo for wrong, _, photo in corpus("burnt", 1) if wrong == "good")
    with Image.open(io.BytesIO(skin)) as opened:
        burnt = opened.point(lambda tone: min(255, tone * 2 + 130))
    assert verdict(page, jpeg(burnt)) == "burnt"
    scan = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(scan)
    for row in range(60, 1700, 34):
        for left in range(90, 1100, 22):
            pen.line((left, row, left + chance.randint(4, 14), row + 18), fill="black", width=3)
    assert verdict(page, jpeg(scan)) == "good"
    assert verdict(page, jpeg(Image.new("RGB", (900, 900), (200, 170, 150)))) == "good"
    assert verdict(page, b"not a picture") == "unknown"


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def chosen(kind: str, name: str) -> FilePayload:
    photo = next(photo for wrong, _, photo in corpus("chosen", 1) if wrong == kind)
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo}


def test_a_poor_photo_is_asked_for_again_before_a_byte_is_sent(
    committed_db: None, browser: Browser, servers: House
) -> None:
    with talk(browser, servers) as stage:
        anna = stage.as_anna()
        sent: list[str] = []
        anna.on("request", lambda one: sent.append(one.url) if "/files/" in one.url else None)
        clip = anna.locator("form.composer input[name=file]")
        clip.set_input_files([chosen("good", "хорошее.jpg"), chosen("blurred", "размытое.jpg")])
        box = anna.get_by_role("dialog", name="Фото размыто")
        expect(box).to_contain_text("держа телефон двумя руками")
        expect(box).to_contain_text("Фото 2 из 2")
        assert axe(anna) == []
        assert not sent
        box.get_by_label("Снять ещё раз").set_input_files(chosen("dark", "тёмное.jpg"))
        box = anna.get_by_role("dialog", name="Фото слишком тёмное")
        expect(box).to_be_visible()
        assert not sent
        box.get_by_role("button", name="Отправить как есть").click()
        expect(anna.locator(".bubble.mine img")).to_have_count(2, timeout=15_000)
        names = anna.locator(".bubble.mine img").evaluate_all("(all) => all.map((one) => one.alt)")
        assert ["хорошее" in names[0], "тёмное" in names[1]] == [True, True]
        clip.set_input_files(chosen("small", "мелкое.jpg"))
        anna.get_by_role("dialog", name="Фото маленькое").press("Escape")
        expect(anna.get_by_role("dialog")).to_have_count(0)
        expect(anna.locator("form.composer textarea")).to_be_visible()
        expect(anna.locator(".bubble.mine img")).to_have_count(2)
