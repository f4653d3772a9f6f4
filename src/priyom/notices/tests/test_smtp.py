"""Real SMTP in between: what arrives, and what a server that refuses makes of a letter."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from priyom.kernel.ids import uuid7
from priyom.notices import actions
from priyom.notices.letter import Letter
from priyom.notices.models import Notice
from priyom.notices.rules import NoticeState
from priyom.testing.ports import free_port

pytestmark = pytest.mark.django_db

LETTER = Letter("Консультация назначена", "Здравствуйте", "<p>Здравствуйте</p>", "METHOD:REQUEST")


class Sink:
    """Keeps what it takes; refuses «unknown@…» for good and «full@…» for now."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer an address."""
        if address.startswith("unknown"):
            return "550 no such user"
        if address.startswith("full"):
            return "452 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a letter."""
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    yield sink
    controller.stop()


def _queue(to: str) -> Notice:
    return actions.queue(uuid7(), f"event:{to}", to, LETTER, uuid7())


def test_what_arrives_is_whole(sink: Sink) -> None:
    notice = _queue("anna@example.ru")
    assert actions.deliver(notice.pk)
    letter = sink.taken[0]
    assert letter["Message-ID"] == notice.message_id
    assert str(letter["Subject"]).strip() == LETTER.subject
    assert letter["Auto-Submitted"] == "auto-generated"
    kinds = {part.get_content_type(): part for part in letter.walk()}
    assert {"text/plain", "text/html", "text/calendar"} <= kinds.keys()
    assert kinds["text/calendar"].get_param("method") == "REQUEST"


@pytest.mark.parametrize(
    ("to", "state"),
    [("unknown@example.ru", NoticeState.FAILED), ("full@example.ru", NoticeState.QUEUED)],
)
def test_a_server_that_refuses(sink: Sink, to: str, state: NoticeState) -> None:
    notice = _queue(to)
    assert not actions.deliver(notice.pk)
    assert Notice.objects.get(pk=notice.pk).state == state
    assert not sink.taken


def test_a_server_that_is_down_keeps_the_letter(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    notice = _queue("anna@example.ru")
    assert not actions.deliver(notice.pk)
    kept = Notice.objects.get(pk=notice.pk)
    assert (kept.state, kept.failure) == (NoticeState.QUEUED, "почтовый сервер не отвечает")
