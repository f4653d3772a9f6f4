"""How long sessions, tickets and sign-ins live, and what is said to those who cannot come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from priyom.kernel.refusal import Refusal, RefusalKind

LONGEST = timedelta(hours=12)
"""No session outlives this, however busy (reliability.md P15)."""
TICKET_LIVES = timedelta(seconds=30)
STREAM_LIVES = LONGEST
SIGN_IN_LIVES = timedelta(minutes=10)
TOUCH_EVERY = timedelta(minutes=1)
"""A session's end is moved at most so often: not every page needs a write."""


PACE = timedelta(minutes=1)
"""The window in which knocks at a door that is open to anybody are counted."""


class Level(StrEnum):
    """How far ЕСИА has checked a person (domain.md 3.3)."""

    SIMPLE = "simple"
    STANDARD = "standard"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class Identity:
    """Who ЕСИА says this is. `oid` is the key; `email` is "" unless ЕСИА verified it.

    `snils` has 11 digits or is "", `birth_on` is a calendar date.
    """

    oid: str
    family: str
    given: str
    patronymic: str
    birth_on: date | None
    snils: str
    email: str
    is_trusted: bool
    level: Level


@dataclass(frozen=True)
class UnderWay:
    """One sign-in of one browser, between our page and the answer of ЕСИА."""

    state: str
    nonce: str
    verifier: str
    next_path: str


def session_ends_at(now: datetime, began_at: datetime, idle: timedelta) -> datetime:
    """Return when a session ends that is used at `now`: the idle limit, never past the longest."""
    return min(now + idle, began_at + LONGEST)


def require_level(level: Level) -> None:
    """Refuse an упрощённая account: СПб takes стандартная or подтверждённая (domain.md 1, 3.3)."""
    if level is Level.SIMPLE:
        raise Refusal(
            "sign_in.simple",
            RefusalKind.FORBIDDEN,
            "Ваша учётная запись на Госуслугах упрощённая: личность по ней не проверена, поэтому "
            "показать медицинские данные мы не можем. Добавьте на Госуслугах паспорт и СНИЛС и "
            "дождитесь проверки, обычно это несколько минут. Потом войдите снова.",
        )


def cancelled() -> Refusal:
    """The person said no on the page of ЕСИА."""
    return Refusal(
        "sign_in.cancelled",
        RefusalKind.FORBIDDEN,
        "Вы отменили вход. Мы ничего не узнали и не сохранили. "
        "Когда будете готовы, начните вход ещё раз.",
    )


def foreign() -> Refusal:
    """No such sign-in of this browser: forged, replayed, or begun elsewhere."""
    return Refusal(
        "sign_in.foreign",
        RefusalKind.CONFLICT,
        "Этот вход уже использован или начат в другом браузере. Чтобы никто не вошёл вместо вас, "
        "мы его не приняли. Начните вход ещё раз здесь.",
    )


def expired() -> Refusal:
    """The person came back from ЕСИА too late."""
    return Refusal(
        "sign_in.expired",
        RefusalKind.CONFLICT,
        "Вход занял больше 10 минут, и мы его закрыли. Начните вход ещё раз.",
    )


def unavailable() -> Refusal:
    """ЕСИА does not answer or answers with an error of its own."""
    return Refusal(
        "sign_in.unavailable",
        RefusalKind.CONFLICT,
        "Госуслуги сейчас не отвечают. Это не из-за вас. Попробуйте через несколько минут; "
        "если помощь нужна сегодня, позвоните в регистратуру.",
    )


def untrusted(why: str) -> Refusal:
    """The answer of ЕСИА did not pass the check `why` (a code for the log, not for people)."""
    return Refusal(
        f"sign_in.untrusted.{why}",
        RefusalKind.FORBIDDEN,
        "Ответ Госуслуг не прошёл проверку, и мы его не приняли. Начните вход ещё раз. "
        "Если повторится, позвоните в регистратуру.",
    )


def switched_off() -> Refusal:
    """The account was closed by an administrator."""
    return Refusal(
        "sign_in.switched_off",
        RefusalKind.FORBIDDEN,
        "Вход для этой учётной записи закрыт. Позвоните в регистратуру своей поликлиники, "
        "там помогут.",
    )


def signed_out() -> Refusal:
    """The act needs a session and there is none any more."""
    return Refusal(
        "signed_out", RefusalKind.FORBIDDEN, "Сеанс закончился. Войдите ещё раз, чтобы продолжить."
    )


def login_taken() -> Refusal:
    """Two members of staff cannot share a login."""
    return Refusal(
        "accounts.login_taken",
        RefusalKind.CONFLICT,
        "Такой логин уже есть. Придумайте другой.",
        field="login",
    )


def too_often() -> Refusal:
    """Return the answer to an address that knocks at an open door too often."""
    return Refusal(
        "pace.too_often",
        RefusalKind.TOO_MANY,
        "С вашего адреса слишком много обращений подряд. Подождите минуту и повторите.",
    )
