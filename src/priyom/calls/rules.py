"""Life of a video call; it is not the life of the consultation."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from priyom.kernel.machine import Machine
from priyom.kernel.refusal import Refusal, RefusalKind


class CallState(StrEnum):
    """State of a call."""

    RINGING = "ringing"
    ACTIVE = "active"
    ENDED = "ended"
    MISSED = "missed"
    DECLINED = "declined"


class CallAct(StrEnum):
    """What is done with a call; ringing makes the row."""

    ACCEPT = "accept"
    DECLINE = "decline"
    LEAVE = "leave"
    REJOIN = "rejoin"
    END = "end"
    EXPIRE = "expire"


_S = CallState
_A = CallAct

CALL = Machine(
    name="call",
    title="Звонок",
    transitions={
        (_S.RINGING, _A.ACCEPT): _S.ACTIVE,
        (_S.RINGING, _A.DECLINE): _S.DECLINED,
        (_S.RINGING, _A.END): _S.MISSED,
        (_S.RINGING, _A.EXPIRE): _S.MISSED,
        (_S.ACTIVE, _A.LEAVE): _S.ACTIVE,
        (_S.ACTIVE, _A.REJOIN): _S.ACTIVE,
        (_S.ACTIVE, _A.END): _S.ENDED,
        (_S.ACTIVE, _A.EXPIRE): _S.ENDED,
    },
    labels={
        _S.RINGING: "вызов",
        _S.ACTIVE: "идёт",
        _S.ENDED: "завершён",
        _S.MISSED: "пропущен",
        _S.DECLINED: "отклонён",
    },
    automatic=frozenset({_A.EXPIRE}),
)

MACHINES = (CALL,)

RING_FOR = timedelta(seconds=45)
LOST_AFTER = timedelta(seconds=60)
"""A job ends a call whose heartbeats stopped so long ago."""


def seconds_of(answered_at: datetime | None, ended_at: datetime | None) -> int:
    """Return how many whole seconds both could speak; 0 for a call nobody took."""
    if answered_at is None or ended_at is None:
        return 0
    return max(0, int((ended_at - answered_at).total_seconds()))


def only_in_talk() -> Refusal:
    """Return the refusal of a call outside the consultation's own time."""
    return Refusal(
        "call.only_in_talk",
        RefusalKind.CONFLICT,
        "Позвонить можно, когда консультация начата. Нажмите «Начать консультацию».",
    )


def already_rings() -> Refusal:
    """Return the refusal of a second call beside a living one."""
    return Refusal(
        "call.already",
        RefusalKind.CONFLICT,
        "Звонок уже идёт. Вернитесь в него или завершите.",
    )


def talk_over() -> Refusal:
    """Return the refusal of a call that outlived its consultation."""
    return Refusal(
        "call.talk_over",
        RefusalKind.CONFLICT,
        "Консультация закончилась, звонок тоже. Обновите страницу.",
    )
