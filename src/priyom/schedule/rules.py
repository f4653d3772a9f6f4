"""Life of a slot and how long a registrar may hold one."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from priyom.kernel.machine import Machine


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
    automatic=frozenset({SlotAct.RELEASE, SlotAct.FREE}),
)

MACHINES = (SLOT,)

HOLD_FOR = timedelta(minutes=2)
"""How long a chosen time waits for the registrar's confirmation."""
