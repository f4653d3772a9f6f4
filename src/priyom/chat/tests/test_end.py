"""What grows above or below the talk on a phone pushes nothing that one reads out of sight."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from priyom.chat.tests.live import House
from priyom.chat.tests.long import lengthen
from priyom.chat.tests.scene import Scene
from priyom.consultations.models import Consultation
from priyom.testing.cast import Cast
from priyom.testing.pages import axe

pytestmark = pytest.mark.journeys
SOON = 20_000
SIGHT = """() => {
    const box = (what) => document.querySelector(what).getBoundingClientRect();
    const [head, foot] = [box(".chat-head").bottom, box("form.composer").top];
    const lines = [...document.querySelectorAll("ol.thread > li[data-seq]")]
        .map((line) => ({ seq: +line.dataset.seq, ...line.getBoundingClientRect().toJSON() }));
    const first = lines.find((line) => line.top >= head);
    return { head, foot, end: lines.at(-1).bottom, first: first.seq, top: first.top };
}"""

ENDS = f"() => {{ const now = ({SIGHT})(); return now.end <= now.foot; }}"


class Socket:
    """A network that lets WebSocket through until it is shut."""

    def __init__(self, page: Page) -> None:
        self.is_open = True
        self.lines: list[WebSocketRoute] = []
        page.context.route_web_socket("**/ws", self._carry)

    def _carry(self, line: WebSocketRoute) -> None:
        if self.is_open:
            line.connect_to_server()
            self.lines.append(line)
        else:
            line.close(code=3006)

    def shut(self) -> None:
        self.is_open = False
        for line in self.lines:
            line.close(code=3006)


def _long(cast: Cast, talk: Consultation) -> None:
    lengthen(cast, talk, 30)


@pytest.fixture
def scene(committed_db: None, browser: Browser, servers: House) -> Iterator[Scene]:
    made = Scene(browser, servers, _long)
    yield made
    made.close()


def opened(scene: Scene) -> tuple[Page, Socket]:
    """Return Анна's phone at the end of the talk, by WebSocket."""
    page = scene.anna
    expect(page.locator("[data-chat-below]")).to_be_attached()
    socket = Socket(page)
    page.reload()
    expect(page.locator("ol.thread[data-line=up]")).to_have_attribute("data-way", "websocket")
    page.locator("ol.thread > li").last.scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    return page, socket


def goes_another_way(page: Page, socket: Socket) -> None:
    socket.shut()
    expect(page.locator("ol.thread[data-line=up]")).to_have_attribute(
        "data-way", "sse", timeout=SOON
    )
    expect(page.locator("[data-chat-way]")).to_contain_text("запасной канал")


def test_the_end_stays_in_sight_when_the_head_grows(scene: Scene) -> None:
    page, socket = opened(scene)
    before = page.evaluate(SIGHT)
    assert before["end"] <= before["foot"]
    goes_another_way(page, socket)
    page.wait_for_function(ENDS, timeout=3000)
    after = page.evaluate(SIGHT)
    assert after["head"] > before["head"]
    assert axe(page) == []


def test_who_reads_above_keeps_the_place(scene: Scene) -> None:
    page, socket = opened(scene)
    page.evaluate("window.scrollBy(0, -900)")
    expect(page.locator("[data-chat-jump] button")).to_be_visible()
    before = page.evaluate(SIGHT)
    goes_another_way(page, socket)
    now = page.locator(f"#m{before['first']}").bounding_box()
    assert now is not None
    assert now["y"] == pytest.approx(before["top"], abs=1)


def test_the_end_stays_in_sight_when_what_one_writes_grows(scene: Scene) -> None:
    page, _ = opened(scene)
    before = page.evaluate(SIGHT)
    page.locator("form.composer textarea").fill("строка\n" * 6)
    assert page.evaluate(SIGHT)["foot"] < before["foot"] - 20
    page.wait_for_function(ENDS, timeout=3000)


def test_the_end_stays_in_sight_when_the_network_goes_and_comes(scene: Scene) -> None:
    page, _ = opened(scene)
    before = page.evaluate(SIGHT)
    scene.anna_context.set_offline(True)
    expect(page.locator(".offline")).to_be_visible()
    page.wait_for_function(ENDS, timeout=3000)
    assert page.evaluate(SIGHT)["head"] > before["head"]
    scene.anna_context.set_offline(False)
    expect(page.locator(".offline")).to_be_hidden(timeout=SOON)
    page.wait_for_function(ENDS, timeout=3000)
    assert page.evaluate(SIGHT) == before
