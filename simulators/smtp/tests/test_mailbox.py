"""The demo mailbox over real sockets: what it keeps, what it refuses, what its pages allow."""

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from queue import Queue

import pytest
import requests
import uvicorn

from simulators.smtp import __main__ as program
from simulators.smtp.letters import newest
from simulators.smtp.page import application
from simulators.smtp.server import MAX_BYTES, is_address, listen


@pytest.fixture
def smtp(tmp_path: Path) -> Iterator[smtplib.SMTP]:
    """A client of a listener that runs in a thread of its own, as a mail server would."""
    started: Queue[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    async def serve() -> None:
        server = await listen(tmp_path, "127.0.0.1", 0)
        port, done = server.sockets[0].getsockname()[1], asyncio.Event()
        started.put((port, asyncio.get_running_loop(), done))
        await done.wait()
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.05)  # the last connection says goodbye

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    port, loop, done = started.get(timeout=5)
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        yield client
    loop.call_soon_threadsafe(done.set)
    thread.join()


class Page:
    """A browser of few words: GET of a path on the real server."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> requests.Response:
        return requests.get(self.address + path, timeout=10, proxies={"http": ""})


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    server = uvicorn.Server(uvicorn.Config(application(tmp_path), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield Page(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    thread.join()


def invitation(to: str = "anna@example.org") -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = "Приём врача 24 ноября, 14:20 (МСК)"
    letter["From"], letter["To"] = "priyom@example.org", to
    letter.set_content("Чат открыт: http://localhost:8000/my/\n")
    letter.add_alternative(
        "<html><head></head><body><a href='http://localhost:8000/my/'>Открыть</a>"
        "<script>alert(1)</script></body></html>",
        subtype="html",
    )
    letter.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="приём.ics")
    return letter


def test_letter_is_on_the_disk_when_the_sender_hears_ok(smtp: smtplib.SMTP, tmp_path: Path) -> None:
    smtp.send_message(invitation())
    [letter] = newest(tmp_path)
    assert letter.subject == "Приём врача 24 ноября, 14:20 (МСК)"
    assert letter.recipients == ("anna@example.org",)
    assert [one.name for one in letter.attachments] == ["приём.ics"]


def test_bad_recipient_is_refused_with_553(smtp: smtplib.SMTP, tmp_path: Path) -> None:
    smtp.ehlo()
    smtp.mail("priyom@example.org")
    for address in ("<anna>", "<a..b@example.org>", "<anna@-example.org>"):
        assert smtp.docmd("RCPT", f"TO:{address}")[0] == 553
    assert not list(newest(tmp_path))


def test_too_big_letter_is_refused_with_552(smtp: smtplib.SMTP, tmp_path: Path) -> None:
    line = "я" * 400 + "\r\n"
    content = (line * (MAX_BYTES // 800 + 1)).encode()
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        smtp.sendmail("priyom@example.org", ["anna@example.org"], content)
    assert refused.value.smtp_code == 552
    assert not list(newest(tmp_path))


def test_too_long_line_is_refused(smtp: smtplib.SMTP, tmp_path: Path) -> None:
    with pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.sendmail("priyom@example.org", ["anna@example.org"], b"a" * 2000)
    assert refused.value.smtp_code == 500
    assert not list(newest(tmp_path))


def test_letters_newest_first_and_by_recipient(
    smtp: smtplib.SMTP, page: Page, tmp_path: Path
) -> None:
    for to in ("anna@example.org", "boris@example.org", "anna@example.org"):
        smtp.send_message(invitation(to))
    every = page.get("/api/messages").json()["messages"]
    assert [one["id"] for one in every] == sorted((one["id"] for one in every), reverse=True)
    assert len(page.get("/api/messages?to=ANNA@").json()["messages"]) == 2
    assert "boris@example.org" not in page.get("/?to=anna@example.org").text


def test_letters_script_never_runs(smtp: smtplib.SMTP, page: Page, tmp_path: Path) -> None:
    smtp.send_message(invitation())
    [letter] = newest(tmp_path)
    whole = page.get(f"/letters/{letter.key}/")
    assert "<script" not in whole.text
    assert "allow-scripts" not in whole.text
    assert "allow-same-origin" not in whole.text
    body = page.get(f"/letters/{letter.key}/html")
    assert body.headers["content-security-policy"].startswith("sandbox allow-popups")
    assert "default-src 'none'" in body.headers["content-security-policy"]
    assert '<base target="_blank">' in body.text


def test_attachment_downloads_under_its_name(
    smtp: smtplib.SMTP, page: Page, tmp_path: Path
) -> None:
    smtp.send_message(invitation())
    [letter] = newest(tmp_path)
    answer = page.get(f"/letters/{letter.key}/attachments/0")
    assert answer.content.strip() == b"BEGIN:VCALENDAR"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%D0")
    assert page.get(f"/letters/{letter.key}/attachments/9").status_code == 404


def test_unknown_letter_and_paths_are_not_found(page: Page) -> None:
    for key in ("nothing", "..%2f..%2fsecret", "a.b"):
        assert page.get(f"/letters/{key}/").status_code == 404


@pytest.mark.parametrize("text", ["a@b.ru", "a.b+c@sub.example.org"])
def test_good_addresses(text: str) -> None:
    assert is_address(text)


def test_refuses_to_start_outside_the_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PRIYOM_DEMO", raising=False)
    assert program.main() == 1
    assert "PRIYOM_DEMO=1" in capsys.readouterr().out
