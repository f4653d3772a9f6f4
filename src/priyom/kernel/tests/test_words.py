"""The formatter says times, waits, ages, names and sizes as people do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from priyom.kernel import words

TODAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 11, 20, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace(words.NBSP, " ")


def test_instants_are_said_in_moscow_time() -> None:
    assert plain(words.promise(AT, TODAY)) == "сегодня, 14:20 (МСК)"
    assert plain(words.when(AT - timedelta(days=1), TODAY)) == "вчера, 14:20"
    assert plain(words.when(AT + timedelta(days=2), TODAY)) == "25 ноября, 14:20"
    assert plain(words.since(AT, TODAY)) == "с 14:20 (МСК)"
    assert plain(words.since(AT + timedelta(days=1), TODAY)) == "с 24 ноября, 14:20 (МСК)"
    assert plain(words.exact(AT)) == "23 ноября 2026, 14:20 (МСК)"
    assert plain(words.span(AT, AT + timedelta(minutes=20), TODAY)) == "сегодня, 14:20–14:40 (МСК)"


def test_late_evening_in_utc_is_already_tomorrow() -> None:
    late = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
    assert plain(words.promise(late, TODAY)) == "завтра, 00:30 (МСК)"


def test_span_over_midnight_names_both_days() -> None:
    late = datetime(2026, 11, 23, 20, 50, tzinfo=UTC)
    said = plain(words.span(late, late + timedelta(minutes=20), TODAY))
    assert said == "сегодня, 23:50 – завтра, 00:10 (МСК)"


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        words.moscow(AT.replace(tzinfo=None))


def test_days_have_their_names() -> None:
    assert plain(words.weekday_label(TODAY, TODAY)) == "понедельник, 23 ноября"
    assert plain(words.short_weekday_label(TODAY, TODAY)) == "сегодня, пн 23 ноября"
    assert plain(words.short_weekday_label(date(2026, 11, 26), TODAY)) == "чт 26 ноября"
    assert plain(words.day_label(date(2025, 3, 1), TODAY)) == "1 марта 2025"
    assert words.numeric(date(1984, 3, 12)) == "12.03.1984"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (-5, "меньше минуты"),
        (0, "меньше минуты"),
        (18, "18 мин"),
        (60, "1 ч"),
        (125, "2 ч 05 мин"),
        (190, "3 ч 10 мин"),
        (26 * 60 + 7, "26 ч"),
        (72 * 60, "3 дня"),
    ],
)
def test_waits_are_short(minutes: int, said: str) -> None:
    assert plain(words.waited(timedelta(minutes=minutes))) == said


def test_lengths_of_recordings() -> None:
    assert words.lasted(timedelta(seconds=14)) == "0:14"
    assert words.lasted(timedelta(seconds=3725)) == "1:02:05"


@pytest.mark.parametrize(
    ("birth", "said"),
    [
        (date(1984, 11, 24), "41 год"),
        (date(1984, 11, 23), "42 года"),
        (date(2015, 1, 1), "11 лет"),
        (date(2025, 9, 30), "13 месяцев"),
        (date(2026, 11, 20), "3 дня"),
        (date(2024, 2, 29), "2 года"),
    ],
)
def test_ages(birth: date, said: str) -> None:
    assert plain(words.age(birth, TODAY)) == said


def test_names() -> None:
    assert words.full_name("Иванова", "Анна", "Сергеевна") == "Иванова Анна Сергеевна"
    assert plain(words.short_name("Иванова", "Анна", "Сергеевна")) == "Иванова А. С."
    assert plain(words.short_name("Ли", "Вэй")) == "Ли В."
    assert words.initials("Иванова", "Анна") == "ИА"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (812, "812 байт"),
        (340 * 1024, "340 КБ"),
        (4_404_019, "4,2 МБ"),
        (500 * 1024**2, "500 МБ"),
        (1_181_116_006, "1,1 ГБ"),
    ],
)
def test_sizes(count: int, said: str) -> None:
    assert plain(words.size(count)) == said


@given(st.integers(min_value=0, max_value=10_000))
def test_plural_agrees(n: int) -> None:
    form = words.plural(n, "год", "года", "лет").split(words.NBSP)[1]
    if 11 <= n % 100 <= 14:
        assert form == "лет"
    else:
        assert form == {1: "год", 2: "года", 3: "года", 4: "года"}.get(n % 10, "лет")


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_promise_says_its_zone(instant: datetime) -> None:
    assume(1 < instant.year < 9999)
    assert words.promise(instant, TODAY).endswith("(МСК)")
