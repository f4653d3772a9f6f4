"""What is to be told of one consultation, before it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from priyom.demo.slots import Post
from priyom.demo.staff import Worker
from priyom.demo.stage import Side
from priyom.demo.talks import Talk


@dataclass
class Visit:
    """What is to be told: who, with whom, when, how far. Instants aware."""

    state: str
    side: Side
    post: Post
    talk: Talk
    starts_at: datetime
    booked_at: datetime
    asked_at: datetime
    clerk: Worker
    source: str = "portal"
    turns: set[str] = field(default_factory=set)
    """What happens on the way: moved, move_asked, handed_over, no_account, ringing, active, …"""
    played: int | None = None
    """How many lines of the talk were said; None for all."""
    began_at: datetime | None = None
