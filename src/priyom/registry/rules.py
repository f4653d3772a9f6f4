"""Life of a registration, how long it is tried, and what keeps a document from being sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from priyom.kernel.machine import Machine


class RegistrationKind(StrEnum):
    """What the registry is told of a version: the document, later perhaps that it was withdrawn."""

    DOCUMENT = "document"
    WITHDRAWAL = "withdrawal"


class RegistrationState(StrEnum):
    """State of a registration (domain.md 9)."""

    WAITING = "waiting"
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    HELD_BACK = "held_back"


class RegistrationAct(StrEnum):
    """What happens to a registration."""

    SEND = "send"
    ACCEPT = "accept"
    REFUSE = "refuse"
    GIVE_UP = "give_up"
    RESEND = "resend"
    HOLD_BACK = "hold_back"


_S = RegistrationState
_A = RegistrationAct

REGISTRATION = Machine(
    name="registration",
    title="Регистрация документа",
    transitions={
        (_S.WAITING, _A.SEND): _S.SENT,
        (_S.WAITING, _A.ACCEPT): _S.ACCEPTED,
        (_S.WAITING, _A.REFUSE): _S.REFUSED,
        (_S.WAITING, _A.GIVE_UP): _S.GIVEN_UP,
        (_S.WAITING, _A.HOLD_BACK): _S.HELD_BACK,
        (_S.SENT, _A.ACCEPT): _S.ACCEPTED,
        (_S.SENT, _A.REFUSE): _S.REFUSED,
        (_S.SENT, _A.GIVE_UP): _S.GIVEN_UP,
        (_S.REFUSED, _A.RESEND): _S.WAITING,
        (_S.GIVEN_UP, _A.RESEND): _S.WAITING,
    },
    labels={
        _S.WAITING: "ждёт отправки",
        _S.SENT: "отправлено, ждём ответа",
        _S.ACCEPTED: "зарегистрировано",
        _S.REFUSED: "не принято",
        _S.GIVEN_UP: "ответа нет",
        _S.HELD_BACK: "отправлять не нужно",
    },
    automatic=frozenset({_A.SEND, _A.ACCEPT, _A.REFUSE, _A.GIVE_UP, _A.HOLD_BACK}),
)

MACHINES = (REGISTRATION,)

STUCK = frozenset({_S.REFUSED, _S.GIVEN_UP})
"""Somebody must look at these."""
MAY_BE_KNOWN = frozenset({_S.ACCEPTED, _S.GIVEN_UP})
"""The registry has the document, or may have it: it must hear of a withdrawal."""
ON_THE_WAY = frozenset({_S.WAITING, _S.SENT})
LATELY, REMEMBERED = timedelta(hours=2), timedelta(days=30)
"""How far back signed versions without a registration are looked for: each minute, each hour."""
GIVE_UP_AFTER = timedelta(days=3)
"""A registry may be down over a weekend."""
CLAIMED_FOR = timedelta(minutes=2)
"""How long a document in the hands of a worker is left alone; longer than any try lasts."""
ASKED_EVERY = timedelta(minutes=10)
"""How often an answer is looked for that did not come at once."""
SILENCE = "реестр не отвечает"
UNREADABLE = "документ не удаётся прочитать, об этом сказано администратору в журнале"
WITHDRAWN = "Заключение отозвано раньше, чем его отправили."
SUPERSEDED = "Заменено новой версией раньше, чем его отправили: отправляется она."


def pause_before(attempt: int) -> timedelta:
    """Return how long to wait before the next try: a minute, doubled up to four hours."""
    return min(timedelta(minutes=2 ** min(attempt - 1, 10)), timedelta(hours=4))


def is_over(queued_at: datetime, now: datetime) -> bool:
    """Tell whether it was tried long enough; both instants aware."""
    return now - queued_at >= GIVE_UP_AFTER
