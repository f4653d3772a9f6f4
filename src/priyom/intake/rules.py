"""Life of a request of the ЖОЗ and its terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from priyom.intake.choices import ABSENCE, PROPOSAL, TELLING, TRANSFER
from priyom.kernel import words
from priyom.kernel.machine import Machine
from priyom.kernel.names import compare_key
from priyom.kernel.phones import normal_phone
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.kernel.workdays import Hours


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
    MERGE = "merge"
    EXPIRE = "expire"
    REOPEN = "reopen"
    SEND_BACK = "send_back"
    ACCEPT = "accept"


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
        (_S.NEW, _A.ACCEPT): _S.SCHEDULED,
        (_S.TAKEN, _A.ACCEPT): _S.SCHEDULED,
        (_S.TAKEN, _A.DECLINE): _S.DECLINED,
        (_S.NEW, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.TAKEN, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.TAKEN, _A.MARK_DUPLICATE): _S.DUPLICATE,
        (_S.NEW, _A.MERGE): _S.DUPLICATE,
        (_S.TAKEN, _A.MERGE): _S.DUPLICATE,
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
    automatic=frozenset({_A.TIME_OUT, _A.EXPIRE, _A.SEND_BACK, _A.ACCEPT}),
)

MACHINES = (REQUEST, ABSENCE, TRANSFER, PROPOSAL, TELLING)


class Urgency(StrEnum):
    """How soon somebody must be seen; an emergency is not for this system (domain.md 4.2)."""

    PLANNED = "planned"
    URGENT = "urgent"


TAKEN_FOR = timedelta(minutes=15)
"""A taken request returns to the journal when its registrar is silent so long."""

CODE_FOR = timedelta(minutes=15)
CODE_PAUSE = timedelta(minutes=1)
CODE_TRIES = 5
"""A code of a letter lives so long, is sent so seldom, and is tried so often."""

LONGEST_COMPLAINT = 4000
MOST_INTERVALS = 12
DROPS_FROM_HOME = timedelta(days=14)
"""How long the patient's home shows a request that came to nothing."""
REMINDERS = (timedelta(days=1), timedelta(hours=2), timedelta(minutes=10))
"""How long before its time a consultation is recalled (asks.md c 14)."""


class Contact(StrEnum):
    """An attempt to reach the person: an entry on the request, never a state (process.md)."""

    CALLED = "called"
    NO_ANSWER = "no_answer"
    CALL_BACK = "call_back"
    NOTE = "note"


CONTACTS = {
    Contact.CALLED: "Поговорили по телефону",
    Contact.NO_ANSWER: "Не дозвонились",
    Contact.CALL_BACK: "Перезвонить",
    Contact.NOTE: "Заметка",
}

CALLS = frozenset({Contact.CALLED, Contact.NO_ANSWER, Contact.CALL_BACK})
"""Attempts to reach the person; a note is none."""
ANSWERS = frozenset(
    {"called", "call_back", "offered", "book", "accept", "decline", "mark_duplicate", "merge"}
)
"""Kinds of steps with which the registry has answered: the person has heard something."""
DECLINES = (
    "Нужен очный осмотр. Запишитесь на приём в поликлинику.",
    "У нас нет такого специалиста. Обратитесь к участковому терапевту за направлением.",
    "Не смогли дозвониться. Позвоните в регистратуру или оставьте новую заявку.",
    "Вопрос решили по телефону.",
)
"""Ready reasons of a refusal: each says what to do instead."""

RED_FLAGS = (
    "боль или давление в груди",
    "трудно дышать",
    "перекосило лицо, слабеет рука, путается речь",
    "теряете сознание, судороги",
    "сильное кровотечение",
    "отекают губы или язык",
    "резкая боль в животе, внезапная сильная головная боль",
    "у малыша до 3 месяцев температура 38 и выше",
)
"""What means «звоните 103» (domain.md 8, case 22); shown before a request can be sent."""


@dataclass(frozen=True, slots=True)
class RequestData:
    """What a person asks for, as typed. Instants are aware; ids are of cards, МО, specialities.

    `patient` is the card the portal or a doctor knows, None for a call. `name` is family, given,
    patronymic. `asked_by_name` is who speaks when it is not the patient.
    """

    client_key: UUID
    organisation: UUID
    speciality: UUID
    complaint: str
    phone: str = ""
    email: str = ""
    doctor: UUID | None = None
    patient: UUID | None = None
    name: tuple[str, str, str] = ("", "", "")
    birth_on: date | None = None
    for_whom: str = "self"
    asked_by_name: str = ""
    intervals: tuple[tuple[datetime, datetime], ...] = ()


def check(data: RequestData, now: datetime, *, by_phone: bool = False) -> None:
    """Refuse (invalid, with the field) what cannot be a request. `now` is aware."""
    if len(data.complaint.strip()) < 3:
        raise _invalid("complaint", "Напишите, что беспокоит: хотя бы несколько слов.")
    if len(data.complaint) > LONGEST_COMPLAINT:
        raise _invalid(
            "complaint", f"Получилось длиннее {LONGEST_COMPLAINT} знаков. Оставьте главное."
        )
    if data.phone and normal_phone(data.phone) is None:
        raise _invalid("phone", "Это не похоже на телефон. Нужно 10 цифр: 921 555-10-20.")
    if not data.phone:
        raise _invalid("phone", "Впишите телефон: по нему позвонят, если понадобится уточнить.")
    if not by_phone and not data.intervals:
        raise _invalid("times", "Отметьте хотя бы одно удобное время.")
    if len(data.intervals) > MOST_INTERVALS:
        raise _invalid("times", f"Отметьте не больше {MOST_INTERVALS} промежутков.")
    for start, end in data.intervals:
        if end <= start:
            raise _invalid("times", "Время «до» раньше времени «с». Проверьте промежуток.")
        if end <= now:
            raise _invalid("times", "Это время уже прошло. Отметьте другое.")


def is_last_day_over(last_wish: datetime, now: datetime) -> bool:
    """Tell whether the Moscow day of the last wished time is over; both instants aware."""
    return words.moscow(last_wish).date() < words.moscow(now).date()


def due_reminder(starts_at: datetime, booked_at: datetime, now: datetime) -> timedelta | None:
    """Return the rung of REMINDERS that is due now, or None; one that was missed is made up.

    A consultation booked later than a rung needs no recall by it.
    """
    passed = [rung for rung in REMINDERS if booked_at < starts_at - rung <= now < starts_at]
    return min(passed) if passed else None


def busy(name: str, since: datetime, now: datetime) -> Refusal:
    """Return «Сейчас эту заявку ведёт Смирнова Е. (4 минуты).»"""
    minutes = int((now - since).total_seconds() // 60)
    long = words.plural(minutes, "минуту", "минуты", "минут") if minutes else "меньше минуты"
    return Refusal(
        "request.busy",
        RefusalKind.CONFLICT,
        f"Сейчас эту заявку ведёт {name} ({long}). Возьмите следующую.",
    )


def no_reason() -> Refusal:
    """Return the answer to an act whose reason somebody will read and that has none."""
    return Refusal(
        "request.reason",
        RefusalKind.INVALID,
        "Напишите причину: пациент её увидит.",
        field="reason",
    )


def take_first() -> Refusal:
    """Return the answer to an act on a request that the registrar has not taken."""
    return Refusal(
        "request.not_taken",
        RefusalKind.CONFLICT,
        "Заявка уже не у вас. Возьмите её в работу и повторите.",
    )


def nothing_new() -> Refusal:
    """Return the answer to «следующую» in an empty journal."""
    return Refusal(
        "request.none",
        RefusalKind.CONFLICT,
        "Новых заявок нет: всё разобрано или у коллег в работе.",
    )


def wrong_speciality() -> Refusal:
    """Return the answer to a doctor or speciality that this МО has not."""
    return _invalid("speciality", "В этой поликлинике такого врача нет. Выберите из списка.")


class Profile(Protocol):
    """Whom the doctors of a speciality see."""

    doctor: str
    is_for_children: bool
    for_sex: str
    from_age: int


GROWN_UP = 18


def misfit(profile: Profile, sex: str, birth_on: date, today: date) -> str:
    """Return why somebody cannot be seen by such a doctor, or "" (domain.md 2.8: 33, 34; 8: 13)."""
    name, age = profile.doctor.capitalize(), words.years(birth_on, today)
    if profile.is_for_children and age >= GROWN_UP:
        return f"{name} принимает только детей. Выберите врача для взрослых."
    if profile.for_sex and profile.for_sex != sex:
        whom = "женщин" if profile.for_sex == "f" else "мужчин"
        return f"{name} принимает только {whom}. Выберите другого врача."
    if age < profile.from_age:
        least = words.plural(profile.from_age, "года", "лет", "лет")
        return f"{name} принимает с {least}. Выберите детского врача."
    return ""


def unfit(why: str) -> Refusal:
    """Return the answer to a time of a doctor who does not see such patients."""
    return _invalid("slot", why)


Who = tuple[str, str, date | None]
"""Family, given name, birth date; "" and None are not compared."""


def mismatch(asked: Who, card: Who) -> tuple[str, ...]:
    """Return in Russian what says that a request and a card are two people (domain.md 8: 3)."""
    pairs = (
        ("фамилия", compare_key(asked[0]), compare_key(card[0])),
        ("имя", compare_key(asked[1]), compare_key(card[1])),
        ("дата рождения", asked[2], card[2]),
    )
    return tuple(word for word, one, other in pairs if one and one != other)


def ask_three() -> Refusal:
    """Return the answer to a booking of a card that differs from its request, nothing asked."""
    return _invalid(
        "sure", "Карта отличается от заявки. Задайте три вопроса и отметьте, что ответы верны."
    )


def wrong_code() -> Refusal:
    """Return the answer to a code that does not say the patient's «yes»."""
    return _invalid(
        "code", "Код не подошёл: проверьте цифры или пришлите новый. Он действует 15 минут."
    )


def too_soon() -> Refusal:
    """Return the answer to a second code within a minute."""
    return Refusal(
        "consent.too_soon",
        RefusalKind.TOO_MANY,
        "Код только что отправлен. Если письма нет, пришлите новый через минуту.",
        field="code",
    )


def wrong_address() -> Refusal:
    """Return the answer to an e-mail address that is none."""
    return _invalid("email", "Проверьте адрес почты: имя, знак @ и сайт, anna@mail.ru.")


def no_such_duplicate() -> Refusal:
    """Return the answer to a duplicate of nothing, of itself or of another person's request."""
    return _invalid("of", "Впишите номер другой заявки этого же пациента.")


def _invalid(field: str, text: str) -> Refusal:
    return Refusal(f"request.{field}", RefusalKind.INVALID, text, field=field)


def due_after(asked_at: datetime, hours: int, work: Hours) -> datetime:
    """Return by when the registry must answer: `hours` of working time after the asking."""
    return work.later(asked_at, timedelta(hours=hours))


def is_due_soon(asked_at: datetime, due_at: datetime, now: datetime) -> bool:
    """Tell whether less than a quarter of the term is left; all instants aware."""
    return now < due_at and due_at - now < (due_at - asked_at) / 4
