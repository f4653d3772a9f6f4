"""Letters: into the act's own transaction, out by a worker; at least once, with one Message-ID."""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import connection, transaction
from procrastinate.contrib.django import app

from priyom.audit.actions import record
from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM, Actor
from priyom.kernel.refusal import Refusal, RefusalKind, missing
from priyom.notices.letter import Letter
from priyom.notices.models import Notice
from priyom.notices.rules import (
    CLAIMED_FOR,
    NOTICE,
    NoticeAct,
    NoticeState,
    is_over,
    message_id,
    pause_before,
)

_log = logging.getLogger(__name__)
MOST = 5
"""Times that one job is begun: it may be what kills its worker."""
_ABANDONED = """
SELECT job.id, job.queueing_lock IS NOT NULL OR job.attempts >= %(most)s
FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.status = 'doing'
    AND (worker.id IS NULL OR worker.last_heartbeat < now() - interval '2 minutes')
FOR UPDATE OF job SKIP LOCKED
"""
_AGAIN = "SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)"
_GIVE_UP = "SELECT procrastinate_finish_job_v1(%s, 'failed', false)"
SEND = "notices.send"
"""Name of the job that delivers one letter at once (notices.jobs)."""


def queue(organisation: UUID, key: str, to: str, letter: Letter, about: UUID) -> Notice:
    """Put a letter into the caller's transaction; a second one with the same `key` is the first.

    `key` names the event and the person («booked:<id>:patient»), `about` is the opaque id of what
    the letter is about. Raises Refusal (invalid) for an address that is none.
    """
    to = to.strip()
    try:
        validate_email(to)
    except ValidationError:
        raise Refusal(
            "notice.address",
            RefusalKind.INVALID,
            "Проверьте адрес почты: похоже на опечатку.",
            field="email",
        ) from None
    now = clock.now()
    with transaction.atomic():
        notice, is_new = Notice.objects.get_or_create(
            key=key,
            defaults={
                "organisation": organisation,
                "message_id": message_id(key, host()),
                "to": to,
                "subject": letter.subject,
                "text": letter.text,
                "html": letter.html,
                "calendar": letter.calendar,
                "about": about,
                "next_attempt_at": now,
                "queued_at": now,
            },
        )
        if is_new:
            _wake(notice)
    return notice


def deliver(notice_id: UUID) -> bool:
    """Send one letter that is due; True when it went out.

    Claims it first and commits, so nothing is locked while SMTP talks and a worker that dies
    leaves it to the sweeper. Never raises for what a mail server or an address does.
    """
    notice = _claim(notice_id)
    if notice is None:
        return False
    try:
        _message(notice).send()
    except Exception as error:
        _log.warning("letter %s, try %s: %s", notice.pk, notice.attempts, type(error).__name__)
        _keep_failure(notice, error)
        return False
    sent = Notice.objects.filter(pk=notice.pk, state=NoticeState.QUEUED).update(
        state=NoticeState.SENT, sent_at=clock.now(), failure=""
    )
    if sent:
        record(SYSTEM, "notice.deliver", ("notice", notice.pk))
    return True


def retry(actor: Actor, notice_id: UUID, *, to: str = "") -> Notice:
    """A registrar sends a failed letter again, to a corrected address if given.

    Raises Refusal: missing for another МО, conflict when it did not fail, invalid address.
    """
    if to:
        try:
            validate_email(to.strip())
        except ValidationError:
            raise Refusal(
                "notice.address",
                RefusalKind.INVALID,
                "Проверьте адрес почты: похоже на опечатку.",
                field="to",
            ) from None
    with transaction.atomic():
        notice = (
            Notice.objects.select_for_update()
            .filter(pk=notice_id, organisation=actor.workplace)
            .first()
        )
        if notice is None or not actor.keeps_registry:
            raise missing("Письмо")
        notice.state = NOTICE.after(NoticeState(notice.state), NoticeAct.RETRY)
        notice.to = to.strip() or notice.to
        notice.attempts, notice.failure = 0, ""
        notice.queued_at = notice.next_attempt_at = clock.now()
        notice.save()
        record(actor, "notice.retry", ("notice", notice.pk))
        _wake(notice)
    return notice


def sweep(limit: int = 500) -> int:
    """Deliver what is due: tries that follow a failure, letters of a worker that died.

    Returns how many went out; one letter's trouble never stops the next.
    """
    due = Notice.objects.filter(state=NoticeState.QUEUED, next_attempt_at__lte=clock.now())
    keys = list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])
    return sum(deliver(key) for key in keys)


def revive() -> int:
    """Begin jobs of every room anew whose worker died in them; return how many there were.

    Until then they hold their lock, and nothing behind them would ever run. What comes by the clock
    is given up (its next minute makes up for it), and so is what has been begun MOST times.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ABANDONED, {"most": MOST})
        found = cursor.fetchall()
        for key, is_over in found:
            cursor.execute(_GIVE_UP if is_over else _AGAIN, [key])
    if found:
        _log.warning("%d jobs of a worker that died were taken up", len(found))
    return len(found)


def host() -> str:
    """Return the domain of our addresses: Message-ID and calendar UID."""
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"


def sender() -> str:
    """Return the bare address that letters come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _wake(notice: Notice) -> None:
    """Defer the delivery in the same transaction: the job is the outbox's bell, not its memory."""
    app.configure_task(SEND).defer(notice_id=str(notice.pk))


def _claim(notice_id: UUID) -> Notice | None:
    now = clock.now()
    with transaction.atomic():
        notice = (
            Notice.objects.select_for_update(skip_locked=True)
            .filter(pk=notice_id, state=NoticeState.QUEUED, next_attempt_at__lte=now)
            .first()
        )
        if notice is None:
            return None
        notice.attempts += 1
        notice.next_attempt_at = now + CLAIMED_FOR
        notice.save(update_fields=["attempts", "next_attempt_at"])
        return notice


def _message(notice: Notice) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=notice.subject,
        body=notice.text,
        to=[notice.to],
        headers={
            "Message-ID": notice.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(notice.html, "text/html")
    if notice.calendar:
        method = "CANCEL" if "METHOD:CANCEL" in notice.calendar else "REQUEST"
        kind = f"text/calendar; method={method}; charset=utf-8"
        message.attach("priyom.ics", notice.calendar.encode("utf-8"), kind)
    return message


def _keep_failure(notice: Notice, error: Exception) -> None:
    now = clock.now()
    change: dict[str, str | datetime] = {"failure": _words_for(error)}
    if _is_permanent(error) or is_over(notice.queued_at, now):
        change["state"] = NOTICE.after(NoticeState.QUEUED, NoticeAct.FAIL)
    else:
        change["next_attempt_at"] = now + pause_before(notice.attempts)
    with transaction.atomic():
        Notice.objects.filter(pk=notice.pk, state=NoticeState.QUEUED).update(**change)
        if "state" in change:
            record(SYSTEM, "notice.fail", ("notice", notice.pk))


def _is_permanent(error: Exception) -> bool:
    """Tell whether the address or the letter was refused for good; a sign-in trouble is ours."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _words_for(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return (
            "почтовый сервер не знает такого адреса"
            if _is_permanent(error)
            else ("почтовый сервер просит повторить позже")
        )
    if isinstance(error, smtplib.SMTPDataError):
        return "почтовый сервер не принял письмо"
    if isinstance(error, OSError):
        return "почтовый сервер не отвечает"
    return "письмо не удалось отправить"
