"""One consultation and its sockets in this process: who is here, and up to which number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol
from uuid import UUID

from priyom.chat import wire
from priyom.consultations.log import Marks


class Listener(Protocol):
    """What the hub needs of a socket's session."""

    account: UUID
    handle: UUID
    consultation: UUID
    side: str
    name: str
    sent: int
    is_live: bool

    def push(self, text: str) -> None: ...

    def dismiss(self, why: str) -> None: ...


class Room:
    """One consultation and its sockets here."""

    __slots__ = ("at", "consultation", "elsewhere", "known", "marks", "sessions", "shown", "state")

    def __init__(self, consultation: UUID) -> None:
        self.consultation = consultation
        self.sessions: set[Listener] = set()
        self.at = 0
        """The number up to which every live socket has everything."""
        self.known = 0
        """The highest number that was heard of; what a socket that comes in must have too."""
        self.state = ""
        self.marks: dict[UUID, Marks] = {}
        self.elsewhere: dict[tuple[str, UUID], None] = {}
        """(process, account): who is here by another process; "" is who just left this one."""
        self.shown: frozenset[UUID] = frozenset()

    def live(self) -> Iterator[Listener]:
        """Yield the sockets that have everything up to `at`."""
        return (one for one in self.sessions if one.is_live)

    def here(self) -> frozenset[UUID]:
        """Return the accounts that are here, by whichever process."""
        near = {one.account for one in self.sessions if one.is_live}
        return frozenset(near | {account for _, account in self.elsewhere})

    def push(self, text: str, but: UUID | None = None) -> None:
        """Send a frame to every live socket, but not to those of one account."""
        for one in list(self.live()):
            if one.account != but:
                one.push(text)


def mark_frame(mark: Marks) -> str:
    """Return the frame of one member's marks."""
    return wire.frame("marks", **mark_plain(mark))


def mark_plain(mark: Marks) -> dict[str, Any]:
    """Return a member's marks as frames carry them."""
    return {
        "account": mark.account,
        "side": mark.side,
        "name": mark.name,
        "delivered": mark.delivered,
        "read": mark.read,
    }
