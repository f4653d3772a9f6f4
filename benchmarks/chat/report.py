"""The figures of a run: medians over the rounds, ratios of neighbours, table, line, JSON."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Any

from benchmarks.chat.limit import Bare
from benchmarks.chat.load import Figures
from benchmarks.stand.ending import short
from priyom.cli import console

SERVERS = ("priyom", "ejabberd", "channels")
ABSENT = "absent"


@dataclass
class Report:
    """Everything that was measured."""

    machine: dict[str, object] = field(default_factory=dict)
    runs: dict[str, list[Figures]] = field(default_factory=dict)
    """«server, load, pairs» → a run for each round."""
    limits: dict[str, list[Bare]] = field(default_factory=dict)
    batches: dict[int, list[int]] = field(default_factory=dict)
    """Pairs → rows of one commit of ours, for each round."""
    idle: dict[str, float] = field(default_factory=dict)
    idle_sockets: int = 0
    commit_ms: float = 0.0
    open_ms: float | None = None

    def add(self, server: str, load: str, pairs: int, told: Figures) -> None:
        """Keep one run."""
        self.runs.setdefault(f"{server}, {load}, {pairs}", []).append(told)

    def bare(self, pairs: int, batch: int, told: Bare) -> None:
        """Keep one run of the limit beside ours."""
        same = batch != 256
        self.limits.setdefault(f"{pairs}, {'same' if same else 256}", []).append(told)
        if same:
            self.batches.setdefault(pairs, []).append(batch)

    # -- reading

    def of(self, server: str, load: str, pairs: int) -> list[Figures]:
        """Return the runs of one kind, one a round."""
        return self.runs.get(f"{server}, {load}, {pairs}", [])

    def median(self, server: str, load: str, pairs: int, name: str) -> float | None:
        """Return the median of one figure."""
        told = [float(getattr(one, name)) for one in self.of(server, load, pairs)]
        return statistics.median(told) if told else None

    def ratio(self, name: str, above: tuple[str, str, int], below: tuple[str, str, int]) -> Any:
        """Return the median over the rounds of one figure of a run by that of its neighbour."""
        both = zip(self.of(*above), self.of(*below), strict=False)
        told = [getattr(a, name) / getattr(b, name) for a, b in both if getattr(b, name)]
        return statistics.median(told) if told else ABSENT

    def pairs(self) -> list[int]:
        """Return the numbers of pairs that were tried."""
        return sorted({int(key.rpartition(" ")[2]) for key in self.runs})

    def pg_ratio(self, pairs: int) -> Any:
        """Return PostgreSQL's time of ours by that of bare rows in batches of the same size."""
        same = self.limits.get(f"{pairs}, same") or self.limits.get(f"{pairs}, 256", [])
        both = zip(self.of("priyom", "saturated", pairs), same, strict=False)
        told = [ours.pg_cpu / bare.pg_cpu for ours, bare in both]
        return statistics.median(told) if told else ABSENT

    def line(self) -> dict[str, Any]:
        """Return what the last line says."""
        pairs = self.pairs()[0]
        ours = ("priyom", "saturated", pairs)
        return {
            "delivered_ratio_ejabberd": self.ratio("rate", ours, ("ejabberd", *ours[1:])),
            "delivered_ratio_channels": self.ratio("rate", ours, ("channels", *ours[1:])),
            "cpu_ratio_ejabberd": self.ratio("cpu", ours, ("ejabberd", *ours[1:])),
            "pg_cpu_ratio_limit": self.pg_ratio(pairs),
            "p50_ms": self.median("priyom", "gentle", pairs, "p50"),
            "p99_ms": self.median("priyom", "gentle", pairs, "p99"),
            "idle_kb": self.idle.get("priyom", ABSENT),
            "two_process_ratio": self.ratio("rate", ("priyom", "two", pairs), ours),
            "open_10k_ms": ABSENT if self.open_ms is None else self.open_ms,
        }

    # -- showing

    def show(self) -> None:
        """Print the table and the ratios."""
        console.say()
        console.say(
            f"{'':26}{'msg/s':>9}{'CPU/1000: server':>18}{'(kernel)':>10}{'PostgreSQL':>12}"
            f"{'p50':>8}{'p95':>8}{'p99 ms':>8}{'lost':>6}{'others':>8}"
        )
        for pairs in self.pairs():
            for load in ("saturated", "gentle", "two", "two, all apart", "two, none apart"):
                for server in SERVERS:
                    self._row(server, load, pairs)
        for key, told in self.limits.items():
            pairs, _, batch = key.partition(", ")
            rows = (
                statistics.median(self.batches.get(int(pairs), [256])) if batch == "same" else 256
            )
            rate = statistics.median(one.rate for one in told)
            cpu = statistics.median(one.pg_cpu for one in told)
            console.say(f"{f'bare rows, {rows:.0f} a commit':26}{rate:9,.0f}{'':28}{cpu:12.4f}")
        self._rest()

    def _row(self, server: str, load: str, pairs: int) -> None:
        if server != "priyom" and load.startswith("two"):
            return
        title = f"{server}, {load}, {pairs}"
        if not self.of(server, load, pairs):
            if server not in self.idle:
                console.say(f"{title:26}{ABSENT:>9}")
            return
        names = (
            "rate",
            "server_cpu",
            "server_kernel",
            "pg_cpu",
            "p50",
            "p95",
            "p99",
            "lost",
            "others",
        )
        told = {name: self.median(server, load, pairs, name) for name in names}
        console.say(
            "{title:26}{rate:9,.0f}{server_cpu:18.4f}{server_kernel:10.4f}{pg_cpu:12.4f}{p50:8.2f}{p95:8.2f}{p99:8.2f}"
            "{lost:6.0f}{others:8.2f}".format(title=title, **told)
        )

    def _rest(self) -> None:
        pairs = self.pairs()[0]
        console.say()
        idle = ", ".join(f"{one} {short(self.idle.get(one, ABSENT))}" for one in SERVERS)
        console.say(f"kB for a socket that waits ({self.idle_sockets}): {idle}")
        console.say(f"one durable commit: {self.commit_ms:.2f} ms")
        apart = ("priyom", "two, all apart", pairs)
        crossing = self.ratio("cpu", apart, ("priyom", "two, none apart", pairs))
        console.say(
            f"CPU of a message that crosses processes, to one that does not: {short(crossing)}"
        )
        for pairs in self.pairs():
            ours, gentle = ("priyom", "saturated", pairs), ("priyom", "gentle", pairs)
            told = {
                "msg/s to ejabberd": self.ratio("rate", ours, ("ejabberd", *ours[1:])),
                "to channels": self.ratio("rate", ours, ("channels", *ours[1:])),
                "CPU to ejabberd": self.ratio("cpu", ours, ("ejabberd", *ours[1:])),
                "p50 to ejabberd": self.ratio("p50", gentle, ("ejabberd", *gentle[1:])),
                "p99 to ejabberd": self.ratio("p99", gentle, ("ejabberd", *gentle[1:])),
                "PostgreSQL to bare rows": self.pg_ratio(pairs),
            }
            console.say(f"{pairs} pairs: " + ", ".join(f"{k} {short(v)}" for k, v in told.items()))
