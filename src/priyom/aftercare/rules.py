"""What of a conclusion the patient is to do, by when, and how long a link to it lives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from priyom.conclusions.content import Content
from priyom.kernel.refusal import Refusal, RefusalKind

LIVES = (1, 3, 7)
"""For how many days a link may be made."""
READS_FOR = timedelta(hours=1)
"""How long the browser that opened a link may read."""
MOST_LINKS = 20
"""Links that one consultation may have had: a document is not published by them."""
OPENINGS = 20
"""Times that one address may knock at links in a minute."""
FARTHEST = timedelta(days=730)
"""Later than this nothing is recalled: such a number is rather a dose or a year."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One advice: its place in the signed paper («recommendations:2»), its words, its day.

    `due` is a day of Moscow's calendar, None where the words name none.
    """

    place: str
    heading: str
    text: str
    due: date | None


HEADINGS = {
    "recommendations": "Рекомендации",
    "treatment": "Лечение",
    "examinations": "Обследования",
    "visit_advice": "Очный приём",
}


def advices(content: Content, signed_on: date) -> tuple[Advice, ...]:
    """Return what the patient is to do, a line each, in the order of the paper."""
    found = []
    for field, heading in HEADINGS.items():
        lines = getattr(content, field).splitlines()
        for number, line in enumerate(lines, 1):
            if text := line.strip(" \t•–—-"):
                found.append(Advice(f"{field}:{number}", heading, text, due_on(text, signed_on)))
    return tuple(found)


def complaint(number: str, advice: str, question: str) -> str:
    """Return the words of the request that a question becomes; `advice` is one line."""
    return f"Вопрос по заключению № {number}.\n«{advice}»\n{question}"


def words_of(text: str) -> str:
    """Return the patient's own words of a request that `complaint` made."""
    return text.split("\n", 2)[-1]


_NUMBERS = {
    word: number
    for number, words in enumerate(
        ("один одну", "два две", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять",
         "десять"), 1,
    )
    for word in words.split()
}  # fmt: skip
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
         "октября", "ноября", "декабря"), 1,
    )
}  # fmt: skip
_AFTER = re.compile(
    rf"через\s+(?:(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)})(?:\s*[-–]\s*\d{{1,3}})?\s+)?"
    r"(?P<half>полгода)?(?P<unit>д(?:ень|ня|ней)|недел[юиь]|месяц(?:а|ев)?|год(?:а)?|лет)?(?!\w)",
    re.IGNORECASE,
)
_ON = re.compile(r"(?<![\d.,])(?:(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})|(\d\d)\.(\d\d))(?![\d.%°])")
_ON_DAY = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s+({'|'.join(_MONTHS)})(?:\s+(\d{{4}}))?(?!\w)", re.IGNORECASE
)


def due_on(text: str, since: date) -> date | None:
    """Return the first day that an advice names, counted from `since`; None when it names none.

    Understands «через 3 дня», «через неделю», «через две недели», «15.12.2026», «до 15 декабря».
    Of a span («через 5-7 дней») the first day. What is past or too far away is no day, nor is a
    number that may be a dose («1.5 мл»): day and month without a year have two signs each.
    """
    named = sorted((start, on) for start, on in _named(text, since) if on is not None)
    days = [on for _, on in named if since < on <= since + FARTHEST]
    return days[0] if days else None


def _named(text: str, since: date) -> list[tuple[int, date | None]]:
    found: list[tuple[int, date | None]] = []
    found += [(hit.start(), _after(hit, since)) for hit in _AFTER.finditer(text)]
    for hit in _ON.finditer(text):
        day, month = (hit[1], hit[2]) if hit[3] else (hit[4], hit[5])
        found.append((hit.start(), _date(day, int(month), hit[3], since)))
    for hit in _ON_DAY.finditer(text):
        found.append((hit.start(), _date(hit[1], _MONTHS[hit[2].lower()], hit[3], since)))
    return found


def _after(hit: re.Match[str], since: date) -> date | None:
    if hit["half"]:
        return _months_after(since, 6)
    unit = (hit["unit"] or "")[:1].lower()
    if unit == "д" and not hit["count"]:
        return None  # «через день» is every other day
    said = (hit["count"] or "1").lower()
    count = int(said) if said.isdecimal() else _NUMBERS[said]
    match unit:
        case "д":
            return since + timedelta(days=count)
        case "н":
            return since + timedelta(weeks=count)
        case "м":
            return _months_after(since, count)
        case "г" | "л":
            return _months_after(since, 12 * count)
    return None


def _months_after(since: date, count: int) -> date:
    later: date = since + relativedelta(months=count)
    return later


def _date(day: str, month: int, year: str | None, since: date) -> date | None:
    """Return a day as it was written; without a year the next one from `since` on."""
    try:
        if year:
            return date(int(year) if len(year) == 4 else 2000 + int(year), month, int(day))
        on = date(since.year, month, int(day))
        return on if on > since else on.replace(year=since.year + 1)
    except ValueError:
        return None


def no_question() -> Refusal:
    """Return the answer to a question without words."""
    return Refusal(
        "advice.question",
        RefusalKind.INVALID,
        "Напишите, что непонятно: хотя бы несколько слов.",
        field="question",
    )


def too_many_links() -> Refusal:
    """Return the answer to one link too many."""
    return Refusal(
        "share.many",
        RefusalKind.TOO_MANY,
        f"Ссылок на это заключение уже {MOST_LINKS}. Скачайте PDF и передайте файл сами.",
    )


def link_is_over() -> Refusal:
    """Return the answer to a link that was used, ended, taken back, or never was."""
    return Refusal(
        "share.over",
        RefusalKind.MISSING,
        "Ссылка больше не открывается: она одноразовая или её срок вышел. "
        "Попросите у того, кто её прислал, новую.",
    )
