"""`./priyom bench chat [--quick]`: the gateway, its peers and the limit, in turn, on one database.

Prints a table and the ratios, ends with one line `chat: key=value …`, and keeps the same as JSON
in var/bench/chat.json. A peer that cannot be installed here reads `absent`.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import django

from benchmarks.chat import channels, ejabberd, load
from benchmarks.chat.load import Aim, Driver, Figures
from benchmarks.chat.report import Report
from benchmarks.stand import ending, ground, machine
from priyom.cli import console
from priyom.cli.failure import Stop

FILES = 20_000


@dataclass(frozen=True)
class Size:
    """How long and how large a run is."""

    rounds: int
    pairs: tuple[int, ...]
    saturated: float
    gentle: float
    warm: float
    idle: int
    openings: int


FULL = Size(3, (100, 500), 6.0, 10.0, 2.0, 5_000, 5)
QUICK = Size(1, (100,), 2.5, 4.0, 0.7, 400, 3)


def main(words: list[str]) -> int:
    """Run the benchmark with the words of the command line."""
    parser = argparse.ArgumentParser(prog="./priyom bench chat", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within a minute, 100 pairs only")
    parser.add_argument("--only", choices=["ours"], help="without the peers")
    told = parser.parse_args(words)
    allow_many_files()
    program = load.build(ground.HOME)
    with ExitStack() as stack:
        bench = Bench(QUICK if told.quick else FULL, program, stack, peers=not told.only)
        report = bench.run()
    report.show()
    ending.finish("chat", report.line(), {"all": asdict(report)})
    return 0


def allow_many_files() -> None:
    """Let this program and its children hold thousands of sockets. Raises Stop."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < FILES:
        raise Stop(f"{FILES} open files are needed and {hard} allowed: raise ulimit -n.")


@dataclass
class Bench:
    """One whole run on one database."""

    size: Size
    program: Path
    stack: ExitStack
    peers: bool = True
    report: Report = field(default_factory=Report)

    def run(self) -> Report:
        """Start everything, measure in turn, stop everything."""
        with console.step("a durable PostgreSQL, migrated"):
            cluster, env = self.stack.enter_context(ground.cluster())
            folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(dir="/tmp")))
            django.setup()
        from benchmarks.chat import limit, opening, world  # needs Django's settings
        from benchmarks.chat.ours import Ours

        assert cluster.process is not None  # noqa: S101 - it was started
        postgres = cluster.process.pid
        self.report.machine = machine.describe(cluster.data.resolve(), cluster.dsn("postgres"))
        self.report.commit_ms = limit.commit_ms(cluster)
        self.driver = Driver(self.program, postgres)
        with console.step("a clinic with open chats"):
            pairs = world.make(max(self.size.idle // 2, *self.size.pairs) + 1)
        self.ours = Ours(env, pairs, folder)
        self.stack.callback(self.ours.stop)
        self.ours.start()
        self.bare = limit.Limit(cluster, postgres, 100)
        servers: list[Any] = [self.ours]
        if self.peers:
            servers += self._peers(ground.peers_database(cluster), folder)
        self.report.idle_sockets = self.size.idle
        for server in servers:
            with console.step(f"{server.name}: {self.size.idle} sockets that wait"):
                self.report.idle[server.name] = self.driver.idle(server, self.size.idle)
        for number in range(self.size.rounds):
            self._round(number + 1, servers)
        for server in servers:
            server.stop()
        self._open(opening, env, pairs[-1], folder)
        return self.report

    def _peers(self, database: dict[str, str], folder: Path) -> list[Any]:
        found: list[Any] = []
        for module, kind, count in (
            (ejabberd, ejabberd.Ejabberd, self.size.idle),
            (channels, channels.Channels, self.size.idle // 2),
        ):
            name = kind.name
            if not module.is_installed():
                with console.step(f"{name}: is installed"):
                    module.install()
            if not module.is_installed():
                console.say(f"  {name} cannot be installed here: its figures read absent.")
                continue
            place = folder / name
            place.mkdir()
            try:
                with console.step(f"{name}: starts"):
                    peer = kind(database, count, place)
            except (Stop, OSError) as trouble:
                console.say(f"  {name} does not start here, its figures read absent: {trouble}")
                continue
            self.stack.callback(peer.stop)
            found.append(peer)
        return found

    def _round(self, number: int, servers: list[Any]) -> None:
        size = self.size
        for pairs in size.pairs:
            closed = Aim(pairs, "closed", size.saturated, size.warm)
            for server in servers:
                before = self.ours.batches()
                told = self._drive(f"{number}. {server.name}", server, closed)
                if server is self.ours:
                    stored, batches = (
                        b - a for a, b in zip(before, self.ours.batches(), strict=True)
                    )
                    batch = max(16, min(256, round(stored / max(batches, 1))))
                    self.report.bare(pairs, batch, self.bare.run(batch, size.saturated / 2))
                    self.report.bare(pairs, 256, self.bare.run(256, size.saturated / 2))
                self.report.add(server.name, "saturated", pairs, told)
            for server in servers:
                gentle = Aim(pairs, "open", size.gentle, size.warm, rate=100)
                told = self._drive(f"{number}. {server.name}", server, gentle)
                self.report.add(server.name, "gentle", pairs, told)
        pairs = size.pairs[0]
        self.ours.start()
        for name, split in (("two", 0.5), ("two, all apart", 1.0), ("two, none apart", 0.0)):
            self.ours.split = split
            told = self._drive(f"{number}. priyom, {name}", self.ours,
                               Aim(pairs, "closed", size.saturated, size.warm))  # fmt: skip
            self.report.add("priyom", name, pairs, told)
        self.ours.split = 0.0
        self.ours.stop(keep=1)

    def _drive(self, title: str, server: Any, aim: Aim) -> Figures:
        told = self.driver.run(server, aim)
        pace = f"{told.rate:,.0f}/s" if aim.mode == "closed" else f"p50 {told.p50:.2f} ms"
        console.say(
            f"  {title}, {aim.pairs} pairs: {pace}, CPU {told.server_cpu:.3f} + {told.pg_cpu:.3f} s"
            f" per 1000, others {told.others:.1f}, generator {told.own_us:.1f} us"
            f" (kernel {told.kernel_us:.1f})"
        )
        return told

    def _open(self, opening: Any, env: dict[str, str], pair: Any, folder: Path) -> None:
        with console.step("a chat of 10 000 messages in a browser"):
            told = opening.milliseconds(env, pair, folder, self.size.openings)
        self.report.open_ms = told


if __name__ == "__main__":
    ending.start(main)
