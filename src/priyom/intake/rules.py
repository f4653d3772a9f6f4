"""Life of a request of the ЖОЗ and its terms."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from priyom.kernel.machine import Machine


class RequestState(StrEnum):
    """State of a request (process.md)."""

    NEW = "new"
    TAKEN = "taken"
    SCHEDULED = "scheduled"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    EXPIRED = "expired"


class RequestAct(StrEnum):
    """What is done with a request."""

    TAKE = "take"
    RELEASE = "release"
    TIME_OUT = "time_out"
    BOOK = "book"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    MARK_DUPLICATE = "mark_duplicate"
    EXPIRE = "expire"
    REOPEN = "reopen"
    SEND_BACK = "send_back"


_S = RequestState
_A = RequestAct

REQUEST = Machine(
    name="request",
    title="Заявка",
    transitions={
        (_S.NEW, _A.TAKE): _S.TAKEN,
        (_S.TAKEN, _A.RELEASE): _S.NEW,
        (_S.TAKEN, _A.TIME_OUT): _S.NEW,
        (_S.TAKEN, _A.BOOK): _S.SCHEDULED,
        (_S.NEW, _A.BOOK): _S.SCHEDULED,
        (_S.TAKEN, _A.DECLINE): _S.DECLINED,
        (_S.NEW, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.TAKEN, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.TAKEN, _A.MARK_DUPLICATE): _S.DUPLICATE,
        (_S.NEW, _A.EXPIRE): _S.EXPIRED,
        (_S.SCHEDULED, _A.SEND_BACK): _S.NEW,
        (_S.DECLINED, _A.REOPEN): _S.NEW,
        (_S.WITHDRAWN, _A.REOPEN): _S.NEW,
        (_S.DUPLICATE, _A.REOPEN): _S.NEW,
        (_S.EXPIRED, _A.REOPEN): _S.NEW,
    },
    labels={
        _S.NEW: "новая",
        _S.TAKEN: "в работе",
        _S.SCHEDULED: "назначена",
        _S.DECLINED: "отказ",
        _S.WITHDRAWN: "отозвана пациентом",
        _S.DUPLICATE: "повтор",
        _S.EXPIRED: "срок вышел",
    },
    automatic=frozenset({_A.TIME_OUT, _A.EXPIRE, _A.SEND_BACK}),
)

MACHINES = (REQUEST,)

TAKEN_FOR = timedelta(minutes=15)
"""A taken request returns to the journal when its registrar is silent so long."""
