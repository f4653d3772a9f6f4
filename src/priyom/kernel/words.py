"""How instants, waits, ages, names and sizes are said in Russian: the one formatter of the house.

Instants come in aware (any zone) and are shown in Moscow time; `(МСК)` is added where a time is a
promise.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from priyom.kernel.clock import MOSCOW

NBSP = "\N{NO-BREAK SPACE}"
MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
WEEKDAYS = (
    "понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье",
)  # fmt: skip
WEEKDAYS_SHORT = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
MONTHS_ALONE = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
_NEAR = {-1: "вчера", 0: "сегодня", 1: "завтра"}


def unbroken(name: str) -> str:
    """Return a name whose number stays beside its sign: «Поликлиника № 38»."""
    return name.replace("№ ", f"№{NBSP}")


def moscow(instant: datetime) -> datetime:
    """Return the aware instant in Moscow time; ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return instant.astimezone(MOSCOW)


def plural(n: int, one: str, few: str, many: str) -> str:
    """Return «41 год», «2 года», «11 лет»: the number and the form that agrees with it."""
    rest, last = abs(n) % 100, abs(n) % 10
    if 10 < rest < 20 or last not in (1, 2, 3, 4):
        return f"{n}{NBSP}{many}"
    form = one if last == 1 else few
    return f"{n}{NBSP}{form}"


def day(on: date, today: date) -> str:
    """Return «23 ноября», with the year when it is not this one."""
    text = f"{on.day}{NBSP}{MONTHS[on.month - 1]}"
    return text if on.year == today.year else f"{text} {on.year}"


def month(on: date) -> str:
    """Return «ноябрь 2026»."""
    return f"{MONTHS_ALONE[on.month - 1]} {on.year}"


def day_label(on: date, today: date) -> str:
    """Return «сегодня», «завтра», «вчера» or «23 ноября»."""
    return _NEAR.get((on - today).days) or day(on, today)


def weekday_label(on: date, today: date) -> str:
    """Return «понедельник, 23 ноября», for the head of a day."""
    return f"{WEEKDAYS[on.weekday()]}, {day(on, today)}"


def short_weekday_label(on: date, today: date) -> str:
    """Return «сегодня, пн 23 ноября» or «ср 25 ноября», for the slots of a day."""
    near = _NEAR.get((on - today).days)
    text = f"{WEEKDAYS_SHORT[on.weekday()]} {day(on, today)}"
    return f"{near}, {text}" if near else text


def clock_time(instant: datetime) -> str:
    """Return «14:20», Moscow time."""
    return moscow(instant).strftime("%H:%M")


def when(instant: datetime, today: date) -> str:
    """Return «сегодня, 14:20» or «23 ноября, 14:20», without the zone: for what has happened."""
    return f"{day_label(moscow(instant).date(), today)}, {clock_time(instant)}"


def promise(instant: datetime, today: date) -> str:
    """Return «сегодня, 14:20 (МСК)»: for a time somebody must keep."""
    return f"{when(instant, today)}{NBSP}(МСК)"


def by(instant: datetime, today: date) -> str:
    """Return «до 18:00» or «до завтра, 12:00», without the zone, which its sentence says once."""
    on = moscow(instant).date()
    before = "" if on == today else f"{day_label(on, today)}, "
    return f"до{NBSP}{before}{clock_time(instant)}"


def since(instant: datetime, today: date) -> str:
    """Return «с 14:10 (МСК)» or «с 25 ноября, 14:10 (МСК)»: from when something may be done."""
    on = moscow(instant).date()
    before = "" if on == today else f"{day(on, today)}, "
    return f"с{NBSP}{before}{clock_time(instant)}{NBSP}(МСК)"


def exact(instant: datetime) -> str:
    """Return «23 ноября 2026, 14:20 (МСК)»: for papers and letters, which are read on any day."""
    local = moscow(instant)
    return (
        f"{local.day}{NBSP}{MONTHS[local.month - 1]} {local.year}, {clock_time(instant)}{NBSP}(МСК)"
    )


def numeric(on: date) -> str:
    """Return «12.03.1984»."""
    return on.strftime("%d.%m.%Y")


def span(start: datetime, end: datetime, today: date) -> str:
    """Return «сегодня, 14:20–14:40 (МСК)»; both ends are said in full when the day changes."""
    if moscow(start).date() == moscow(end).date():
        return f"{when(start, today)}–{clock_time(end)}{NBSP}(МСК)"
    return f"{when(start, today)} – {promise(end, today)}"


def waited(delta: timedelta) -> str:
    """Return how long: «меньше минуты», «18 мин», «3 ч 10 мин», «26 ч», «3 дня».

    A negative length counts as none.
    """
    minutes = max(0, int(delta.total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    if minutes < 1:
        return "меньше минуты"
    if hours < 1:
        return f"{minutes}{NBSP}мин"
    if hours >= 48:
        return plural(hours // 24, "день", "дня", "дней")
    if hours >= 24 or rest == 0:
        return f"{hours}{NBSP}ч"
    return f"{hours}{NBSP}ч {rest:02d}{NBSP}мин"


def lasted(delta: timedelta) -> str:
    """Return the length of a call or a recording: «0:14», «4:12», «1:02:05»."""
    minutes, seconds = divmod(max(0, int(delta.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def years(birth: date, on: date) -> int:
    """Return full years on the day `on`."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def age(birth: date, on: date) -> str:
    """Return «41 год»; under two years in months, under a month in days."""
    full = years(birth, on)
    if full >= 2:
        return plural(full, "год", "года", "лет")
    months = (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)
    if months >= 1:
        return plural(months, "месяц", "месяца", "месяцев")
    return plural(max(0, (on - birth).days), "день", "дня", "дней")


def full_name(surname: str, name: str, patronymic: str = "") -> str:
    """Return «Иванова Анна Сергеевна»."""
    return " ".join(part for part in (surname, name, patronymic) if part)


def short_name(surname: str, name: str, patronymic: str = "") -> str:
    """Return «Иванова А. С.», which never breaks inside; «Ли В.» without a patronymic."""
    first = [f"{part.strip()[0].upper()}." for part in (name, patronymic) if part.strip()]
    return NBSP.join([surname.strip(), *first]).strip()


def initials(surname: str, name: str = "") -> str:
    """Return «ИА» for an avatar."""
    return "".join(part.strip()[0] for part in (surname, name) if part.strip()).upper()


def size(count: int) -> str:
    """Return a file's size: «812 байт», «340 КБ», «4,2 МБ», «1,1 ГБ»."""
    if count < 1024:
        return f"{count}{NBSP}байт"
    value, unit = count / 1024, "КБ"
    for larger in ("МБ", "ГБ"):
        if value < 1000:
            break
        value, unit = value / 1024, larger
    text = f"{value:.0f}" if unit == "КБ" or value >= 10 else f"{value:.1f}".rstrip("0").rstrip(".")
    return f"{text.replace('.', ',')}{NBSP}{unit}"
