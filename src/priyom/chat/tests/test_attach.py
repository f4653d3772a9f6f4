"""Files into the chat in a real browser: many at once in order, and through a broken network."""

from __future__ import annotations

import base64
import io
import os
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, Route, expect

from priyom.chat.tests.live import House
from priyom.chat.tests.media_stage import Talk, talk
from priyom.chat.wire import FILES_LIMIT
from priyom.consultations.models import Attachment
from priyom.files.models import Upload
from priyom.files.tests.test_hostile import HEIC
from priyom.testing.apart import apart
from priyom.testing.pages import axe

pytestmark = pytest.mark.journeys
SOON = 20_000


@pytest.fixture
def scene(committed_db: None, browser: Browser, servers: House) -> Iterator[Talk]:
    with talk(browser, servers) as made:
        yield made


def paper(name: str, size: int = 3000) -> FilePayload:
    """Return a PDF of about that many bytes."""
    body = b"%PDF-1.7\n%" + base64.b64encode(os.urandom(size * 3 // 4)) + b"\n%%EOF\n"
    return {"name": name, "mimeType": "application/pdf", "buffer": body}


def photo(size: tuple[int, int] = (1600, 1200)) -> bytes:
    """Return a photo that the coach has nothing to say about."""
    out = io.BytesIO()
    Image.effect_noise(size, 90).save(out, "JPEG")
    return out.getvalue()


def shots(*names: str) -> list[FilePayload]:
    """Return small photos under these names."""
    return [{"name": name, "mimeType": "image/jpeg", "buffer": photo((640, 480))} for name in names]


def shown(bubbles: Locator) -> list[list[str]]:
    """Return the names of the pictures, or else the papers, of each message, in order."""
    names = """(all) => all.map((one) => {
        const pictures = [...one.querySelectorAll("a[data-picture]")];
        const papers = [...one.querySelectorAll(".attachment b")];
        return pictures.length ? pictures.map((each) => each.dataset.picture)
            : papers.map((each) => each.textContent);
    })"""
    return list(bubbles.evaluate_all(names))


def clip(page: Page, *files: FilePayload) -> None:
    """Choose files with the paper clip."""
    page.locator("form.composer input[name=file]").set_input_files(list(files))


def sent(page: Page, count: int) -> None:
    """Wait for so many own messages and an empty list of files on their way."""
    expect(page.locator(".bubble.mine[data-seq]")).to_have_count(count, timeout=SOON)
    expect(page.locator("[data-chat-queue] li")).to_have_count(0)


def cut(route: Route) -> None:
    """Let a body reach the server no further than the network does."""
    route.abort("internetdisconnected")


def test_three_and_twenty_papers_in_one_go_keep_their_order(scene: Talk) -> None:
    anna, boris = scene.as_anna(), scene.as_boris()
    names = [f"анализ {number:02}.pdf" for number in range(1, 24)]
    clip(anna, *(paper(name) for name in names))
    sent(anna, 23)
    theirs = boris.locator(".bubble.theirs")
    expect(theirs).to_have_count(23, timeout=SOON)
    assert shown(theirs) == [[name] for name in names]


def test_three_and_twenty_pictures_in_one_go_are_two_grids(scene: Talk) -> None:
    anna, boris = scene.as_anna(), scene.as_boris()
    names = [f"сыпь {number:02}.jpg" for number in range(1, 24)]
    clip(anna, *shots(*names))
    sent(anna, 2)
    theirs = boris.locator(".bubble.theirs")
    expect(theirs).to_have_count(2, timeout=SOON)
    assert shown(theirs) == [names[:FILES_LIMIT], names[FILES_LIMIT:]]
    assert shown(anna.locator(".bubble.mine")) == shown(theirs)
    expect(theirs.locator(".pictures")).to_have_count(2)


def test_pictures_that_stand_together_are_one_message(scene: Talk) -> None:
    anna, boris = scene.as_anna(), scene.as_boris()
    first, second, third = shots("до.jpg", "после.jpg", "ещё.jpg")
    heic: FilePayload = {"name": "айфон.HEIC", "mimeType": "", "buffer": base64.b64decode(HEIC)}
    clip(anna, first, second, paper("выписка.pdf"), paper("анализ.pdf"), third, heic)
    sent(anna, 4)
    theirs = boris.locator(".bubble.theirs")
    expect(theirs).to_have_count(4, timeout=SOON)
    assert shown(theirs) == [
        ["до.jpg", "после.jpg"],
        ["выписка.pdf"],
        ["анализ.pdf"],
        ["ещё.jpg", "айфон.jpg"],
    ]


def test_a_grid_that_a_reload_interrupts_is_sent_once(scene: Talk) -> None:
    """The network goes in the middle of the message, the page with it."""
    anna, boris = scene.as_anna(), scene.as_boris()
    names = [f"сыпь {number}.jpg" for number in range(1, 5)]
    bound: list[str] = []

    def third(route: Route) -> None:
        bound.append(route.request.url)
        route.abort("internetdisconnected") if len(bound) > 2 else route.continue_()

    anna.route("**/files/", third)
    clip(anna, *shots(*names))
    expect(anna.locator("[data-chat-queue] .waits")).not_to_have_count(0, timeout=SOON)
    expect(boris.locator(".bubble.theirs")).to_have_count(0)
    anna.context.set_offline(True)
    anna.unroute("**/files/")
    anna.context.set_offline(False)
    anna.reload()
    sent(anna, 1)
    assert shown(boris.locator(".bubble.theirs")) == [names]
    anna.reload()
    sent(anna, 1)
    assert apart(Attachment.objects.count) == 4
    assert shown(anna.locator(".bubble.mine")) == [names]


def test_without_a_network_it_waits_and_goes_on_by_itself(scene: Talk) -> None:
    anna, boris = scene.as_anna(), scene.as_boris()
    anna.route("**/uploads/**", cut)
    clip(anna, paper("выписка.pdf", 5_000_000), paper("снимок.pdf"))
    line = anna.locator("[data-chat-queue] li", has_text="выписка.pdf")
    expect(line).to_contain_text("уйдёт сам", timeout=SOON)
    expect(boris.locator(".bubble.theirs")).to_have_count(0)
    anna.unroute("**/uploads/**")
    sent(anna, 2)
    expect(boris.locator(".bubble.theirs a.attachment")).to_have_count(2, timeout=SOON)


def test_a_reload_loses_nothing_and_sends_once(scene: Talk) -> None:
    anna, boris = scene.as_anna(), scene.as_boris()
    begins_only = re.compile("/uploads/.+")
    anna.route(begins_only, cut)
    clip(anna, paper("выписка.pdf", 5_000_000), paper("снимок.pdf"))
    expect(anna.locator("[data-chat-queue] .waits")).to_have_count(1, timeout=SOON)
    begun = apart(lambda: list(Upload.objects.values_list("pk", flat=True)))
    assert len(begun) == 1
    anna.unroute(begins_only)
    anna.reload()
    sent(anna, 2)
    expect(boris.locator(".bubble.theirs a.attachment")).to_have_count(2, timeout=SOON)
    anna.reload()
    sent(anna, 2)
    assert apart(lambda: Upload.objects.filter(pk__in=begun, bound_to=None).count()) == 0
    assert apart(Attachment.objects.count) == 2


def test_one_is_taken_back_and_one_refused_the_rest_goes(scene: Talk) -> None:
    anna = scene.as_anna()
    anna.route("**/uploads/", cut)
    svg: FilePayload = {"name": "злой.pdf", "mimeType": "application/pdf", "buffer": b"<svg/>" * 99}
    clip(anna, paper("не то.pdf"), svg, paper("то.pdf"))
    anna.get_by_role("button", name="Отменить отправку: не то.pdf").click()
    anna.unroute("**/uploads/")
    expect(anna.locator(".bubble.mine[data-seq]")).to_have_count(1, timeout=SOON)
    expect(anna.locator(".bubble.mine a.attachment b")).to_have_text(["то.pdf"], timeout=SOON)
    line = anna.locator("[data-chat-queue] li")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("Такой файл отправить нельзя")
    line.get_by_role("button", name="Убрать").click()
    expect(line).to_have_count(0)


def test_pictures_are_pasted_and_dropped(scene: Talk) -> None:
    boris = scene.as_boris()
    hand = """async ([event, pictures]) => {
        const hand = new DataTransfer();
        for (const [name, text] of pictures) {
            const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
            hand.items.add(new File([bytes], name, { type: "image/jpeg" }));
        }
        const told = { bubbles: true, cancelable: true };
        const made = event === "paste" ? new ClipboardEvent(event, { ...told, clipboardData: hand })
            : new DragEvent(event, { ...told, dataTransfer: hand });
        document.querySelector("form.composer textarea").dispatchEvent(made);
    }"""
    one, two, three = (
        [f"снимок {number}.jpg", base64.b64encode(photo()).decode()] for number in (1, 2, 3)
    )
    boris.evaluate(hand, ["paste", [one]])
    sent(boris, 1)
    boris.evaluate(hand, ["dragover", [two, three]])
    expect(boris.locator("[data-chat-drop]")).to_be_visible()
    boris.evaluate(hand, ["drop", [two, three]])
    expect(boris.locator("[data-chat-drop]")).to_be_hidden()
    sent(boris, 2)
    expect(boris.locator(".bubble.mine img")).to_have_count(3)
    names = [[one[0]], [two[0], three[0]]]
    assert shown(boris.locator(".bubble.mine")) == names
    boris.evaluate(hand, ["paste", [two, three]])
    sent(boris, 3)
    assert shown(boris.locator(".bubble.mine")) == [*names, names[-1]]


def test_the_limits_are_said_before_and_the_page_stays_usable(scene: Talk) -> None:
    anna = scene.as_anna()
    expect(anna.locator("#attach-limits")).to_contain_text("до 500 МБ")
    anna.route("**/uploads/**", cut)
    clip(anna, *(paper(f"очень длинное название выписки из больницы {n}.pdf") for n in range(6)))
    expect(anna.locator("[data-chat-queue] .waits")).to_have_count(1, timeout=SOON)
    assert not axe(anna)


def test_without_script_the_form_says_its_own_limit(scene: Talk) -> None:
    anna = scene.as_anna(scripts=False)
    limits = anna.locator("#attach-limits").inner_text()
    assert limits == "Файлы до 50 МБ: фото, PDF, звук, видео"
    clip(anna, paper("без скрипта.pdf"))
    anna.get_by_role("button", name="Отправить").click()
    expect(anna.locator(".bubble.mine a.attachment")).to_have_count(1)
