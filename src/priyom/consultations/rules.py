"""Life of a consultation and of a consent; which log kinds people send."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from priyom.kernel.clock import MOSCOW
from priyom.kernel.machine import Machine
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import Refusal, RefusalKind


class ConsultationState(StrEnum):
    """State of a consultation (process.md)."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    CONCLUDING = "concluding"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    RETURNED = "returned"


class ConsultationAct(StrEnum):
    """What is done with a consultation."""

    BEGIN = "begin"
    ASK = "ask"
    HAND_OVER = "hand_over"
    TAKE_OVER = "take_over"
    RESCHEDULE = "reschedule"
    ASK_TO_MOVE = "ask_to_move"
    FORM = "form"
    REVISE = "revise"
    COMPLETE = "complete"
    CANCEL = "cancel"
    MISS = "miss"
    RETURN = "return"


_S = ConsultationState
_A = ConsultationAct

CONSULTATION = Machine(
    name="consultation",
    title="Консультация",
    transitions={
        (_S.SCHEDULED, _A.BEGIN): _S.IN_PROGRESS,
        (_S.SCHEDULED, _A.ASK): _S.SCHEDULED,
        (_S.IN_PROGRESS, _A.ASK): _S.IN_PROGRESS,
        (_S.SCHEDULED, _A.HAND_OVER): _S.SCHEDULED,
        (_S.IN_PROGRESS, _A.HAND_OVER): _S.IN_PROGRESS,
        (_S.SCHEDULED, _A.TAKE_OVER): _S.SCHEDULED,
        (_S.IN_PROGRESS, _A.TAKE_OVER): _S.IN_PROGRESS,
        (_S.SCHEDULED, _A.RESCHEDULE): _S.SCHEDULED,
        (_S.SCHEDULED, _A.ASK_TO_MOVE): _S.SCHEDULED,
        (_S.IN_PROGRESS, _A.FORM): _S.CONCLUDING,
        (_S.CONCLUDING, _A.REVISE): _S.IN_PROGRESS,
        (_S.CONCLUDING, _A.COMPLETE): _S.COMPLETED,
        (_S.SCHEDULED, _A.CANCEL): _S.CANCELLED,
        (_S.IN_PROGRESS, _A.CANCEL): _S.CANCELLED,
        (_S.CONCLUDING, _A.CANCEL): _S.CANCELLED,
        (_S.SCHEDULED, _A.MISS): _S.NO_SHOW,
        (_S.IN_PROGRESS, _A.MISS): _S.NO_SHOW,
        (_S.SCHEDULED, _A.RETURN): _S.RETURNED,
    },
    labels={
        _S.SCHEDULED: "назначена",
        _S.IN_PROGRESS: "идёт",
        _S.CONCLUDING: "врач подписывает заключение",
        _S.COMPLETED: "завершена",
        _S.CANCELLED: "отменена",
        _S.NO_SHOW: "пациент не пришёл",
        _S.RETURNED: "врач вернул в журнал",
    },
    automatic=frozenset({_A.COMPLETE, _A.FORM, _A.REVISE}),
)
"""form, revise and complete are started by the acts of the conclusion, in its transaction."""


class ConsentState(StrEnum):
    """State of a consent (process.md)."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class ConsentAct(StrEnum):
    """What is done with a consent; giving one makes the row."""

    WITHDRAW = "withdraw"


CONSENT = Machine(
    name="consent",
    title="Согласие",
    transitions={(ConsentState.GIVEN, ConsentAct.WITHDRAW): ConsentState.WITHDRAWN},
    labels={ConsentState.GIVEN: "дано", ConsentState.WITHDRAWN: "отозвано"},
)

MACHINES = (CONSULTATION, CONSENT)

LIVE = frozenset({_S.SCHEDULED, _S.IN_PROGRESS, _S.CONCLUDING})
OPEN_CHAT = frozenset({_S.SCHEDULED, _S.IN_PROGRESS})
"""States in which people may write; the database's closing trigger knows the same two."""
KEEPS_SLOT = frozenset(set(ConsultationState) - {_S.CANCELLED, _S.RETURNED})


class EntryKind(StrEnum):
    """Kind of a log entry: what people send, then what acts write."""

    MESSAGE = "message"
    FILE = "file"
    VOICE = "voice"
    VIDEO = "video"
    CALL = "call"
    OPENED = "opened"
    CONSENTED = "consented"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    BEGUN = "begun"
    ASKED = "asked"
    HANDED_OVER = "handed_over"
    RESCHEDULED = "rescheduled"
    MOVE_ASKED = "move_asked"
    FORMED = "formed"
    REVISED = "revised"
    COMPLETED = "completed"
    AMENDED = "amended"
    CONCLUSION_WITHDRAWN = "conclusion_withdrawn"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    RETURNED = "returned"
    CALL_ENDED = "call_ended"


PEOPLE_SEND = (
    EntryKind.MESSAGE,
    EntryKind.FILE,
    EntryKind.VOICE,
    EntryKind.VIDEO,
    EntryKind.CALL,
)

CONSENT_VERSION = "2026-11"
BEGIN_EARLIEST = timedelta(minutes=15)
"""How long before its time a doctor may begin."""
NO_SHOW_AFTER = timedelta(minutes=10)
"""How long a doctor waits before marking a no-show (domain.md 8, case 17)."""
WISH_LIMIT = 300
"""Characters of a wish for another time."""
TEXT_LIMIT = 8_000
"""Bytes of UTF-8 in one message."""


def too_early(what: str, at: datetime) -> Refusal:
    """Return the refusal of an act whose time has not come; `at` is the instant (UTC)."""
    return Refusal(
        "consultation.too_early",
        RefusalKind.CONFLICT,
        f"{what} можно с {at.astimezone(MOSCOW):%H:%M} (МСК).",
    )


def too_late(until: datetime, phone: str) -> Refusal:
    """Return the refusal of a patient's own change after the МО's limit; `phone` is E.164."""
    day = until.astimezone(MOSCOW)
    return Refusal(
        "consultation.too_late",
        RefusalKind.CONFLICT,
        f"Самостоятельно перенести или отменить можно было до {day:%d.%m, %H:%M} (МСК). "
        f"Позвоните в регистратуру: {show_phone(phone)}.",
    )


def consent_needed(*, to_doctor: bool = False) -> Refusal:
    """Return the refusal of what needs the informed consent first."""
    text = (
        "Пациент ещё не подписал согласие на консультацию. Он сделает это при входе в чат; "
        "напомнить может регистратура."
        if to_doctor
        else "Сначала прочитайте и примите согласие на консультацию: без него чат не откроется."
    )
    return Refusal("consultation.consent_needed", RefusalKind.CONFLICT, text)


def patient_died() -> Refusal:
    """Return the refusal of a consultation for somebody whose death is noted."""
    return Refusal(
        "consultation.book.died",
        RefusalKind.CONFLICT,
        "В карте отмечена дата смерти. Проверьте, та ли это карта.",
        field="patient",
    )


def not_waiting() -> Refusal:
    """Return the refusal of taking over what needs nobody any more."""
    return Refusal(
        "consultation.take_over.not_waiting",
        RefusalKind.CONFLICT,
        "Эта консультация уже никого не ждёт: врач ответил или её взял коллега.",
    )


def chat_closed() -> Refusal:
    """Return the refusal of whatever people send into a frozen or closed chat."""
    return Refusal(
        "consultation.chat_closed",
        RefusalKind.CONFLICT,
        "Чат закрыт, написать в него уже нельзя. Если нужна ещё консультация, оставьте заявку.",
    )
