"""The conclusion: written, previewed, signed; read, downloaded and checked by others."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Request, expect

from priyom.conclusions.authority import Authority, Kind
from priyom.conclusions.signer import Verdict, verify
from tests.journeys.stage import Stage

SAVED = re.compile(r"Сохранено")
SOON = 30_000


def judged(stage: Stage, pdf: bytes) -> Verdict:
    """Return what the file proves against the demo authority's ГОСТ root."""
    return verify(pdf, [Authority(stage.region.var / "ca", Kind.GOST).root()])


def write(stage: Stage, page: Page) -> None:
    """Fill the draft; it saves itself, and a reload finds it."""
    form = page.locator("form#conclusion")
    form.get_by_label("Жалобы").fill("Боль в горле, кашель, температура до 37,8 пятый день.")
    _saved_while_typing(page, form.get_by_label("Анамнез заболевания"))
    form.get_by_label("t°, °C").fill("37,8")
    form.get_by_label("SpO₂, %").fill("97")
    expect(page.locator("#draft-status")).to_have_text(SAVED, timeout=SOON)
    page.reload()
    expect(form.get_by_label("Жалобы")).to_have_value(re.compile("Боль в горле"))
    form.locator("#diagnosis").fill("J06.9")
    page.locator("[role=option]", has_text="J06.9").first.click()
    _favour(page)
    form.locator("#recommendations").fill(
        "1. Питьё до 2 литров в день.\n2. Парацетамол 500 мг при температуре выше 38,5.\n"
        "3. Очный приём, если через три дня не станет лучше."
    )
    expect(page.locator("#draft-status")).to_have_text(SAVED, timeout=SOON)
    stage.look(page, "conclusion-draft", full=False)


def _saved_while_typing(page: Page, field: Locator) -> None:
    """Who types on and on is saved meanwhile: a crash costs two seconds at most."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/conclusion/"):
            sent.append(request.url)

    page.on("request", note)
    field.press_sequentially("Болен пятый день, аллергии не отмечает, лекарств не пил.", delay=70)
    page.remove_listener("request", note)
    assert sent, "nothing was saved before the hand rested"


def _favour(page: Page) -> None:
    """A diagnosis is kept among one's own and offered before the next word is typed."""
    star = page.get_by_role("button", name="J06.9 в избранном")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    field = page.locator("#diagnosis")
    field.fill("")
    own = page.locator("[role=option]", has_text="J06.9")
    expect(own.get_by_label("Избранное:")).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value(re.compile(r"^J06\.9 "))


def preview(stage: Stage, page: Page) -> None:
    """The preview is a PDF, and not yet signed."""
    link = page.get_by_role("link", name="Посмотреть PDF")
    answer = page.context.request.get(str(link.evaluate("(one) => one.href")))
    assert answer.ok, answer.status
    assert answer.body().startswith(b"%PDF")
    assert not judged(stage, answer.body()).intact


def form(stage: Stage, doctor: Page, patient: Page) -> None:
    """The conclusion is fixed for the signature; the patient's chat says so at once."""
    doctor.get_by_role("button", name="Проверить и подписать").click()
    expect(doctor.get_by_role("heading", name="Проверьте и подпишите")).to_be_visible()
    stage.look(doctor, "conclusion-review")
    expect(patient.locator(".composer-closed")).to_contain_text("подписывает", timeout=SOON)
    stage.look(patient, "chat-frozen", full=False)


def sign(stage: Stage, doctor: Page, patient: Page) -> None:
    """One press signs; the chat is closed on both pages without a reload by hand."""
    doctor.get_by_role("button", name="Подписать и завершить").click()
    expect(doctor.get_by_text(re.compile("Подписано сегодня"))).to_be_visible(timeout=SOON)
    expect(doctor.locator("form.composer")).to_have_count(0)
    stage.look(doctor, "signed-doctor", full=False)
    card = patient.get_by_role("region", name="Заключение врача готово")
    expect(card).to_be_visible(timeout=SOON)
    expect(card).to_be_in_viewport()
    expect(patient.locator("form.composer")).to_have_count(0)
    stage.look(patient, "chat-closed", full=False)


def read(stage: Stage, page: Page) -> bytes:
    """The patient reads the conclusion and downloads it; return the file."""
    page.get_by_role("link", name="Прочитать").click()
    expect(page.get_by_role("heading", name="Консультативное заключение")).to_be_visible()
    expect(page.get_by_text("J06.9")).to_be_visible()
    todo = page.get_by_role("region", name="Что делать")
    expect(todo.get_by_text("1. Питьё до 2 литров в день.", exact=True)).to_be_visible()
    stage.look(page, "conclusion-patient")
    with page.expect_download() as got:
        page.get_by_role("link", name=re.compile("Скачать PDF")).click()
    path = got.value.path()
    assert got.value.suggested_filename.endswith(".pdf")
    return Path(path).read_bytes()


def genuine(stage: Stage, pdf: bytes, doctor: str) -> None:
    """The file is signed, whole and by whom it says (PAdES, ГОСТ)."""
    verdict = judged(stage, pdf)
    assert verdict.is_genuine, verdict
    assert doctor in verdict.signer, verdict.signer
    changed = bytearray(pdf)
    changed[len(pdf) // 2] ^= 1
    assert not judged(stage, bytes(changed)).is_genuine


def checked(stage: Stage, page: Page, pdf: bytes, secrets: tuple[str, ...]) -> None:
    """The page behind the QR code says «подлинный» to anybody, without medical content."""
    stranger = stage.visitor()
    address = page.get_by_role("link", name="Страница проверки").get_attribute("href")
    path = urlsplit(str(address)).path
    answer = stranger.goto(stage.url(path))
    assert answer is not None
    assert answer.ok
    expect(stranger.get_by_text("Документ подлинный")).to_be_visible()
    for word in secrets:
        expect(stranger.get_by_text(word)).to_have_count(0)
    stage.look(stranger, "check")
    sent(stage, stranger, pdf)
    expect(stranger.get_by_text("Документ подлинный")).to_be_visible(timeout=SOON)


def sent(stage: Stage, page: Page, body: bytes) -> None:
    """Send a file from the check page; the answer comes by itself."""
    page.goto(stage.url("/check/"))
    page.get_by_label(re.compile("PDF, подпись")).set_input_files(
        {"name": "zaklyuchenie.pdf", "mimeType": "application/pdf", "buffer": body}
    )
    page.get_by_role("button", name="Проверить файл").click()
