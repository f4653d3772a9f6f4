"""The packed browser can do what a consultation needs: camera, recording, calls, Russian text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from priyom.testing.pages import axe, axe_all_looks, desktop, phone

pytestmark = pytest.mark.journeys

PAGE = """<!doctype html><html lang="ru"><meta charset="utf-8"><title>Проверка</title>
<meta name="viewport" content="width=device-width">
<main><h1>Добрый день, Анна</h1><video autoplay playsinline muted></video></main>"""


def _page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto("http://localhost/")
    return page


def test_records_a_voice_message(browser: Browser) -> None:
    page = _page(phone(browser))
    size, kind = page.evaluate(
        """async () => {
            const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
            const recorder = new MediaRecorder(stream, { mimeType: "video/webm;codecs=vp8,opus" });
            const parts = [];
            recorder.ondataavailable = (event) => parts.push(event.data);
            const stopped = new Promise((done) => { recorder.onstop = done; });
            recorder.start(100);
            await new Promise((done) => setTimeout(done, 700));
            recorder.stop();
            await stopped;
            // A stream that is dropped without this stalls the fake camera of every page.
            for (const track of stream.getTracks()) track.stop();
            const whole = new Blob(parts, { type: recorder.mimeType });
            return [whole.size, whole.type];
        }"""
    )
    assert size > 1000
    assert kind.startswith("video/webm")


START = """async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    window.peer = new RTCPeerConnection();
    for (const track of stream.getTracks()) window.peer.addTrack(track, stream);
    window.peer.ontrack = (event) => {
        document.querySelector("video").srcObject = event.streams[0];
    };
    window.gathered = async (description) => {
        await window.peer.setLocalDescription(description);
        while (window.peer.iceGatheringState !== "complete")
            await new Promise((done) => setTimeout(done, 20));
        return window.peer.localDescription.toJSON();
    };
}"""


def test_two_people_see_each_other(browser: Browser) -> None:
    anna, boris = _page(phone(browser)), _page(desktop(browser))
    anna.evaluate(START)
    boris.evaluate(START)
    offer = boris.evaluate("async () => window.gathered(await window.peer.createOffer())")
    answer = anna.evaluate(
        """async (offer) => {
            await window.peer.setRemoteDescription(offer);
            return window.gathered(await window.peer.createAnswer());
        }""",
        offer,
    )
    boris.evaluate("async (answer) => window.peer.setRemoteDescription(answer)", answer)
    for page in (anna, boris):
        page.wait_for_function("() => document.querySelector('video').videoWidth > 0")
        page.wait_for_function(
            "() => document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames > 3"
        )


def test_shows_russian_text(browser: Browser, screen: Callable[[Page, str], Path]) -> None:
    page = _page(desktop(browser))
    known, unknown = page.evaluate(
        """() => {
            const pen = document.createElement("canvas").getContext("2d");
            pen.font = "20px sans-serif";
            return [pen.measureText("щ").width, pen.measureText("\\uFFFF").width];
        }"""
    )
    assert known != unknown, "Cyrillic letters are drawn as empty boxes"
    screen(page, "browser")


def test_finds_what_blind_people_cannot_use(browser: Browser) -> None:
    page = _page(phone(browser))
    assert axe_all_looks(page) == {}
    page.evaluate("() => document.querySelector('main').append(document.createElement('button'))")
    found = axe_all_looks(page)
    assert set(found) == {"light", "zoom", "dark", "high contrast"}
    assert {violation.rule for violation in found["light"]} == {"button-name"}


SMALL = """() => {
    for (const name of ["а", "б"]) {
        const small = document.createElement("button");
        small.textContent = name;
        small.style.cssText = "inline-size: 12px; block-size: 12px; padding: 0; font-size: 8px";
        document.querySelector("main").append(small);
    }
}"""
HALF_HIDDEN = """() => {
    const main = document.querySelector("main");
    const tall = '<div style="height: 900px"></div>';
    const low = (name) => `<button style="height: 40px">${name}</button>`;
    main.innerHTML = tall + low("Ответить") + low("Скопировать") + tall;
    const bar = document.createElement("div");
    bar.style.cssText = "position: fixed; inset: 0 0 auto; height: 100px; background: #fff";
    document.body.append(bar);
    scrollTo(0, main.querySelector("button").getBoundingClientRect().top + scrollY - 70);
}"""


def test_finds_what_a_finger_cannot_hit(browser: Browser) -> None:
    page = _page(phone(browser))
    page.evaluate(SMALL)
    assert "target-size" in {violation.rule for violation in axe(page)}


def test_a_target_half_under_a_bar_is_judged_in_the_open(browser: Browser) -> None:
    page = _page(phone(browser))
    page.evaluate(HALF_HIDDEN)
    before = page.evaluate("() => scrollY")
    assert "target-size" not in {violation.rule for violation in axe(page)}
    assert page.evaluate("() => scrollY") == before
