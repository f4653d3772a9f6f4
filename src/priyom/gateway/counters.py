"""What /metrics tells: plain numbers of this process, in Prometheus' text form."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Counters:
    """Counted since the start, but `sockets` and `rooms`, which are now."""

    sockets: int = 0
    rooms: int = 0
    accepted: int = 0
    streams: int = 0
    """Of the accepted, those over plain HTTP; a stream taken over counts again."""
    posts: int = 0
    turned_away: int = 0
    """Handshakes without a good ticket, or to a foreign chat."""
    messages: int = 0
    repeats: int = 0
    refused: int = 0
    batches: int = 0
    busy: int = 0
    hints: int = 0
    wakes: int = 0
    """What other processes told by Redis or NATS."""
    fetches: int = 0
    swept: int = 0
    """Rooms that only the sweep found behind: hints that were lost."""
    slow_readers: int = 0
    floods: int = 0
    database_lost: int = 0
    signals: int = 0


_GAUGES = frozenset({"sockets", "rooms"})


def exposition(counters: Counters) -> str:
    """Return the text of /metrics."""
    lines = []
    for one in fields(counters):
        kind = "gauge" if one.name in _GAUGES else "counter"
        name = f"priyom_gateway_{one.name}" + ("" if kind == "gauge" else "_total")
        lines += [f"# TYPE {name} {kind}", f"{name} {getattr(counters, one.name)}"]
    return "\n".join(lines) + "\n"
