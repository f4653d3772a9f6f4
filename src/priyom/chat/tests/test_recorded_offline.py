"""What is recorded without a network waits on the device and goes out exactly once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from priyom.chat.tests.scene import Scene, stand_by
from priyom.chat.tests.test_media import goes_to, lasted, panel, plays, record
from priyom.consultations.models import Attachment, Entry
from priyom.testing.apart import apart
from priyom.testing.pages import axe

pytestmark = pytest.mark.journeys
SOON = 20_000


def without_worker(page: Page) -> None:
    """Have the page fetch its scripts by itself, where a test can see and lose them."""
    page.add_init_script("navigator.serviceWorker.register = () => Promise.reject()")
    page.evaluate(
        """async () => {
            for (const one of await navigator.serviceWorker.getRegistrations())
                await one.unregister();
        }"""
    )
    page.reload()
    up(page)


def spoken(page: Page, kind: str = "голосовое сообщение") -> Locator:
    """Record a message; return the panel that offers it."""
    page.get_by_role("button", name=f"Записать {kind}").click()
    shown = panel(page)
    goes_to(shown, 2)
    shown.get_by_role("button", name="Остановить").click()
    expect(shown.get_by_role("status")).to_have_text("Послушайте перед отправкой")
    return shown


def waits(page: Page, count: int = 1) -> None:
    """So many files wait for the network and say so."""
    lines = page.locator("[data-chat-queue] li")
    expect(lines).to_have_count(count)
    expect(lines.first).to_contain_text("уйдёт сам", timeout=SOON)


def up(page: Page) -> None:
    expect(page.locator("ol.thread")).to_have_attribute("data-line", "up", timeout=SOON)


def went_once(scene: Scene, page: Page, *kinds: str) -> None:
    """Both sides and the log have each recording once, also after another reload; nothing waits."""
    for _ in range(2):
        expect(page.locator("[data-chat-queue] li")).to_have_count(0, timeout=SOON)
        expect(page.locator(".bubble.mine[data-seq]")).to_have_count(len(kinds), timeout=SOON)
        expect(panel(page)).to_be_hidden()
        page.reload()
        up(page)
    expect(scene.boris.locator(".bubble.theirs")).to_have_count(len(kinds), timeout=SOON)
    said = Entry.objects.filter(consultation=scene.talk, kind__in=["voice", "video"])
    assert apart(lambda: list(said.order_by("seq").values_list("kind", flat=True))) == [*kinds]
    assert apart(Attachment.objects.count) == len(kinds)


@pytest.mark.parametrize(
    ("kind", "name", "media"),
    [("voice", "голосовое сообщение", "audio"), ("video", "видеосообщение", "video")],
)
def test_it_goes_out_once_from_a_reload(scene: Scene, kind: str, name: str, media: str) -> None:
    page = scene.anna
    scene.anna_context.set_offline(True)
    shown = spoken(page, name)
    seconds = lasted(shown.locator("[data-record-clock]"))
    plays(shown.locator(f"[data-record-play] {media}"), seconds)
    shown.get_by_role("button", name="Отправить", exact=True).click()
    waits(page)
    expect(shown).to_be_hidden()
    assert axe(page) == []
    scene.anna_context.set_offline(False)
    page.reload()
    went_once(scene, page, kind)
    plays(scene.boris.locator(f".bubble.theirs {media}"), seconds)


def test_it_goes_out_by_itself_when_the_network_is_back(scene: Scene) -> None:
    page = scene.anna
    scene.anna_context.set_offline(True)
    for _ in range(2):
        spoken(page).get_by_role("button", name="Отправить", exact=True).click()
    waits(page, 2)
    scene.anna_context.set_offline(False)
    went_once(scene, page, "voice", "voice")


def test_it_outlives_a_reload_without_a_network(scene: Scene) -> None:
    page = scene.anna
    stand_by(page)
    scene.anna_context.set_offline(True)
    spoken(page).get_by_role("button", name="Отправить", exact=True).click()
    waits(page)
    page.reload()
    expect(page.get_by_role("heading", name="Нет сети")).to_be_visible()
    expect(page.locator("[data-unsent-words]")).to_contain_text("Ждут отправки: 1")
    scene.anna_context.set_offline(False)
    up(page)
    went_once(scene, page, "voice")


def test_a_reload_in_mid_recording_offers_what_was_said(scene: Scene) -> None:
    """The network goes while one speaks, then the page: half a second is lost and no more."""
    page = scene.anna
    stand_by(page)
    record(page, 1)
    scene.anna_context.set_offline(True)
    goes_to(panel(page), 3)
    page.reload()
    expect(page.get_by_role("heading", name="Нет сети")).to_be_visible()
    scene.anna_context.set_offline(False)
    up(page)
    shown = panel(page)
    expect(shown.get_by_role("status")).to_contain_text("Осталась неотправленная запись, 0:0")
    seconds = lasted(shown.get_by_role("status"))
    scene.anna_context.set_offline(True)
    shown.get_by_role("button", name="Отправить запись, 0:0").click()
    waits(page)
    page.reload()
    scene.anna_context.set_offline(False)
    up(page)
    went_once(scene, page, "voice")
    plays(scene.boris.locator(".bubble.theirs audio"), seconds)


def test_the_answer_that_is_lost_makes_no_second_one(scene: Scene) -> None:
    """The server has the file and its answer never came: the reload asks again."""
    page = scene.anna
    scene.anna_context.set_offline(True)
    spoken(page).get_by_role("button", name="Отправить", exact=True).click()
    waits(page)
    statuses: list[int] = []

    def loses(route: Route) -> None:
        statuses.append(route.fetch().status)
        route.abort("connectionreset")

    page.route("**/files/", loses)
    with page.expect_event("requestfailed", lambda one: one.url.endswith("/files/")):
        scene.anna_context.set_offline(False)
    assert statuses[0] == 201
    page.unroute("**/files/")
    page.reload()
    went_once(scene, page, "voice")


def test_a_script_that_the_network_lost_is_asked_for_again(scene: Scene) -> None:
    """The uploader comes with the first file; a browser may keep in mind that it did not come."""
    page = scene.anna
    without_worker(page)
    page.route("**/tus.min.js*", lambda route: route.abort("connectionreset"))
    with page.expect_event("requestfailed", lambda one: "tus.min.js" in one.url):
        spoken(page).get_by_role("button", name="Отправить", exact=True).click()
    waits(page)
    page.unroute("**/tus.min.js*")
    went_once(scene, page, "voice")


def test_a_device_that_gives_nothing_makes_no_recording(scene: Scene) -> None:
    """Cameras that are busy elsewhere stay silent: an empty file is neither offered nor sent."""
    page = scene.anna
    page.add_init_script("""
        const add = MediaRecorder.prototype.addEventListener;
        MediaRecorder.prototype.addEventListener = function (type, ...rest) {
            if (type !== "dataavailable") add.call(this, type, ...rest);
        };
    """)
    page.reload()
    up(page)
    page.get_by_role("button", name="Записать голосовое сообщение").click()
    shown = panel(page)
    goes_to(shown, 1)
    shown.get_by_role("button", name="Остановить").click()
    expect(shown.get_by_role("status")).to_contain_text("Ничего не записалось")
    expect(shown.get_by_role("button", name="Отправить", exact=True)).to_be_hidden()
    assert axe(page) == []
    page.reload()
    up(page)
    expect(panel(page)).to_be_hidden()
