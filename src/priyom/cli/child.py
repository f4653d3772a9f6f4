"""One supervised process: how it starts, how its lines are read, when it may start again."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from priyom.cli.spawn import with_parent

LOG_LIMIT = 10 * 1024 * 1024  # bytes; then the file is kept once as .1
BACK_OFF = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0)  # seconds before each restart in a row
ALIVE_SECONDS = 0.3
STEADY_SECONDS = 60.0  # a child that lived so long begins the row anew


@dataclass
class Child:
    """A process of the house. port: it is ready when this one answers, at `address`.
    modules: Python modules that must exist. login: options of subprocess that change the user.
    is_last_to_stop: the others need it to end well; so is the database.
    complains: what stands in its log before the one sentence why it cannot start."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    port: int | None = None
    modules: tuple[str, ...] = ()
    at_parents_death: signal.Signals = signal.SIGKILL
    stop_signal: signal.Signals = signal.SIGTERM
    login: Mapping[str, object] = field(default_factory=dict)
    cwd: str | None = None
    is_last_to_stop: bool = False
    address: str = "127.0.0.1"
    complains: str = ""

    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    restart_at: float | None = None
    _rest: bytes = b""
    _log: BinaryIO | None = None

    def start(self, logs: Path) -> None:
        self.process = subprocess.Popen(
            self.command,
            env=dict(self.env),
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=with_parent(self.at_parents_death),
            **self.login,  # type: ignore[call-overload]
        )
        if self.process.stdout is not None:
            os.set_blocking(self.process.stdout.fileno(), False)
        self.started_at = time.monotonic()
        self.restart_at = None
        if self._log is None:
            self._log = (logs / f"{self.name}.log").open("ab")

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def is_ready(self) -> bool:
        if self.port is None:  # a child without a port shows by living that it could start
            return self.is_running() and time.monotonic() - self.started_at > ALIVE_SECONDS
        with socket.socket() as probe:
            probe.settimeout(0.5)
            return probe.connect_ex((self.address, self.port)) == 0

    def read(self) -> list[str]:
        """The whole lines that came since the last call; they also go to the log file."""
        pipe = self.process.stdout if self.process is not None else None
        if pipe is None:
            return []
        chunks = [self._rest]
        while chunk := pipe.read(65536):
            chunks.append(chunk)
        *lines, self._rest = b"".join(chunks).split(b"\n")
        if len(self._rest) > 65536 or (self._rest and not self.is_running()):
            lines, self._rest = [*lines, self._rest], b""
        self._keep(lines)
        return [line.decode("utf-8", "replace").rstrip() for line in lines]

    def _keep(self, lines: list[bytes]) -> None:
        if not lines or self._log is None:
            return
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ ", time.gmtime()).encode()
        self._log.writelines(stamp + line + b"\n" for line in lines)
        self._log.flush()
        if self._log.tell() > LOG_LIMIT:
            path = Path(self._log.name)
            self._log.close()
            path.replace(path.with_suffix(".log.1"))
            self._log = path.open("ab")

    def close(self) -> None:
        """Lets the files go; the process itself is stopped by ask_to_stop() or kill()."""
        for file in (self._log, self.process.stdout if self.process is not None else None):
            if file is not None:
                file.close()
        self._log = None

    def plan_restart(self) -> float:
        """Seconds until the next start; longer with each failure in a row."""
        steady = time.monotonic() - self.started_at > STEADY_SECONDS
        self.failures = 0 if steady else self.failures
        wait = BACK_OFF[min(self.failures, len(BACK_OFF) - 1)]
        self.failures += 1
        self.restart_at = time.monotonic() + wait
        return wait

    def ask_to_stop(self) -> None:
        if self.process is not None and self.is_running():
            self.process.send_signal(self.stop_signal)

    def kill(self) -> None:
        """The whole process group: a child of a child must not stay either."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
