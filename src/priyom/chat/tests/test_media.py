"""Recordings and pictures in real browsers: kept, sent, played on the other side, looked at."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from priyom.chat.tests.live import House
from priyom.chat.tests.media_stage import Talk, talk
from priyom.files.tests.media import film, sound
from priyom.testing.pages import axe, axe_all_looks

pytestmark = pytest.mark.journeys
SOON = 15_000


@pytest.fixture
def stage(committed_db: None, browser: Browser, servers: House) -> Iterator[Talk]:
    with talk(browser, servers) as made:
        yield made


def panel(page: Page) -> Locator:
    return page.get_by_role("group", name="Запись сообщения")


def record(page: Page, seconds: int = 2) -> Locator:
    """Record a voice message for at least so long; a busy machine passes over single seconds."""
    page.get_by_role("button", name="Записать голосовое сообщение").click()
    goes_to(panel(page), seconds)
    return panel(page)


def goes_to(shown: Locator, seconds: int) -> None:
    clock = re.compile(rf"^0:(0[{seconds}-9]|[1-5]\d) из 5:00$")
    expect(shown.locator("[data-record-clock]")).to_have_text(clock, timeout=SOON)


PLAYS = """async (media) => {
    media.muted = true;
    const until = performance.now() + 20_000;
    const holds = async (condition) => {
        while (!condition()) {
            if (media.error) throw new Error(media.error.message);
            if (performance.now() > until) throw new Error(`stays at ${media.currentTime}`);
            await new Promise((done) => setTimeout(done, 20));
        }
    };
    media.preload = "auto";
    // A player may look for the end of what has no length in its head, and come back.
    await holds(() => Number.isFinite(media.duration) && !media.seeking
        && media.currentTime < media.duration - 0.35);
    const began = media.currentTime;
    media.play();
    await holds(() => media.currentTime > began + 0.3);
    media.pause();
    return [media.duration, media.currentTime - began];
}"""


def lasted(words: Locator) -> int:
    """Return the seconds that the recorder itself names, as in «0:03»."""
    found = re.search(r"\b0:(\d\d)\b", words.text_content() or "")
    assert found, "the recorder names no length"
    return int(found[1])


def plays(media: Locator, seconds: float) -> None:
    """The recording has its length and its place goes forward."""
    length, went = media.evaluate(PLAYS)
    assert length == pytest.approx(seconds, abs=1.2)
    assert went > 0.3


def test_a_recording_survives_a_reload_and_plays_on_the_other_side(stage: Talk) -> None:
    anna, boris = stage.as_anna(), stage.as_boris()
    shown = record(anna, 3)
    expect(shown.get_by_role("status")).to_have_text("Идёт запись. Говорите")
    anna.reload()
    shown = panel(anna)
    expect(shown.get_by_role("status")).to_contain_text("Осталась неотправленная запись, 0:0")
    expect(anna.locator("form.composer textarea")).to_be_visible()
    assert axe(anna) == []
    seconds = lasted(shown.get_by_role("status"))
    assert seconds >= 2, "no more than what lay between two pieces is lost"
    plays(shown.locator("audio"), seconds)
    shown.get_by_role("button", name="Отправить запись, 0:0").click()
    expect(anna.locator(".bubble.mine .voice")).to_have_count(1, timeout=SOON)
    expect(shown).to_be_hidden()
    anna.reload()
    expect(anna.locator(".bubble.mine .voice")).to_have_count(1)
    expect(panel(anna)).to_be_hidden()

    voice = boris.locator(".bubble.theirs .voice")
    expect(voice).to_have_count(1, timeout=SOON)
    plays(voice.locator("audio"), seconds)
    assert stage.derive_all() == 1
    boris.reload()
    voice = boris.locator(".bubble.theirs .voice")
    expect(voice.locator("svg.voice-wave").first).to_be_visible()
    types = voice.locator("source").evaluate_all("(all) => all.map((one) => one.type)")
    assert sorted(types) == ["audio/mp4", "audio/webm"]
    for kind in types:
        can = voice.locator("audio").evaluate("(one, kind) => one.canPlayType(kind)", kind)
        assert can, f"the test browser plays {kind}"
        voice.locator("audio").evaluate(
            """(one, kind) => {
                for (const source of one.querySelectorAll("source"))
                    if (source.type === kind) one.prepend(source);
                one.load();
            }""",
            kind,
        )
        plays(voice.locator("audio"), seconds)
        current = voice.locator("audio").evaluate("(one) => one.currentSrc")
        assert ("playable" in current) == (kind == "audio/mp4")


def test_the_codec_of_iphones_is_recorded_where_the_other_is_unknown(stage: Talk) -> None:
    anna = stage.as_anna()
    anna.add_init_script(
        """const known = MediaRecorder.isTypeSupported.bind(MediaRecorder);
        MediaRecorder.isTypeSupported = (type) => type.includes("mp4") && known(type);"""
    )
    anna.reload()
    if not anna.evaluate("() => MediaRecorder.isTypeSupported('audio/mp4')"):
        pytest.skip("this browser records no MP4")
    shown = record(anna)
    shown.get_by_role("button", name="Остановить").click()
    expect(shown.get_by_role("status")).to_have_text("Послушайте перед отправкой")
    seconds = lasted(shown.locator("[data-record-clock]"))
    shown.get_by_role("button", name="Отправить").click()
    source = anna.locator(".bubble.mine .voice source")
    expect(source).to_have_attribute("type", "audio/mp4", timeout=SOON)
    plays(anna.locator(".bubble.mine .voice audio"), seconds)
    assert stage.derive_all() == 1
    anna.reload()
    expect(anna.locator(".bubble.mine .voice source").last).to_have_attribute("type", "audio/webm")


def test_pause_continue_listen_and_throw_away(stage: Talk) -> None:
    anna = stage.as_anna()
    shown = record(anna, 1)
    anna.wait_for_function(
        "() => Number(document.querySelector('.recorder').style.getPropertyValue('--level')) > 0"
    )
    assert axe(anna) == []
    anna.keyboard.press("Escape")
    expect(shown.get_by_role("status")).to_have_text("Пауза. Записанное сохранено")
    still = shown.locator("[data-record-clock]").inner_text()
    shown.get_by_role("button", name="Продолжить запись").press("Enter")
    expect(shown.locator("[data-record-clock]")).not_to_have_text(still, timeout=SOON)
    goes_to(shown, 2)
    shown.get_by_role("button", name="Остановить").click()
    expect(shown.get_by_role("status")).to_have_text("Послушайте перед отправкой")
    assert axe(anna) == []
    plays(shown.locator("audio"), lasted(shown.locator("[data-record-clock]")))
    shown.get_by_role("button", name="Удалить").click()
    expect(shown).to_be_hidden()
    anna.reload()
    expect(panel(anna)).to_be_hidden()
    expect(anna.locator(".bubble.mine")).to_have_count(0)


def test_the_clock_of_a_new_recording_begins_at_nought(stage: Talk) -> None:
    anna = stage.as_anna()
    shown = record(anna, 1)
    shown.get_by_role("button", name="Удалить").click()
    expect(shown).to_be_hidden()
    anna.evaluate(
        """() => {
            window.firsts = [];
            const panel = document.querySelector(".recorder");
            const clock = panel.querySelector("[data-record-clock]");
            const note = () => { if (!panel.hidden) window.firsts.push(clock.textContent); };
            new MutationObserver(note).observe(panel, { attributeFilter: ["hidden"] });
        }"""
    )
    record(anna, 1)
    assert anna.evaluate("window.firsts[0]") == "0:00 из 5:00"


def test_the_end_is_counted_down_and_kept(stage: Talk) -> None:
    anna = stage.as_anna()
    anna.add_init_script(
        """const now = performance.now.bind(performance);
        let ahead = 0;
        performance.now = () => now() + ahead;
        window.later = (ms) => { ahead += ms; };"""
    )
    anna.reload()
    shown = record(anna, 1)
    anna.evaluate("() => window.later(272_000)")
    clock = shown.locator("[data-record-clock]")
    expect(clock).to_contain_text(re.compile("осталось 0:[12]"), timeout=15_000)
    expect(shown.get_by_role("status")).to_contain_text("Осталось 30 секунд", timeout=15_000)
    anna.evaluate(
        """() => {
            window.said = [];
            const words = document.querySelector("[data-record-words]");
            new MutationObserver(() => window.said.push(words.textContent))
                .observe(words, { childList: true, characterData: true, subtree: true });
            window.later(8_000);
        }"""
    )
    expect(clock).to_contain_text("осталось 0:1", timeout=15_000)
    anna.wait_for_timeout(1500)  # the made microphone is silent and loud again meanwhile
    assert [one for one in anna.evaluate("window.said") if "слышно" in one] == []
    anna.evaluate("() => window.later(30_000)")
    expect(shown.get_by_role("status")).to_contain_text("Запись дошла до 5 минут", timeout=15_000)
    expect(shown.get_by_role("button", name="Отправить")).to_be_focused(timeout=15_000)


def test_voice_messages_follow_one_another_at_the_chosen_speed(stage: Talk) -> None:
    stage.send("voice", sound("webm", "libopus", 1.5))
    stage.send("voice", sound("webm", "libopus", 2.5))
    stage.derive_all()
    boris = stage.as_boris()
    first, second = boris.locator(".voice").nth(0), boris.locator(".voice").nth(1)
    assert axe_all_looks(boris) == {}
    first.get_by_role("button", name="Скорость 1. Сменить").click()
    expect(second.get_by_role("button", name="Скорость 1,5. Сменить")).to_have_text("1,5×")
    first.get_by_role("button", name="Слушать").click()
    expect(second).to_have_attribute("data-state", "playing", timeout=SOON)
    assert first.locator("audio").evaluate("(one) => one.paused")
    assert second.locator("audio").evaluate("(one) => one.playbackRate") == 1.5
    second.get_by_role("button", name="Пауза").click()
    second.get_by_role("slider", name="Место в записи").fill("2")
    expect(second.locator("[data-voice-clock]")).to_have_text("0:02 / 0:02")
    boris.reload()
    expect(second.get_by_role("slider")).to_have_value("2")


def test_a_dead_link_is_renewed_and_the_place_kept(stage: Talk) -> None:
    stage.send("voice", sound("webm", "libopus", 4))
    boris = stage.as_boris()
    media = boris.locator(".voice audio")
    plays(media, 4)
    before = media.evaluate("(one) => one.currentTime")
    asked: list[str] = []
    boris.on("request", lambda one: asked.append(one.url))
    media.evaluate("(one) => { one.dispatchEvent(new Event('error')); }")
    boris.wait_for_function("() => document.querySelector('.voice audio').readyState > 0")
    assert any("/desk/files/" in url for url in asked)
    assert media.evaluate("(one) => one.currentTime") == pytest.approx(before, abs=0.3)


def test_a_film_has_its_still_and_both_forms(stage: Talk) -> None:
    stage.send("video", film("webm", "libvpx", "libopus"))
    anna = stage.as_anna()
    part = anna.locator(".file-part")
    expect(part).to_have_count(1)
    stage.derive_all()
    expect(part).to_have_count(0, timeout=20_000)  # the page asks by itself
    shown = anna.locator("video.bubble-media")
    assert "preview" in (shown.get_attribute("poster") or "")
    plays(shown, 2)
    kinds = shown.locator("source").evaluate_all("(all) => all.map((one) => one.type)")
    assert kinds == ["video/webm", "video/mp4"]
    assert axe_all_looks(anna) == {}


def photo(colour: str, size: tuple[int, int] = (1200, 900)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def test_pictures_stand_as_a_grid_and_open_large(stage: Talk) -> None:
    stage.send("file", photo("red"), photo("green", (900, 1200)), photo("blue"))
    anna = stage.as_anna()
    grid = anna.locator(".pictures")
    expect(grid.locator("img")).to_have_count(3)
    assert axe_all_looks(anna) == {}
    grid.locator("a").nth(1).click()
    box = anna.get_by_role("dialog", name="Просмотр снимка")
    expect(box.get_by_role("status")).to_have_text("2 из 3")
    picture = box.locator("[data-viewer-picture]")
    anna.wait_for_function(
        "() => document.querySelector('[data-viewer-picture]').naturalWidth === 900"
    )
    assert axe(anna) == []
    anna.keyboard.press("+")
    assert "scale(1.5)" in picture.evaluate("(one) => one.style.transform")
    anna.keyboard.press("0")
    anna.keyboard.press("r")
    assert "rotate(90deg)" in picture.evaluate("(one) => one.style.transform")
    anna.keyboard.press("ArrowRight")
    expect(box.get_by_role("status")).to_have_text("3 из 3")
    box.get_by_role("button", name="Следующий снимок").click()
    expect(box.get_by_role("status")).to_have_text("1 из 3")
    assert "?download" in (box.get_by_label("Скачать").get_attribute("href") or "")
    pinch(anna)
    turned = picture.evaluate("(one) => one.style.transform")
    assert float(turned.partition("scale(")[2].rstrip(")")) > 1.5
    anna.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(grid.locator("a").nth(0)).to_be_focused()
    grid.locator("a").nth(2).click()
    expect(box).to_be_visible()
    anna.go_back()
    expect(box).to_have_count(0)
    expect(grid).to_be_visible()


def pinch(page: Page) -> None:
    """Two fingers go apart on the picture."""
    page.evaluate(
        """() => {
            const stage = document.querySelector("[data-viewer-stage]");
            stage.setPointerCapture = () => {};
            const touch = (name, id, x) => stage.dispatchEvent(new PointerEvent(name, {
                pointerId: id, pointerType: "touch", clientX: x, clientY: 400, bubbles: true }));
            touch("pointerdown", 11, 180); touch("pointerdown", 12, 220);
            for (let step = 1; step <= 10; step += 1) {
                touch("pointermove", 11, 180 - 6 * step); touch("pointermove", 12, 220 + 6 * step);
            }
            touch("pointerup", 11, 120); touch("pointerup", 12, 280);
        }"""
    )


def test_without_script_there_are_plain_players_and_links(stage: Talk) -> None:
    stage.send("voice", sound("webm", "libopus", 1))
    stage.send("file", photo("red"), photo("blue"))
    stage.derive_all()
    page = stage.as_anna(scripts=False)
    expect(page.locator(".voice audio[controls]")).to_be_visible()
    expect(page.locator(".voice-own >> visible=true")).to_have_count(0)
    expect(page.locator(".recorder")).to_be_hidden()
    with page.context.expect_page() as opened:
        page.locator(".pictures a").first.click()
    assert "/f/" in opened.value.url
