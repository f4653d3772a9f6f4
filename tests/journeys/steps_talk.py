"""The talk in the chat: words, files, recordings, states, a lost network."""

from __future__ import annotations

import io
import re

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.journeys.stage import Stage

FEW = 2
SOON = 30_000


def consent(stage: Stage, page: Page) -> None:
    """Read the informed consent and accept it; the chat opens."""
    expect(page.get_by_role("heading", name="Согласие на консультацию")).to_be_visible()
    stage.look(page, "consent")
    page.get_by_text("Полный текст согласия").click()
    stage.look(page, "consent-whole", quick=True)
    page.get_by_role("button", name="Согласиться и открыть чат").click()
    expect(composer(page)).to_be_visible()
    online(page)


def enter(stage: Stage, page: Page) -> None:
    """Open the chat, by the consent when this МО has none of this patient yet."""
    if page.get_by_role("heading", name="Согласие на консультацию").count():
        consent(stage, page)
    expect(composer(page)).to_be_visible()
    online(page)


def composer(page: Page) -> Locator:
    """Return the field one writes in."""
    return page.locator("form.composer textarea")


def online(page: Page) -> None:
    """Wait until the page's line to the gateway is up."""
    expect(page.locator("ol.thread")).to_have_attribute("data-line", "up", timeout=SOON)


def say(page: Page, words: str) -> None:
    """Write and send."""
    composer(page).fill(words)
    page.get_by_role("button", name="Отправить", exact=True).click()
    expect(page.locator(".bubble.mine", has_text=words)).to_have_count(1)


def hears(page: Page, words: str) -> None:
    """The other side's words came, once, without a reload."""
    expect(page.locator(".bubble.theirs", has_text=words)).to_have_count(1, timeout=SOON)


def said(page: Page, words: str, state: str) -> None:
    """The state under one's own words: отправлено, доставлено, прочитано."""
    own = page.locator(".bubble.mine", has_text=words)
    expect(own.locator("[data-part=state]")).to_contain_text(state, timeout=SOON)


def sees_typing(writer: Page, reader: Page) -> None:
    """While one types the other is told so, and who is here."""
    expect(reader.locator("[data-chat-presence]")).to_contain_text("на связи")
    composer(writer).press_sequentially("Здравств", delay=20)
    expect(reader.locator("[data-chat-presence]")).to_contain_text("печатает")
    composer(writer).fill("")


def photo() -> FilePayload:
    """Return a picture as a phone makes one."""
    picture = Image.new("RGB", (1200, 900), (214, 196, 180))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((420, 260, 780, 640), fill=(190, 70, 60))
    pen.line((0, 0, 1200, 900), fill=(120, 100, 90), width=6)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return {"name": "Горло.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def analysis() -> FilePayload:
    """Return a PDF as a laboratory sends one."""
    page = Image.new("RGB", (620, 877), "white")
    ImageDraw.Draw(page).text((60, 60), "2026-11-23  CRP 12 mg/l", fill="black")
    out = io.BytesIO()
    page.save(out, "PDF")
    return {"name": "Анализ крови.pdf", "mimeType": "application/pdf", "buffer": out.getvalue()}


def attach(page: Page, *files: FilePayload) -> None:
    """Press the paper clip and choose files of different kinds; each becomes a line of the talk."""
    before = page.locator(".bubble.mine[data-seq]").count()
    page.locator("form.composer input[name=file]").set_input_files(list(files))
    expect(page.locator(".bubble.mine[data-seq]")).to_have_count(before + len(files), timeout=SOON)
    expect(page.locator("[data-chat-queue] li")).to_have_count(0)


def record(stage: Stage, page: Page, kind: str) -> None:
    """Record a voice or video message with the page's own recorder, listen, send."""
    name = {"voice": "Записать голосовое сообщение", "video": "Записать видеосообщение"}[kind]
    page.get_by_role("button", name=name).click()
    panel = page.get_by_role("group", name="Запись сообщения")
    # Two seconds or more: a busy machine passes over single ones.
    two = re.compile(r"^0:(0[2-9]|[1-5]\d) из 5:00$")
    expect(panel.locator("[data-record-clock]")).to_have_text(two, timeout=SOON)
    stage.look(page, f"recording-{kind}", full=False, quick=True)
    panel.get_by_role("button", name="Остановить").click()
    expect(panel.get_by_role("status")).to_have_text("Послушайте перед отправкой")
    stage.look(page, f"recorded-{kind}", full=False, quick=True)
    panel.get_by_role("button", name="Отправить").click()
    player = "audio" if kind == "voice" else "video"
    expect(page.locator(f".bubble.mine[data-kind={kind}] {player}")).to_have_count(1, timeout=SOON)


def sees_files(page: Page, side: str) -> None:
    """Photo, PDF, voice and video stand in the talk and can be opened and played."""
    lines = page.locator(f".bubble.{side}")
    shown = lines.locator("img[alt*='Горло']")
    expect(shown).to_have_count(1, timeout=SOON)
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("(image) => image.naturalWidth") > 0, "the photo's preview is not drawn"
    expect(lines.locator("a.attachment", has_text="Анализ крови.pdf")).to_have_count(1)
    for player in ("audio", "video"):
        place = lines.locator(player)
        expect(place).to_have_count(1)
        place.evaluate("(one) => { one.muted = true; one.preload = 'auto'; one.load(); }")
        page.wait_for_function(
            f"() => document.querySelector('.bubble.{side} {player}').readyState >= {FEW}"
        )


def opens_pdf(page: Page, side: str) -> None:
    """The PDF comes from the second origin, whole, as a PDF."""
    link = page.locator(f".bubble.{side} a.attachment", has_text="Анализ крови.pdf")
    answer = page.context.request.get(str(link.evaluate("(one) => one.href")))
    assert answer.ok, answer.status
    assert answer.body().startswith(b"%PDF"), answer.headers


def loses_network(stage: Stage, writer: Page, reader: Page) -> None:
    """Without a network the words wait, survive a reload of the other, and arrive once."""
    writer.context.set_offline(True)
    expect(writer.locator(".offline")).to_be_visible(timeout=SOON)
    say(writer, "Пишу без сети, дойдёт само")
    said(writer, "Пишу без сети", "ждёт сети")
    stage.look(writer, "chat-offline", full=False)
    expect(reader.locator(".bubble", has_text="Пишу без сети")).to_have_count(0)
    writer.context.set_offline(False)
    expect(writer.locator(".offline")).to_be_hidden(timeout=30_000)
    hears(reader, "Пишу без сети, дойдёт само")
    said(writer, "Пишу без сети", "прочитано")
    writer.reload()
    online(writer)
    expect(writer.locator(".bubble.mine", has_text="Пишу без сети")).to_have_count(1)
    hears(reader, "Пишу без сети, дойдёт само")


def talk(stage: Stage, patient: Page, doctor: Page) -> None:
    """Both write, both see at once how far it got; files; a lost network."""
    say(patient, "Здравствуйте, доктор. Горло болит, глотать трудно.")
    hears(doctor, "Горло болит")
    said(patient, "Горло болит", "прочитано")
    sees_typing(doctor, patient)
    say(doctor, "Здравствуйте. Покажите горло и последний анализ.")
    hears(patient, "Покажите горло")
    said(doctor, "Покажите горло", "прочитано")
    attach(patient, photo(), analysis())
    record(stage, patient, "voice")
    record(stage, patient, "video")
    sees_files(doctor, "theirs")
    sees_files(patient, "mine")
    opens_pdf(doctor, "theirs")
    stage.look(patient, "chat-patient", full=False)
    stage.look(doctor, "chat-doctor", full=False)
    loses_network(stage, patient, doctor)


def nobody_may_write(page: Page) -> None:
    """The composer is gone."""
    expect(page.locator("form.composer")).to_have_count(0, timeout=SOON)
    expect(page.locator(".composer-closed")).to_contain_text(re.compile("завершена|подписывает"))
