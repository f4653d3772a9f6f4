"""Life of a letter and how long it is tried."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

from priyom.kernel.machine import Machine


class NoticeState(StrEnum):
    """State of a notice (process.md)."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class NoticeAct(StrEnum):
    """What happens to a notice."""

    DELIVER = "deliver"
    FAIL = "fail"
    RETRY = "retry"


NOTICE = Machine(
    name="notice",
    title="Письмо",
    transitions={
        (NoticeState.QUEUED, NoticeAct.DELIVER): NoticeState.SENT,
        (NoticeState.QUEUED, NoticeAct.FAIL): NoticeState.FAILED,
        (NoticeState.FAILED, NoticeAct.RETRY): NoticeState.QUEUED,
    },
    labels={
        NoticeState.QUEUED: "в очереди",
        NoticeState.SENT: "отправлено",
        NoticeState.FAILED: "не доставлено",
    },
    automatic=frozenset({NoticeAct.DELIVER, NoticeAct.FAIL}),
)

MACHINES = (NOTICE,)

GIVE_UP_AFTER = timedelta(hours=36)
"""A mail server may be down for a day (process.md step 3); then a registrar hears of it."""


def pause_before(attempt: int) -> timedelta:
    """Return how long to wait before the next try: 10 s, doubled up to 15 minutes."""
    return min(timedelta(seconds=10 * 2 ** min(attempt, 10)), timedelta(minutes=15))


CLAIMED_FOR = timedelta(minutes=2)
"""How long a letter in the hands of a worker is left alone; longer than any try of SMTP lasts."""


def message_id(key: str, host: str) -> str:
    """Return the one Message-ID of an event's letter: tries and repeats carry the same."""
    return f"<{uuid5(NAMESPACE_URL, f'priyom:notice:{key}')}@{host}>"


def is_over(queued_at: datetime, now: datetime) -> bool:
    """Tell whether the letter was tried long enough; both instants aware."""
    return now - queued_at >= GIVE_UP_AFTER
