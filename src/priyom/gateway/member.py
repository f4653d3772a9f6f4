"""What a member of a chat may do once let in, whichever way the frames come."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from priyom.calls.wire import is_signal
from priyom.chat import wire
from priyom.consultations.log import Item
from priyom.gateway.config import Config
from priyom.gateway.counters import Counters
from priyom.gateway.hub import Hub
from priyom.gateway.limits import Bucket
from priyom.gateway.line import Line
from priyom.gateway.writer import Writer


class Process(Protocol):
    """What a member asks of the process that serves it."""

    config: Config
    counters: Counters
    hub: Hub
    reader: Line
    writer: Writer[Member]


class Member:
    """An account in a consultation; the hub's Listener. Subclasses say how it is answered."""

    def __init__(self, gateway: Process, address: str) -> None:
        self._gateway = gateway
        self.address = address
        limits = gateway.config.limits
        self.messages = Bucket(limits.messages_rate, limits.messages_burst)
        self.frames = Bucket(limits.frames_rate, limits.frames_burst)
        self.account = UUID(int=0)
        self.handle = UUID(int=0)
        self.consultation = UUID(int=0)
        self.side = ""
        self.name = ""
        self.sent = 0
        self.is_live = False
        self.wrote = False
        """Whether the person did something since the session was last looked at."""

    def push(self, text: str) -> None:
        """Answer with a frame, without waiting."""
        raise NotImplementedError

    def dismiss(self, why: str) -> None:
        """End it, and say whether to come back."""
        raise NotImplementedError

    def take(self, raw: bytes) -> None:
        """Do what a frame asks, within the limits; what is no frame of a live page ends it."""
        if not self.frames.take():
            self._gateway.counters.floods += 1
            self.dismiss("flood")
            return
        try:
            frame = wire.read(raw)
        except wire.Unacceptable as refusal:
            self._gateway.counters.refused += 1
            self.push(wire.refused(refusal.key, refusal.code))
            return
        except wire.Malformed:
            self.dismiss("frame")
            return
        match frame:
            case wire.Send():
                self._send(frame)
            case wire.Seen():
                self._gateway.hub.seen(self, frame.delivered, frame.read)
            case wire.Typing():
                self._gateway.hub.typing(self)
            case wire.Signal():
                self._signal(frame)
            case wire.Ping():
                self.push(wire.frame("pong"))
            case _:
                self.dismiss("frame")

    def _send(self, frame: wire.Send) -> None:
        self.wrote = True
        if not self.messages.take():
            self.push(wire.refused(frame.key, "slow"))
            return
        item = Item(
            self.consultation,
            self.account,
            frame.key,
            frame.kind,
            frame.body,
            frame.refers,
            frame.files,
            session=self.handle,
            address=self.address,
        )
        if not self._gateway.writer.submit(item, self):
            self.push(wire.refused(frame.key, "later"))

    def _signal(self, frame: wire.Signal) -> None:
        self.wrote = True
        if is_signal(frame.data):
            self._gateway.hub.signal(self, frame.call, dict(frame.data))
        else:
            self.dismiss("frame")
