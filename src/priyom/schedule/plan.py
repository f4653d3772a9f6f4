"""From a doctor's week, its exceptions and Russia's calendar to the times of a day: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from priyom.kernel.clock import MOSCOW
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.kernel.workdays import Calendar, russian
from priyom.schedule.rules import SlotKind, SlotState, Span

SHORTEST, LONGEST = 5, 240
"""Minutes of one visit."""
FARTHEST = 120
"""Days ahead that a plan may be published for."""
_SATURDAY, _FRIDAY = 6, 5


class Visit(StrEnum):
    """What a time is for; a repeated visit is mostly shorter."""

    FIRST = "first"
    REPEAT = "repeat"


VISITS = {Visit.FIRST: "первичный приём", Visit.REPEAT: "повторный приём"}


class Turn(StrEnum):
    """What an exception does to its days."""

    OFF = "off"
    """Nobody is there: absence, a holiday of the МО."""
    PART = "part"
    """Only a part of the day: a half day."""
    ON = "on"
    """Work although the calendar says holiday."""


TURNS = {
    Turn.OFF: "приёма нет",
    Turn.PART: "только часть дня",
    Turn.ON: "приём, хотя праздник",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Working hours of one weekday (ISO number), cut into times of `minutes`.

    A break (`is_break`) takes its minutes out of the others of its day.
    """

    weekday: int
    opens: time
    closes: time
    minutes: int = 20
    visit: Visit = Visit.FIRST
    kind: SlotKind = SlotKind.PORTAL
    is_break: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """An exception for days `first` to `last`; a PART keeps what lies within its hours."""

    first: date
    last: date
    turn: Turn
    opens: time = time.min
    closes: time = time.max


@dataclass(frozen=True, slots=True)
class Planned:
    """A time that the plan wants; instants aware."""

    starts_at: datetime
    ends_at: datetime
    visit: Visit
    kind: SlotKind

    @property
    def span(self) -> Span:
        """From when to when."""
        return self.starts_at, self.ends_at


@dataclass(frozen=True, slots=True)
class Existing:
    """A time that is there.

    `is_planned`: a plan made it; `is_plans_closing`: it is closed, and by a plan.
    """

    id: UUID
    starts_at: datetime
    ends_at: datetime
    state: SlotState
    visit: Visit
    kind: SlotKind
    is_planned: bool
    is_plans_closing: bool = False

    @property
    def span(self) -> Span:
        """From when to when."""
        return self.starts_at, self.ends_at


@dataclass
class Difference:
    """What publishing would do: times to make, to close, to open again, to give another use.

    `stays` are booked or held times that the plan has no room for: people must be asked.
    """

    make: list[Planned] = field(default_factory=list)
    close: list[Existing] = field(default_factory=list)
    reopen: list[tuple[Existing, Planned]] = field(default_factory=list)
    adapt: list[tuple[Existing, Planned]] = field(default_factory=list)
    stays: list[Existing] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.make or self.close or self.reopen or self.adapt)

    @property
    def touched(self) -> list[UUID]:
        """The keys of the times that would change."""
        changed = [old for old, _ in (*self.reopen, *self.adapt)]
        return [one.id for one in (*self.close, *changed)]


def times(
    week: Sequence[Stretch],
    changes: Iterable[Change],
    on: date,
    calendar: Calendar = russian,
) -> tuple[Planned, ...]:
    """Return the times of one Moscow day, in order, none over another."""
    todays = [change for change in changes if change.first <= on <= change.last]
    turns = {change.turn for change in todays}
    if Turn.OFF in turns or (calendar(on) == "off" and Turn.ON not in turns):
        return ()
    windows = [(c.opens, c.closes) for c in todays if c.turn is Turn.PART]
    hours = _of_weekday(week, on, calendar)
    breaks = [(one.opens, one.closes) for one in hours if one.is_break]
    made: list[Planned] = []
    for stretch in sorted((one for one in hours if not one.is_break), key=lambda one: one.opens):
        made += _cut(stretch, on, breaks, windows)
    return tuple(made)


def _of_weekday(week: Sequence[Stretch], on: date, calendar: Calendar) -> list[Stretch]:
    """Return the day's hours; a Saturday that was moved works as a Friday if it has none."""
    own = [one for one in week if one.weekday == on.isoweekday()]
    if own or on.isoweekday() != _SATURDAY or calendar(on) != "on":
        return own
    return [one for one in week if one.weekday == _FRIDAY]


def _cut(
    stretch: Stretch, on: date, breaks: list[tuple[time, time]], windows: list[tuple[time, time]]
) -> Iterable[Planned]:
    length = timedelta(minutes=stretch.minutes)
    at = datetime.combine(on, stretch.opens, MOSCOW)
    until = datetime.combine(on, stretch.closes, MOSCOW)
    rests = sorted((_at(on, a), _at(on, b)) for a, b in breaks)
    while at + length <= until:
        rest = next(((a, b) for a, b in rests if a < at + length and at < b), None)
        if rest is not None:
            at = rest[1]
            continue
        if all(_at(on, a) <= at and at + length <= _at(on, b) for a, b in windows):
            yield Planned(at, at + length, stretch.visit, stretch.kind)
        at += length


def _at(on: date, at: time) -> datetime:
    return datetime.combine(on, at, MOSCOW)


def compare(planned: Sequence[Planned], existing: Sequence[Existing]) -> Difference:
    """Return what brings the days from `existing` to `planned`; asked again it is empty.

    What people closed stays closed, what they added by hand stays, nobody's booking is touched.
    """
    told = Difference()
    wanted = {one.span: one for one in planned}
    for one in existing:
        plan = wanted.get(one.span)
        if plan is None:
            _unwanted(one, told)
        elif one.state is SlotState.BLOCKED:
            if one.is_plans_closing:
                told.reopen.append((one, plan))
        elif _is_to_adapt(one, plan):
            told.adapt.append((one, plan))
    closing = {one.id for one in told.close}
    opened = {one.id for one, _ in told.reopen}
    in_the_way = [
        one.span
        for one in existing
        if one.id in opened or not (one.id in closing or one.is_plans_closing)
    ]
    told.make = [one for one in planned if not any(_meet(one.span, span) for span in in_the_way)]
    told.reopen = [
        (one, plan)
        for one, plan in told.reopen
        if not any(
            _meet(one.span, other.span)
            for other in existing
            if other.id not in closing and other.state is not SlotState.BLOCKED
        )
    ]
    return told


def _is_to_adapt(one: Existing, plan: Planned) -> bool:
    is_ours = one.state is SlotState.FREE and one.is_planned
    return is_ours and (one.visit, one.kind) != (plan.visit, plan.kind)


def _unwanted(one: Existing, told: Difference) -> None:
    if not one.is_planned or one.state is SlotState.BLOCKED:
        return
    if one.state is SlotState.FREE:
        told.close.append(one)
    else:
        told.stays.append(one)


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def whole_days(begin: datetime, end: datetime) -> tuple[date, date]:
    """Return the first and the last Moscow day that a span covers whole; last < first for none."""
    first, last = begin.astimezone(MOSCOW), end.astimezone(MOSCOW)
    after = 0 if first.time() == time.min else 1
    return first.date() + timedelta(days=after), last.date() - timedelta(days=1)


def check(stretch: Stretch, week: Sequence[Stretch]) -> None:
    """Refuse (invalid, with the field) hours that are none or lie over others of their day."""
    if stretch.opens >= stretch.closes:
        raise _invalid("closes", "Конец раньше начала. Проверьте часы.")
    if not stretch.is_break:
        if not SHORTEST <= stretch.minutes <= LONGEST:
            raise _invalid("minutes", f"Длительность приёма: от {SHORTEST} до {LONGEST} минут.")
        length = timedelta(minutes=stretch.minutes)
        day = date(2000, 1, 1)
        if _at(day, stretch.opens) + length > _at(day, stretch.closes):
            raise _invalid("minutes", "В эти часы не помещается ни одного приёма.")
    for other in week:
        if (
            other.weekday == stretch.weekday
            and other.is_break == stretch.is_break
            and other.opens < stretch.closes
            and stretch.opens < other.closes
        ):
            raise _invalid(
                "opens",
                f"На эти часы уже есть другие: {other.opens:%H:%M}–{other.closes:%H:%M}. "
                "Уберите их или выберите другие.",
            )


def check_change(change: Change) -> None:
    """Refuse (invalid, with the field) an exception that cannot be."""
    if change.last < change.first:
        raise _invalid("last", "Последний день раньше первого. Проверьте даты.")
    if (change.last - change.first).days > 366:
        raise _invalid("last", "Исключение длиннее года. Укажите короче.")
    if change.turn is Turn.PART and change.opens >= change.closes:
        raise _invalid("closes", "Для части дня укажите часы: начало раньше конца.")


def _invalid(name: str, text: str) -> Refusal:
    return Refusal(f"plan.{name}", RefusalKind.INVALID, text, field=name)
