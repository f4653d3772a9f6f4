"""Life of a slot and how long a registrar may hold one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from priyom.kernel import words
from priyom.kernel.machine import Machine
from priyom.kernel.refusal import Refusal, RefusalKind


class SlotState(StrEnum):
    """State of a slot (process.md)."""

    FREE = "free"
    HELD = "held"
    BOOKED = "booked"
    BLOCKED = "blocked"


class SlotAct(StrEnum):
    """What happens to a slot."""

    HOLD = "hold"
    RELEASE = "release"
    BOOK = "book"
    FREE = "free"
    BLOCK = "block"
    UNBLOCK = "unblock"


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
