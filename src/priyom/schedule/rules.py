"""Life of a slot and how long a registrar may hold one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from priyom.kernel import words
from priyom.kernel.actor import ActorKind
from priyom.kernel.machine import Machine
from priyom.kernel.refusal import Refusal, RefusalKind


class SlotState(StrEnum):
    """State of a slot (process.md)."""

    FREE = "free"
    HELD = "held"
    BOOKED = "booked"
    BLOCKED = "blocked"


class SlotKind(StrEnum):
    """Whom a slot is kept for: patients by a link, the registry, or the doctor alone."""

    PORTAL = "portal"
    REGISTRAR = "registrar"
    DOCTOR = "doctor"


KIND_LABELS: Mapping[SlotKind, str] = {
    SlotKind.PORTAL: "пациенту",
    SlotKind.REGISTRAR: "регистратуре",
    SlotKind.DOCTOR: "только врачу",
}

_FOR_PATIENTS = frozenset({SlotKind.PORTAL})
_FOR_REGISTRY = _FOR_PATIENTS | {SlotKind.REGISTRAR}
_FOR_DOCTORS = _FOR_REGISTRY | {SlotKind.DOCTOR}
MAY_BOOK: Mapping[ActorKind, frozenset[SlotKind]] = {
    ActorKind.PATIENT: _FOR_PATIENTS,
    ActorKind.REGISTRAR: _FOR_REGISTRY,
    ActorKind.HEAD: _FOR_REGISTRY,
    ActorKind.DOCTOR: _FOR_DOCTORS,
    ActorKind.SYSTEM: _FOR_DOCTORS,
}
"""Who may have which; whoever is not here may have none."""


class ClosedBy(StrEnum):
    """What closed a slot: a hand, its plan, or an absence of the doctor."""

    HAND = "hand"
    PLAN = "plan"
    ABSENCE = "absence"


class SlotAct(StrEnum):
    """What happens to a slot."""

    HOLD = "hold"
    RELEASE = "release"
    BOOK = "book"
    FREE = "free"
    BLOCK = "block"
    UNBLOCK = "unblock"
    SHIFT = "shift"


SLOT = Machine(
    name="slot",
    title="Время приёма",
    transitions={
        (SlotState.FREE, SlotAct.HOLD): SlotState.HELD,
        (SlotState.HELD, SlotAct.RELEASE): SlotState.FREE,
        (SlotState.FREE, SlotAct.BOOK): SlotState.BOOKED,
        (SlotState.HELD, SlotAct.BOOK): SlotState.BOOKED,
        (SlotState.BOOKED, SlotAct.FREE): SlotState.FREE,
        (SlotState.FREE, SlotAct.BLOCK): SlotState.BLOCKED,
        (SlotState.BLOCKED, SlotAct.UNBLOCK): SlotState.FREE,
        (SlotState.FREE, SlotAct.SHIFT): SlotState.FREE,
    },
    labels={
        SlotState.FREE: "свободно",
        SlotState.HELD: "держит регистратор",
        SlotState.BOOKED: "занято",
        SlotState.BLOCKED: "закрыто",
    },
    automatic=frozenset({SlotAct.RELEASE, SlotAct.FREE, SlotAct.BOOK}),
)

MACHINES = (SLOT,)

HOLD_FOR = timedelta(minutes=2)
"""How long a chosen time waits for the registrar's confirmation."""

SHOWN_NEAREST = 3
"""How many other times a refusal offers."""


_ANY_TIME = timedelta(days=366)
"""Schedules do not reach so far ahead."""

Span = tuple[datetime, datetime]
"""From the first instant to before the second, aware."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What time is looked for in the actor's МО: whose, and when the patient can.

    Without `spans` any time ahead fits. `doctor` narrows the search to one.
    """

    speciality: UUID
    spans: tuple[Span, ...] = ()
    doctor: UUID | None = None

    def ahead(self, now: datetime) -> tuple[Span, ...]:
        """Return the spans that are not over, in order; any time ahead when none is left."""
        left = sorted((max(begin, now), end) for begin, end in self.spans if end > now)
        return tuple(left) or ((now, now + _ANY_TIME),)


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A free time that the search found; `apart` is how far it lies from what was wished."""

    slot: UUID
    doctor: UUID
    name: str
    """«Соколова И. П.»."""
    starts_at: datetime
    ends_at: datetime
    apart: timedelta

    @property
    def fits(self) -> bool:
        """Whether it begins within a wished span."""
        return not self.apart


@dataclass(frozen=True, slots=True)
class NearTime:
    """A free time offered instead of a taken one; instants are UTC."""

    slot: UUID
    starts_at: datetime
    doctor: str


class SlotGone(Refusal):
    """The time cannot be had; `nearest` are free ones close to it, for the screen."""

    def __init__(self, code: str, text: str, nearest: Sequence[NearTime]) -> None:
        super().__init__(code, RefusalKind.CONFLICT, text, field="slot")
        self.nearest = tuple(nearest)


def taken(nearest: Sequence[NearTime], today: date, *, other_doctors: bool = False) -> SlotGone:
    """Return the answer to the second who wanted a time (design.md, Words)."""
    lead = "Это время только что заняли."
    return SlotGone("slot.taken", f"{lead} {_offered(nearest, today, other_doctors)}", nearest)


def past(nearest: Sequence[NearTime], today: date, *, other_doctors: bool = False) -> SlotGone:
    """Return the answer to whoever wants a time that has begun."""
    lead = "Это время уже прошло."
    return SlotGone("slot.past", f"{lead} {_offered(nearest, today, other_doctors)}", nearest)


def kept(nearest: Sequence[NearTime], today: date, *, other_doctors: bool = False) -> SlotGone:
    """Return the answer to who wants a time that is kept for others."""
    lead = "Это время оставлено для врача."
    return SlotGone("slot.kept", f"{lead} {_offered(nearest, today, other_doctors)}", nearest)


def none_free() -> SlotGone:
    """Return the answer to «any free» when nothing is free any more."""
    text = "Всё свободное время только что разобрали. Посмотрите другую специальность или день."
    return SlotGone("slot.none", text, ())


def overlaps() -> Refusal:
    """Return the answer to a time over which the doctor has another one."""
    return Refusal(
        "slot.overlaps",
        RefusalKind.CONFLICT,
        "На эти минуты у врача уже есть другое время. Выберите другое или закройте то.",
        field="slot",
    )


def is_away() -> Refusal:
    """Return the answer to taking an absence's own exception out of the plan."""
    return Refusal(
        "plan.absence",
        RefusalKind.CONFLICT,
        "В эти дни отмечено отсутствие врача. Пока пациентам не сообщили, отмените его на странице "
        "«Отсутствия»; после этого откройте нужное время в расписании дня.",
    )


def list_times(times: Sequence[datetime], today: date) -> str:
    """Return «14:40, 15:20, завтра 09:00»: the day is said where it changes, today never."""
    parts, on = [], today
    for time in times:
        day = words.moscow(time).date()
        label = words.clock_time(time)
        parts.append(label if day == on else f"{words.day_label(day, today)} {label}")
        on = day
    return ", ".join(parts)


def _offered(nearest: Sequence[NearTime], today: date, other_doctors: bool) -> str:
    if not nearest:
        return "Свободного времени рядом нет: посмотрите другой день или другого врача."
    whose = "Ближайшие у других врачей" if other_doctors else "Ближайшие"
    return f"{whose}: {list_times([near.starts_at for near in nearest], today)}."
