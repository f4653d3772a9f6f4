"""The command line as people meet it: as a process, on a state folder and ports of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from priyom.cli.database import embedded
from priyom.cli.places import ROOT, SYSTEM_STATE, State
from priyom.testing.database import settle
from priyom.testing.ports import free_block

BLOCK = (*range(7), 25)  # environment.Ports, as distances from the first


@dataclass
class House:
    """One state folder, with the processes that a test started on it."""

    state: State
    port: int
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        clean = {name: text for name, text in os.environ.items() if not name.startswith("PRIYOM_")}
        path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
        return clean | {"PRIYOM_VAR": str(self.state.var), "PYTHONPATH": path, "NO_COLOR": "1"}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command to its end; both outputs in stdout."""
        return subprocess.run(
            [sys.executable, "-m", "priyom.cli", *words],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )

    def up(self, *words: str) -> subprocess.Popen[str]:
        """`up` in the background; stopped at the end of the test at the latest."""
        process = subprocess.Popen(
            [sys.executable, "-m", "priyom.cli", "up", "--port", str(self.port), *words],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def read_until(self, process: subprocess.Popen[str], word: str) -> str:
        """What it said up to a line with the word; fails with all of it when it ended before."""
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if word in line:
                return said
        raise AssertionError(f"«{word}» never came:\n{said}")

    def stop(self, process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str]:
        process.send_signal(number)
        said, _ = process.communicate(timeout=40)
        return process.returncode, said

    def processes(self) -> list[str]:
        """Command lines of everything alive that was started on this state folder."""
        mark = os.fsencode(self.state.var)
        database = os.fsencode(SYSTEM_STATE / self.state.key)
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes()
                known = b"PRIYOM_VAR=" + mark + b"\0" in (folder / "environ").read_bytes()
            except OSError:
                continue
            if words and (known or database in words or mark in words):
                found.append(words.replace(b"\0", b" ").decode())
        return found


@pytest.fixture
def house(bare: House) -> House:
    """A state folder whose database is brought to this version already, where one is kept."""
    bare.state.make()
    settle(embedded(bare.state))
    return bare


@pytest.fixture
def bare() -> Iterator[House]:
    """A state folder that is not there yet."""
    var = Path(tempfile.mkdtemp(prefix="priyom-cli-", dir="/tmp")) / "var"
    one = House(State(var), free_block(BLOCK))
    yield one
    for process in one.started:
        process.kill()
        process.communicate()
    eventually(lambda: not one.processes())
    shutil.rmtree(SYSTEM_STATE / one.state.key, ignore_errors=True)
    shutil.rmtree(var.parent)


def eventually(holds: Callable[[], bool], seconds: float = 15.0) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
