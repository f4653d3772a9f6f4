"""The camera with a ruler in the real browser: arithmetic, the photo that arrives, no camera."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from statistics import mean

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from priyom.chat.tests.live import House
from priyom.chat.tests.media_stage import Talk, talk
from priyom.testing.pages import axe, axe_all_looks

pytestmark = pytest.mark.journeys
SOON = 20_000
OPEN = "Снять с линейкой"


@pytest.fixture
def stage(committed_db: None, browser: Browser, servers: House) -> Iterator[Talk]:
    with talk(browser, servers) as made:
        yield made


def camera(page: Page) -> Locator:
    """Open the camera with a ruler and wait for its picture."""
    page.get_by_role("button", name=OPEN).click()
    box = page.get_by_role("dialog", name="Фото с линейкой")
    expect(box.get_by_role("button", name="Снять", exact=True)).to_be_focused(timeout=SOON)
    return box


def let_go(page: Page, times: int) -> None:
    """The camera was given so many times, and no track of it is alive."""
    page.wait_for_function(
        """(times) => window.given.length === times
            && window.given.every((one) => one.readyState === "ended")""",
        arg=times,
    )


REMEMBER = """() => {
    window.given = [];
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
        window.wish = wish;
        const stream = await ask(wish);
        window.given.push(...stream.getTracks());
        return stream;
    };
}"""


def runs(row: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where dark runs of a row begin and end (exclusive)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.view(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def test_millimetres_follow_from_the_coin(stage: Talk) -> None:
    found = stage.as_anna().evaluate(
        """async () => {
            const source = document.querySelector("[data-behaviour-src*='chat/ruler']");
            const address = new URL(source.dataset.behaviourSrc, document.baseURI);
            const { COINS, scale, ticks, written } = await import(
                new URL("ruler_scale.js", address).href);
            const all = {};
            for (const coin of Object.keys(COINS)) {
                const made = scale(1080, 1920, coin);
                const marks = ticks(made);
                all[coin] = { perMm: made.perMm, across: 2 * made.circle.radius,
                    marks: marks.length, last: marks.at(-1).x, mm: written(COINS[coin]),
                    below: made.circle.y + made.circle.radius };
            }
            return all;
        }"""
    )
    assert {coin: one["mm"] for coin, one in found.items()} == {
        "1": "20,5",
        "2": "23",
        "5": "25",
        "10": "22",
    }
    for one in found.values():
        millimetres = float(one["mm"].replace(",", "."))
        assert one["across"] / one["perMm"] == pytest.approx(millimetres)
        assert one["marks"] == pytest.approx(1080 / one["perMm"], abs=1.001)  # 0 has a mark too
        assert one["last"] == pytest.approx((one["marks"] - 1) * one["perMm"])
        assert one["below"] < 1920  # the whole circle lies on the picture


def test_the_photo_arrives_with_a_ruler_as_long_as_it_says(stage: Talk) -> None:
    anna, boris = stage.as_anna(), stage.as_boris()
    anna.evaluate(REMEMBER)
    box = camera(anna)
    assert anna.evaluate("() => window.wish.video.facingMode") == "environment"
    box.get_by_label("5 рублей").check()
    expect(box.get_by_role("status")).to_contain_text("Положите рядом монету 5 рублей и совместите")
    assert axe_all_looks(anna) == {}
    width, height = box.locator("video").evaluate("(one) => [one.videoWidth, one.videoHeight]")
    circle = ring(box)
    box.get_by_role("button", name="Снять", exact=True).click()
    expect(box.get_by_role("img", name="Снимок с линейкой")).to_be_visible()
    assert axe(anna) == []
    box.get_by_role("button", name="Снять ещё раз").click()
    box.get_by_role("button", name="Снять", exact=True).click()
    box.get_by_role("button", name="Отправить").click()
    expect(box).to_have_count(0)
    expect(anna.get_by_role("button", name=OPEN)).to_be_focused()
    let_go(anna, 1)

    picture = boris.locator(".bubble.theirs a[data-picture]")
    expect(picture).to_have_count(1, timeout=SOON)
    assert picture.get_attribute("data-picture") == "Фото с линейкой.jpg"
    answer = boris.request.get(f"{stage.servers.url}{picture.get_attribute('href')}")
    with Image.open(io.BytesIO(answer.body())) as opened:
        pixels = np.asarray(opened.convert("L"))
    # A large picture is shown smaller; the ruler, being a part of it, goes with it.
    share = pixels.shape[1] / width
    width, height, circle = pixels.shape[1], round(height * share), circle * share
    assert pixels.shape[0] > height, "the ruler stands below the picture, not on it"
    below = pixels[height:] < 128
    ticks = runs(below[height // 100])
    middles = [(a + b - 1) / 2 for a, b in ticks]
    between = [b - a for a, b in pairwise(middles[1:])]
    per_mm = mean(between)
    assert max(between) - min(between) <= 2
    assert len(ticks) == pytest.approx(width / per_mm, abs=1.5)
    assert circle / per_mm == pytest.approx(25, abs=0.5)  # of five roubles
    mark = max(runs(below[int(min(width, height) * 0.11)]), key=lambda run: run[1] - run[0])
    assert (mark[1] - mark[0]) / per_mm == pytest.approx(25, abs=0.3)


def ring(box: Locator) -> float:
    """Return the coin circle's diameter, edge to edge between its two colours, on the screen."""
    row = box.locator("canvas").evaluate(
        """(one) => {
            const pen = one.getContext("2d");
            const { data } = pen.getImageData(0, 0, one.width, one.height);
            let best = [0, 0];
            for (let y = 0; y < document.querySelector("dialog.ruler video").videoHeight; y += 1) {
                let [from, to] = [-1, -1];
                for (let x = 0; x < one.width; x += 1) {
                    const at = 4 * (y * one.width + x);
                    if (data[at + 3] < 128 || data[at] < 128) continue;
                    if (from < 0) from = x;
                    to = x + 1;
                }
                if (to - from > best[1] - best[0]) best = [from, to];
            }
            return best;
        }"""
    )
    return float(row[1] - row[0])


def test_a_poor_shot_is_asked_for_again_by_the_same_camera(stage: Talk) -> None:
    anna = stage.as_anna()
    box = camera(anna)
    anna.evaluate(
        """() => {
            const draw = CanvasRenderingContext2D.prototype.drawImage;
            CanvasRenderingContext2D.prototype.drawImage = function (from, ...rest) {
                if (from instanceof HTMLVideoElement) this.filter = "brightness(0.1)";
                draw.call(this, from, ...rest);
                this.filter = "none";
            };
        }"""
    )
    box.get_by_role("button", name="Снять", exact=True).click()
    expect(box.get_by_role("status")).to_contain_text("Фото слишком тёмное. Включите свет")
    expect(box.get_by_role("button", name="Снять ещё раз")).to_be_focused()
    expect(box.get_by_role("button", name="Отправить как есть")).to_be_visible()
    expect(anna.locator("[data-chat-queue] li")).to_have_count(0)


def test_a_shot_that_fails_says_so_and_the_next_one_goes(stage: Talk) -> None:
    anna = stage.as_anna()
    anna.evaluate(REMEMBER)
    box = camera(anna)
    anna.evaluate(
        """() => {
            const own = HTMLCanvasElement.prototype.toBlob;
            HTMLCanvasElement.prototype.toBlob = function (done) {
                HTMLCanvasElement.prototype.toBlob = own;
                done(null); // as a phone without memory answers
            };
        }"""
    )
    box.get_by_role("button", name="Снять", exact=True).click()
    expect(box.get_by_role("status")).to_contain_text("Снимок не получился")
    let_go(anna, 1)
    box.get_by_role("button", name="Попробовать ещё раз").click()
    expect(box.get_by_role("button", name="Снять", exact=True)).to_be_focused(timeout=SOON)
    box.get_by_role("button", name="Снять", exact=True).click()
    expect(box.get_by_role("img", name="Снимок с линейкой")).to_be_visible()
    box.get_by_role("button", name="Снять ещё раз").click()
    expect(box.get_by_role("button", name="Снять", exact=True)).to_be_enabled()
    assert not box.locator("video").evaluate("(one) => one.paused")
    box.press("Escape")
    let_go(anna, 2)


def test_escape_lets_go_of_the_camera(stage: Talk) -> None:
    anna = stage.as_anna()
    anna.evaluate(REMEMBER)
    camera(anna).press("Escape")
    expect(anna.get_by_role("dialog")).to_have_count(0)
    expect(anna.get_by_role("button", name=OPEN)).to_be_focused()
    let_go(anna, 1)
    box = camera(anna)
    box.get_by_role("button", name="Закрыть").click()
    let_go(anna, 2)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NotAllowedError", "Разрешите её в настройках сайта"),
        ("NotFoundError", "приложите фото скрепкой"),
        ("NotReadableError", "Закройте другие программы"),
    ],
)
def test_no_camera_says_what_to_do(stage: Talk, name: str, words: str) -> None:
    anna = stage.as_anna()
    anna.evaluate(
        """(name) => {
            const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async (wish) => {
                navigator.mediaDevices.getUserMedia = ask;
                throw new DOMException("", name);
            };
        }""",
        name,
    )
    anna.get_by_role("button", name=OPEN).click()
    box = anna.get_by_role("dialog", name="Фото с линейкой")
    expect(box.get_by_role("status")).to_contain_text(words)
    assert axe(anna) == []
    box.get_by_role("button", name="Попробовать ещё раз").click()
    expect(box.get_by_role("button", name="Снять", exact=True)).to_be_focused(timeout=SOON)


def test_who_is_not_offered_it(stage: Talk) -> None:
    expect(stage.as_boris().get_by_role("button", name=OPEN)).to_have_count(0)
    expect(stage.as_anna(scripts=False).get_by_role("button", name=OPEN)).to_have_count(0)
    anna = stage.as_anna()
    anna.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    anna.reload()
    expect(anna.locator("[data-record='voice']")).to_be_enabled()
    expect(anna.get_by_role("button", name=OPEN)).to_have_count(0)
