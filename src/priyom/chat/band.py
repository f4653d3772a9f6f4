"""What the quiet strip above the talk says to each side: when, until when the answer, why late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from priyom.consultations.pages import ConsultationPage
from priyom.consultations.promise import Place
from priyom.kernel import words

_AGAIN = timedelta(seconds=30)
"""How soon a strip that says «late» is asked for again: the head may have been told meanwhile."""
_ZONE = f"{words.NBSP}(МСК)"


@dataclass(frozen=True, slots=True)
class Band:
    """The strip. `look` is info, warn, bad or calm; `mark` stands beside what is written now.

    `next_at` is the instant (UTC) at which it will say something else by itself.
    """

    text: str
    look: str
    mark: str
    next_at: datetime | None
    url: str
    now: datetime


def band(page: ConsultationPage, now: datetime, *, is_head_told: bool) -> Band:
    """Return the strip of an open chat; `is_head_told` when a letter to the head has gone out."""
    today = words.moscow(now).date()
    say = _to_doctor if page.side == "doctor" else _to_patient
    text, look = say(page, now, today, is_head_told)
    place = page.interval.place(now)
    portal = "/desk" if page.side == "doctor" else "/my"
    url = f"{portal}/consultations/{page.id}/band/"
    return Band(text, look, place.value, _next(page, now), url, now)


def _to_patient(
    page: ConsultationPage, now: datetime, today: date, is_head_told: bool
) -> tuple[str, str]:
    place, asked = page.interval.place(now), page.promise
    if asked and asked.is_overdue:
        told = " Мы сообщили заведующему." if is_head_told else ""
        until = words.by(asked.due_at, today)
        return f"Врач задерживается с ответом: обещали {until}{_ZONE}.{told}", "warn"
    if place is Place.BEFORE:
        begins = f"Консультация {words.promise(page.starts_at, today)}."
        if asked and asked.is_running:
            return f"{begins} Врач ответит {words.by(asked.due_at, today)}.", "info"
        if asked:
            return f"{begins} Вы написали до приёма: врач ответит на приёме.", "info"
        return f"{begins} Что пришлёте сейчас, врач увидит с пометкой «до приёма».", "info"
    if asked:
        head = "Консультация идёт. " if page.began_at else ""
        return f"{head}Врач ответит {words.by(asked.due_at, today)}{_ZONE}.", "info"
    if place is Place.AFTER:
        ended = f"ремя приёма вышло {words.when(page.ends_at, today)}{_ZONE}"
        if page.began_at:
            return f"Консультация идёт. В{ended}: вопрос получит пометку «после приёма».", "info"
        return f"В{ended}, врач его не начал. Позвоните в регистратуру.", "warn"
    soon = f"Врач отвечает в течение {_minutes(page.reply_minutes)}."
    if page.began_at:
        return f"Консультация идёт. {soon}", "info"
    return f"Консультация назначена на {words.clock_time(page.starts_at)}{_ZONE}. {soon}", "info"


def _to_doctor(
    page: ConsultationPage, now: datetime, today: date, is_head_told: bool
) -> tuple[str, str]:
    place, asked = page.interval.place(now), page.promise
    if asked and asked.is_running:
        until = words.by(asked.due_at, today)
        if asked.is_overdue:
            told = " Заведующий знает." if is_head_told else ""
            return f"Ответ просрочен: обещали {until}{_ZONE}.{told}", "bad"
        return f"Пациент ждёт ответа {until}{_ZONE}.", "warn"
    if place is Place.BEFORE:
        begins = words.promise(page.starts_at, today)
        if asked:
            return f"Приём {begins}. Вопрос задан до приёма, срок пойдёт с его начала.", "info"
        return f"Приём {begins}. Сообщения до него отмечены «до приёма».", "calm"
    ends = words.when(page.ends_at, today)
    if place is Place.AFTER:
        return f"Время приёма вышло {ends}{_ZONE}. Дальше всё с пометкой «после приёма».", "calm"
    return f"Приём до {words.clock_time(page.ends_at)}{_ZONE}. На всё отвечено.", "calm"


def _minutes(count: int) -> str:
    """Return «15 минут», «одной минуты» as the genitive after «в течение»."""
    is_one = count % 10 == 1 and count % 100 != 11
    return f"{count}{words.NBSP}{'минуты' if is_one else 'минут'}"


def _next(page: ConsultationPage, now: datetime) -> datetime | None:
    second = timedelta(seconds=1)
    asked = page.promise
    if asked and asked.is_overdue:
        return now + _AGAIN
    turns = [page.interval.starts_at, page.interval.ends_at + second]
    if asked:
        turns.append(asked.due_at + second)
    return min((one for one in turns if one > now), default=None)
