"""A letter goes out at least once with one Message-ID, whatever the mail server does."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email.message import Message
from uuid import UUID

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal
from priyom.notices import actions
from priyom.notices.invitation import Invitation, calendar
from priyom.notices.letter import Letter, Words, compose
from priyom.notices.models import Notice
from priyom.notices.queries import failed
from priyom.notices.rules import GIVE_UP_AFTER, NoticeState
from priyom.testing.clock import Clock
from priyom.testing.jobs import deferred, run_deferred

pytestmark = pytest.mark.django_db

ORGANISATION = uuid7()
VERA = Actor(ActorKind.REGISTRAR, uuid7(), name="Смирнова Е.", organisation=ORGANISATION)
LETTER = Letter("Время назначено", "Здравствуйте", "<p>Здравствуйте</p>")


def _queue(
    key: str = "booked:1:patient", letter: Letter = LETTER, to: str = "anna@example.ru"
) -> Notice:
    return actions.queue(ORGANISATION, key, to, letter, uuid7())


def _again(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


class _Server:
    """A mail server that answers with the given errors, then takes everything."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *errors: Exception) -> None:
        self.errors = list(errors)
        self.tried = 0
        real = EmailMultiAlternatives.send

        def send(message: EmailMultiAlternatives, fail_silently: bool = False) -> int:
            self.tried += 1
            if self.errors:
                raise self.errors.pop(0)
            return real(message, fail_silently)

        monkeypatch.setattr(EmailMultiAlternatives, "send", send)


@pytest.mark.act("notice.deliver")
def test_a_queued_letter_goes_out_once() -> None:
    notice = _queue()
    assert run_deferred("notices.send") == 1
    assert not actions.deliver(notice.pk)
    assert len(mail.outbox) == 1
    sent = _again(notice)
    assert sent.state == NoticeState.SENT
    assert sent.sent_at is not None
    assert mail.outbox[0].extra_headers["Message-ID"] == sent.message_id


def test_the_same_event_makes_one_letter() -> None:
    first, second = _queue(), _queue()
    assert first.pk == second.pk
    assert len(deferred("notices.send")) == 1


def test_a_rolled_back_act_leaves_no_letter() -> None:
    with transaction.atomic():
        _queue()
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not deferred("notices.send")


def test_a_failed_try_waits_and_comes_again(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    server = _Server(monkeypatch, ConnectionRefusedError())
    notice = _queue()
    actions.sweep()
    assert _again(notice).failure == "почтовый сервер не отвечает"
    assert actions.sweep() == 0
    assert server.tried == 1
    clock.forward(minutes=1)
    assert actions.sweep() == 1
    assert _again(notice).message_id == notice.message_id


def test_a_letter_of_a_dead_worker_is_swept(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    _Server(monkeypatch, KeyboardInterrupt())  # type: ignore[arg-type]  # as SIGTERM ends a worker
    notice = _queue()
    with pytest.raises(KeyboardInterrupt):
        actions.deliver(notice.pk)
    assert _again(notice).state == NoticeState.QUEUED
    clock.forward(minutes=3)
    assert actions.sweep() == 1


def test_one_bad_letter_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    _Server(monkeypatch, RuntimeError("odd"))
    _queue("a"), _queue("b"), _queue("c")
    assert actions.sweep() == 2


@pytest.mark.act("notice.fail")
def test_an_unknown_address_is_a_task_for_the_registrar(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = smtplib.SMTPRecipientsRefused({"anna@example.ru": (550, b"no such user")})
    _Server(monkeypatch, refused)
    notice = _queue()
    actions.sweep()
    assert _again(notice).state == NoticeState.FAILED
    assert [one.id for one in failed(VERA)] == [notice.pk]
    assert not failed(Actor(ActorKind.REGISTRAR, uuid7(), organisation=uuid7()))


def test_a_full_mailbox_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    _Server(monkeypatch, smtplib.SMTPRecipientsRefused({"anna@example.ru": (452, b"full")}))
    notice = _queue()
    actions.sweep()
    assert _again(notice).state == NoticeState.QUEUED


def test_a_day_without_mail_loses_nothing(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = [OSError() for _ in range(24 * 12)]
    _Server(monkeypatch, *errors)
    notice = _queue()
    for _ in range(24 * 4):
        clock.forward(minutes=15)
        actions.sweep()
    assert _again(notice).state == NoticeState.QUEUED
    clock.forward(hours=GIVE_UP_AFTER / timedelta(hours=1) - 24)
    actions.sweep()
    assert _again(notice).state == NoticeState.FAILED


@pytest.mark.act("notice.retry")
def test_a_registrar_sends_again_to_a_corrected_address(monkeypatch: pytest.MonkeyPatch) -> None:
    _Server(monkeypatch, smtplib.SMTPRecipientsRefused({"anna@exmaple.ru": (550, b"no")}))
    notice = _queue(to="anna@exmaple.ru")
    actions.sweep()
    actions.retry(VERA, notice.pk, to="anna@example.ru")
    run_deferred("notices.send")
    assert mail.outbox[-1].to == ["anna@example.ru"]
    with pytest.raises(Refusal, match="wrong_state"):
        actions.retry(VERA, notice.pk)


def test_a_stranger_cannot_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    _Server(monkeypatch, smtplib.SMTPRecipientsRefused({"anna@example.ru": (550, b"no")}))
    notice = _queue()
    actions.sweep()
    for stranger in (
        Actor(ActorKind.REGISTRAR, uuid7(), organisation=uuid7()),
        Actor(ActorKind.PATIENT, uuid7()),
        Actor(ActorKind.DOCTOR, uuid7(), organisation=ORGANISATION),
    ):
        with pytest.raises(Refusal, match="missing"):
            actions.retry(stranger, notice.pk)


@pytest.mark.parametrize(
    "subject", ["Время\r\nBcc: all@example.ru", "Время\nX: 1", "Время\x0bX", "Время\u2028X"]
)
def test_a_subject_injects_no_header(subject: str) -> None:
    _queue(letter=Letter(subject, "текст", "<p>текст</p>"))
    run_deferred("notices.send")
    message: Message = mail.outbox[0].message()
    assert "Bcc" not in message
    assert "X" not in message
    assert mail.outbox[0].recipients() == ["anna@example.ru"]


@pytest.mark.parametrize(
    "to", ["", "anna", "anna@example.ru\r\nBcc: b@example.ru", "a@b.ru, c@d.ru", "a b@c.ru"]
)
def test_an_odd_address_is_refused(to: str) -> None:
    with pytest.raises(Refusal, match=r"notice\.address"):
        _queue(to=to)


def test_text_and_html_say_the_same() -> None:
    words = Words(
        subject="Время назначено",
        lead="Назначено время <консультации>",
        sender="Поликлиника № 38",
        lines=("Чат уже открыт.",),
        facts=(("Когда", "23 ноября 2026, 14:20 (МСК)"),),
        button="Открыть чат",
        url="https://priyom.example/my/",
        after=("Если время не подходит, попросите другое.",),
    )
    letter = compose(words)
    for part in ("Чат уже открыт.", "14:20 (МСК)", "Открыть чат", words.url, *words.after):
        assert part in letter.text
        assert part in letter.html
    assert "<консультации>" in letter.text
    assert "&lt;консультации&gt;" in letter.html


def test_the_calendar_is_in_moscow_time_and_names_nothing_medical(clock: Clock) -> None:
    about = UUID("01930000-0000-7000-8000-000000000001")
    invitation = Invitation(
        about=about,
        host="priyom.example",
        sequence=2,
        starts_at=clock.instant,
        ends_at=clock.instant + timedelta(minutes=20),
        sender="priyom@priyom.example",
        attendee="anna@example.ru",
        url="https://priyom.example/my/",
    )
    text = calendar(invitation)
    assert "METHOD:REQUEST" in text
    assert f"UID:{about}@priyom.example" in text
    assert "SEQUENCE:2" in text
    assert "DTSTART;TZID=Europe/Moscow:" in text
    assert "TZOFFSETTO:+0300" in text
    assert "SUMMARY:Консультация в поликлинике" in text
    _queue(letter=Letter("Время", "текст", "<p>текст</p>", text))
    run_deferred("notices.send")
    parts = [part.get_content_type() for part in mail.outbox[0].message().walk()]
    assert parts.count("text/calendar") == 1
