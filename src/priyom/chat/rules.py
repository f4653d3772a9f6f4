"""What the chat says in words: a sentence for each act, states of a message, refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from priyom.chat.wire import REFUSALS
from priyom.consultations.rules import EntryKind
from priyom.kernel import words
from priyom.kernel.refusal import Refusal, RefusalKind

SEARCH_PAGE = 50
"""So many found messages come at once."""
SEARCH_WORDS = 8
"""So many words of a search count."""
BUSY_TRIES = 40
BUSY_PAUSE = 0.05
"""Seconds between tries while an act holds the consultation: two seconds in all."""

_KINDS = {
    "closed": RefusalKind.CONFLICT,
    "stranger": RefusalKind.MISSING,
    "later": RefusalKind.TOO_MANY,
}


def refusal(code: str) -> Refusal:
    """Return the refusal of a message; the same words as the socket's `refused` frame."""
    kind = _KINDS.get(code, RefusalKind.INVALID)
    return Refusal(f"chat.{code}", kind, REFUSALS[code], field="text")


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence is made of: the entry's own words, data and time, and the reader's day."""

    body: str
    data: Mapping[str, Any]
    at: datetime
    today: date

    def instant(self, name: str) -> datetime:
        """Return an instant that the act wrote into `data` as ISO 8601."""
        return datetime.fromisoformat(self.data[name])

    @property
    def reason(self) -> str:
        """Return « Причина: …» or nothing."""
        return f" Причина: {self.body}" if self.body else ""

    @property
    def stamp(self) -> str:
        """Return «23.11 в 14:52», Moscow time: for what stays in the log for ever."""
        local = words.moscow(self.at)
        return f"{local:%d.%m} в {local:%H:%M}"


def _opened(told: Told) -> str:
    return f"Чат открыт. Консультация {words.promise(told.instant('starts_at'), told.today)}"


def _rescheduled(told: Told) -> str:
    now = words.promise(told.instant("starts_at"), told.today)
    before = words.when(told.instant("before"), told.today)
    moved = f"Консультация перенесена на {now}. Было: {before}"
    return f"{moved}.{told.reason}" if told.body else moved


def _handed_over(told: Told) -> str:
    if told.data.get("taken"):
        return f"Ответ задержался, и консультацию взял врач {told.data.get('to', '')}"
    return f"Консультацию теперь ведёт врач {told.data.get('to', '')}.{told.reason}"


def _call_ended(told: Told) -> str:
    outcome = told.data.get("outcome")
    if outcome == "missed":
        return f"Пропущенный видеозвонок в {words.clock_time(told.at)}"
    if outcome == "declined":
        return "Видеозвонок отклонён. Разговор продолжается в чате"
    seconds = timedelta(seconds=float(told.data.get("seconds") or 0))
    return f"Видеозвонок завершён, длился {words.lasted(seconds)}"


_SENTENCES: dict[EntryKind, str | Callable[[Told], str]] = {
    EntryKind.CALL: lambda told: f"Видеозвонок начат в {words.clock_time(told.at)}",
    EntryKind.OPENED: _opened,
    EntryKind.CONSENTED: "Согласие на консультацию получено",
    EntryKind.CONSENT_WITHDRAWN: "Согласие на консультацию отозвано",
    EntryKind.BEGUN: "Врач начал консультацию",
    EntryKind.ASKED: "Врач просит прислать",
    EntryKind.HANDED_OVER: _handed_over,
    EntryKind.RESCHEDULED: _rescheduled,
    EntryKind.MOVE_ASKED: "Пациент попросил другое время. Регистратура ответит, "
    "до её ответа прежнее время остаётся",
    EntryKind.FORMED: "Врач подписывает заключение. Писать в чат сейчас нельзя",
    EntryKind.REVISED: "Врач вернулся к разговору. В чат снова можно писать",
    EntryKind.COMPLETED: lambda told: f"Чат закрыт: врач подписал заключение {told.stamp}",
    EntryKind.AMENDED: lambda told: f"Врач исправил заключение {told.stamp}. Прежнее тоже хранится",
    EntryKind.CONCLUSION_WITHDRAWN: lambda told: f"Заключение отозвано {told.stamp}.{told.reason}",
    EntryKind.CANCELLED: lambda told: f"Консультация отменена {told.stamp}.{told.reason}",
    EntryKind.NO_SHOW: lambda told: f"Пациент не пришёл. Чат закрыт {told.stamp}",
    EntryKind.RETURNED: lambda told: f"Врач вернул заявку в регистратуру.{told.reason}",
    EntryKind.CALL_ENDED: _call_ended,
}


def sentence(kind: str, told: Told) -> str:
    """Return the Russian sentence of an entry that an act wrote; "" for what people send."""
    made = _SENTENCES.get(EntryKind(kind), "")
    return made if isinstance(made, str) else made(told)


def state_words(seq: int, delivered: int, read: int) -> str:
    """Return how far an own message got: the marks are those of the other side."""
    if seq <= read:
        return "прочитано"
    return "доставлено" if seq <= delivered else "отправлено"
