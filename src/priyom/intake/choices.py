"""What becomes of a lost time and of an offered one: absences, transfers, proposals."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from priyom.kernel.machine import Machine
from priyom.kernel.refusal import Refusal, RefusalKind


class AbsenceState(StrEnum):
    """State of a doctor's absence."""

    PREPARED = "prepared"
    TOLD = "told"
    UNDONE = "undone"


class AbsenceAct(StrEnum):
    """What is done with an absence."""

    TELL = "tell"
    UNDO = "undo"


ABSENCE = Machine(
    name="absence",
    title="Отсутствие врача",
    transitions={
        (AbsenceState.PREPARED, AbsenceAct.TELL): AbsenceState.TOLD,
        (AbsenceState.PREPARED, AbsenceAct.UNDO): AbsenceState.UNDONE,
    },
    labels={
        AbsenceState.PREPARED: "подготовлено, пациенты ещё не знают",
        AbsenceState.TOLD: "пациентам сообщили",
        AbsenceState.UNDONE: "отменено",
    },
)


class TransferState(StrEnum):
    """What became of one consultation that an absence displaces."""

    WAITING = "waiting"
    MOVED = "moved"
    RETURNED = "returned"
    DROPPED = "dropped"


class TransferAct(StrEnum):
    """What is done with it."""

    CHOOSE = "choose"
    GIVE_BACK = "give_back"
    DROP = "drop"


TRANSFER = Machine(
    name="transfer",
    title="Перенос",
    transitions={
        (TransferState.WAITING, TransferAct.CHOOSE): TransferState.MOVED,
        (TransferState.WAITING, TransferAct.GIVE_BACK): TransferState.RETURNED,
        (TransferState.WAITING, TransferAct.DROP): TransferState.DROPPED,
    },
    labels={
        TransferState.WAITING: "ждёт ответа",
        TransferState.MOVED: "перенесено",
        TransferState.RETURNED: "заявка в журнале",
        TransferState.DROPPED: "уже не нужно",
    },
    automatic=frozenset({TransferAct.DROP}),
)


class ProposalState(StrEnum):
    """State of a time that is offered to somebody who waits."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class ProposalAct(StrEnum):
    """What is done with it."""

    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"


PROPOSAL = Machine(
    name="proposal",
    title="Предложение времени",
    transitions={
        (ProposalState.OFFERED, ProposalAct.ACCEPT): ProposalState.ACCEPTED,
        (ProposalState.OFFERED, ProposalAct.DECLINE): ProposalState.DECLINED,
        (ProposalState.OFFERED, ProposalAct.EXPIRE): ProposalState.EXPIRED,
        (ProposalState.OFFERED, ProposalAct.WITHDRAW): ProposalState.WITHDRAWN,
    },
    labels={
        ProposalState.OFFERED: "ждёт ответа",
        ProposalState.ACCEPTED: "принято",
        ProposalState.DECLINED: "не подошло",
        ProposalState.EXPIRED: "время вышло",
        ProposalState.WITHDRAWN: "отозвано",
    },
    automatic=frozenset({ProposalAct.EXPIRE}),
)


class TellingState(StrEnum):
    """State of what somebody without e-mail must hear by phone."""

    WAITING = "waiting"
    TOLD = "told"
    DROPPED = "dropped"


class TellingAct(StrEnum):
    """What came of a call, or that none is needed any more."""

    TELL = "tell"
    MISS = "miss"
    CALL_BACK = "call_back"
    DROP = "drop"


TELLING = Machine(
    name="telling",
    title="Оповещение по телефону",
    transitions={
        (TellingState.WAITING, TellingAct.TELL): TellingState.TOLD,
        (TellingState.WAITING, TellingAct.MISS): TellingState.WAITING,
        (TellingState.WAITING, TellingAct.CALL_BACK): TellingState.WAITING,
        (TellingState.WAITING, TellingAct.DROP): TellingState.DROPPED,
    },
    labels={
        TellingState.WAITING: "оповестить по телефону",
        TellingState.TOLD: "сообщили",
        TellingState.DROPPED: "уже не нужно",
    },
    automatic=frozenset({TellingAct.DROP}),
)


class News(StrEnum):
    """What there is to tell by phone."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    DISPLACED = "displaced"
    DECLINED = "declined"
    REOPENED = "reopened"


NEWS: dict[News, str] = {
    News.BOOKED: "назначено время",
    News.MOVED: "время перенесли",
    News.CANCELLED: "запись отменена, заявка снова в журнале",
    News.DISPLACED: "врача не будет, нужно выбрать другое время",
    News.DECLINED: "по заявке отказ",
    News.REOPENED: "заявка снова в работе",
}

LONGEST_ABSENCE = 60
"""Days of one absence."""
KEPT_FOR = timedelta(minutes=15)
"""How long an offered time waits for its patient."""


def not_told() -> Refusal:
    """Return the answer to a move before the people were told of the absence."""
    return Refusal(
        "transfer.not_told",
        RefusalKind.CONFLICT,
        "Пациентам ещё не сообщили. Сначала нажмите «Сообщить всем».",
    )


def over_already() -> Refusal:
    """Return the answer to a choice for what has moved, ended or changed hands another way."""
    return Refusal(
        "transfer.over",
        RefusalKind.CONFLICT,
        "Эта запись уже изменилась, другое время для неё выбирать не нужно.",
    )


def no_address() -> Refusal:
    """Return the answer to an offer that nobody would read: no card, or no e-mail."""
    return Refusal(
        "proposal.no_address",
        RefusalKind.CONFLICT,
        "Почты нет, ссылку прислать некуда. Позвоните и запишите по телефону.",
    )


def already_offered() -> Refusal:
    """Return the answer to a second offer of one time, or to one patient."""
    return Refusal(
        "proposal.offered",
        RefusalKind.CONFLICT,
        "Это время или другое этому пациенту уже предложили. Дождитесь ответа или отзовите.",
    )


def too_late() -> Refusal:
    """Return the answer to a patient who accepts what is no longer kept."""
    return Refusal(
        "proposal.late",
        RefusalKind.CONFLICT,
        "Мы держали это время 15 минут и предложили его следующему. "
        "Заявка остаётся в очереди: напишем, как только появится другое.",
    )


def no_call_back() -> Refusal:
    """Return the answer to a call to be repeated at no time, or at one that is over."""
    return Refusal(
        "telling.call_back",
        RefusalKind.INVALID,
        "Впишите, когда перезвонить: время впереди.",
        field="call_back",
    )


def odd_days() -> Refusal:
    """Return the answer to an absence of no or of too many days, or of days that are over."""
    text = f"Укажите дни впереди, не больше {LONGEST_ABSENCE}: первый не позже последнего."
    return Refusal("absence.days", RefusalKind.INVALID, text, field="last")
