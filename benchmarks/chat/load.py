"""Builds the load generator, runs it against a server, counts both sides' time meanwhile."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.stand import machine
from priyom.cli.failure import Stop

SOURCE = Path(__file__).with_name("load.c")


class Server(Protocol):
    """A chat server under load."""

    name: str
    dialect: str
    extra: str

    def roots(self) -> list[int]:
        """Return its first processes; what they started is counted too."""

    def connections(self, pairs: int) -> Path:
        """Write the generator's file of connections, two for each pair."""


@dataclass(frozen=True)
class Aim:
    """One run of the generator."""

    pairs: int
    mode: str
    seconds: float
    warm: float = 1.0
    rate: float = 0.0


@dataclass(frozen=True)
class Figures:
    """What one run gave; CPU in seconds a thousand delivered messages."""

    rate: float
    p50: float
    p95: float
    p99: float
    server_cpu: float
    server_kernel: float
    """What of it the kernel took."""
    pg_cpu: float
    own_us: float
    """Microseconds of the generator a message."""
    kernel_us: float
    """Those of them that the kernel took for its sockets."""
    lost: int
    others: float
    """Processors busy with anything else meanwhile: a run with more than 0.5 is noisy."""

    @property
    def cpu(self) -> float:
        return self.server_cpu + self.pg_cpu


def build(folder: Path) -> Path:
    """Compile the generator. Raises Stop where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise Stop("The load generator is C and there is no cc here: install gcc or clang.")
    program = folder / "load"
    command = [compiler, "-O2", "-o", str(program), str(SOURCE), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Stop(f"The load generator does not compile here: {done.stderr.strip()[-400:]}")
    return program


class Driver:
    """The generator and the database under all servers."""

    def __init__(self, program: Path, postgres: int) -> None:
        self._program = program
        self._postgres = postgres

    def run(self, server: Server, aim: Aim) -> Figures:
        """Load the server and return what came of it. Raises Stop when it does not serve."""
        with self._started(server, aim) as child:
            self._until(child, "begin")
            begun = self._counted(server)
            self._until(child, "end")
            ended = self._counted(server)
            told = json.loads(self._until(child, ""))
        spent = [after - before for before, after in zip(begun, ended, strict=True)]
        thousands = max(told["delivered"], 1) / 1000
        mine, base, whole, kernel = spent
        others = (whole - mine - base - told["own_cpu_s"]) / told["seconds"]
        return Figures(
            rate=told["delivered"] / told["seconds"],
            p50=told["p50_ms"],
            p95=told["p95_ms"],
            p99=told["p99_ms"],
            server_cpu=mine / thousands,
            server_kernel=kernel / thousands,
            pg_cpu=base / thousands,
            own_us=told["own_cpu_s"] / thousands * 1000,
            kernel_us=told["kernel_cpu_s"] / thousands * 1000,
            lost=told["lost"] + told["dropped"],
            others=max(0.0, others),
        )

    def idle(self, server: Server, connections: int) -> float:
        """Return the kB of the server's memory for one connection that only waits."""
        before = machine.memory_of(machine.tree(server.roots()))
        with self._started(server, Aim(connections // 2, "idle", 2.0)) as child:
            self._until(child, "begin")
            time.sleep(1)
            after = machine.memory_of(machine.tree(server.roots()))
            self._until(child, "end")
        return (after - before) / connections

    def _started(self, server: Server, aim: Aim) -> subprocess.Popen[str]:
        words = (server.dialect, server.connections(aim.pairs), aim.mode, aim.warm, aim.seconds)
        command = [self._program, *words, aim.rate, server.extra]
        return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)

    def _until(self, child: subprocess.Popen[str], word: str) -> str:
        """Return the next line that is the word, or any line when there is none to wait for."""
        assert child.stdout is not None  # noqa: S101 - it is a pipe
        for line in child.stdout:
            if not word or line.strip() == word:
                return line
        child.wait()
        raise Stop("The load generator gave up: its reason stands above.")

    def _counted(self, server: Server) -> tuple[float, float, float, float]:
        mine = machine.tree(server.roots())
        base = machine.cpu_of(machine.tree([self._postgres]))
        return machine.cpu_of(mine), base, machine.whole().busy, machine.kernel_of(mine)
