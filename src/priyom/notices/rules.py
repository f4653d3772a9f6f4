"""Life of a letter and how long it is tried."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

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
