"""Life of a video call; it is not the life of the consultation."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from priyom.kernel.machine import Machine


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
HEARTBEAT_EVERY = timedelta(seconds=10)
LOST_AFTER = timedelta(seconds=60)
"""A job ends a call whose heartbeats stopped so long ago."""
