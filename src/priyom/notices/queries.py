"""Reads of letters for the lists of the rooms above."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from priyom.kernel.actor import Actor
from priyom.notices.models import Notice
from priyom.notices.rules import NOTICE, NoticeState


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One letter's fate; `about` is the opaque id it was queued with, instants UTC."""

    id: UUID
    about: UUID
    to: str
    subject: str
    state: str
    failure: str
    attempts: int
    queued_at: datetime
    sent_at: datetime | None

    @property
    def words(self) -> str:
        """Return the state in Russian: «в очереди», «отправлено», «не доставлено»."""
        return NOTICE.labels[NoticeState(self.state)]


def failed(actor: Actor, limit: int = 100) -> tuple[NoticeView, ...]:
    """Return the letters of the actor's МО that did not arrive, newest first."""
    found = Notice.objects.filter(organisation=actor.workplace, state=NoticeState.FAILED)
    return tuple(_view(notice) for notice in found.order_by("-queued_at")[:limit])


def letters_about(organisation: UUID, about: Iterable[UUID]) -> tuple[NoticeView, ...]:
    """Return the letters of one МО about the given things, oldest first."""
    found = Notice.objects.filter(organisation=organisation, about__in=list(about))
    return tuple(_view(notice) for notice in found.order_by("queued_at"))


def known_keys(keys: Iterable[str]) -> frozenset[str]:
    """Return those of the keys that have a letter already, whatever became of it."""
    return frozenset(Notice.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def is_sent(start: str) -> bool:
    """Tell whether a letter whose key begins so has really gone out."""
    return Notice.objects.filter(key__startswith=start, state=NoticeState.SENT).exists()


def _view(notice: Notice) -> NoticeView:
    return NoticeView(
        id=notice.pk,
        about=notice.about,
        to=notice.to,
        subject=notice.subject,
        state=str(notice.state),
        failure=notice.failure,
        attempts=notice.attempts,
        queued_at=notice.queued_at,
        sent_at=notice.sent_at,
    )
