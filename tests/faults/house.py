"""The system under test as it runs in production: PostgreSQL, two gateways, the web, a worker.

Everything stands in one folder under /tmp and on free ports of the loopback; whatever ends the
block, no process and no file of it is left. Breaking it is `nemesis`' work.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from priyom.cli import environment
from priyom.cli.database import SUPERUSER, Cluster
from priyom.cli.places import ROOT, State
from priyom.cli.spawn import with_parent
from priyom.cli.up import uvicorn
from priyom.testing import database
from priyom.testing.ports import free_port
from tests.faults.checker import Stored

READY_SECONDS = 60.0
LOG = """
SELECT consultation_id::text, seq, kind, author::text, client_key, body
FROM consultations_entry ORDER BY consultation_id, seq
"""
LAST = "SELECT consultation_id::text, max(seq) FROM consultations_entry GROUP BY 1"


@dataclass
class Part:
    """One process of the house. `port`: it is ready when /healthz answers 200 there."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    log: Path
    port: int | None = None
    plain_port: int | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, from the main thread: it dies with the thread that made it."""
        with self.log.open("ab") as file:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.env),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                preexec_fn=with_parent(),
            )

    def wait(self) -> None:
        """Return when it serves."""
        until = time.monotonic() + READY_SECONDS
        while not self.is_healthy():
            assert self.process is not None
            assert self.process.poll() is None, f"{self.name} ended:\n{self.last_words()}"
            assert time.monotonic() < until, f"{self.name} is not ready:\n{self.last_words()}"
            time.sleep(0.05)

    def is_healthy(self) -> bool:
        """Tell whether it says of itself that it is well."""
        if self.port is None:
            return True
        with suppress(OSError, urllib.error.HTTPError):
            url = f"http://127.0.0.1:{self.port}/healthz"
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bool(answer.status == 200)
        return False

    def send(self, number: signal.Signals) -> None:
        """Signal the process."""
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it at once, a frozen one too, with whatever it started."""
        if self.process is not None and self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_words(self) -> str:
        """Return the end of its log."""
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""


@dataclass
class House:
    """The running system. `settings` are the server's own, for what a test wants otherwise."""

    folder: Path
    cluster: Cluster
    env: dict[str, str]
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def gateways(self) -> list[Part]:
        """Return both gateways."""
        return [part for name, part in self.parts.items() if name.startswith("gateway")]

    @property
    def web(self) -> str:
        """Return the web's address."""
        return f"http://127.0.0.1:{self.parts['web'].port}"

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Return what the base itself says to the superuser, past everything under test.

        A server that was just broken may be about to start anew: it is asked again.
        """
        dsn = self.cluster.dsn(SUPERUSER)
        until = time.monotonic() + READY_SECONDS
        while True:
            try:
                with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as link:
                    done = link.execute(query.encode())
                    return done.fetchall() if done.description else []
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def log(self) -> list[Stored]:
        """Return every entry of every consultation."""
        return [Stored(*row) for row in self.ask(LOG)]  # type: ignore[arg-type]

    def last(self) -> dict[str, int]:
        """Return the last number of each consultation as it stands now."""
        rows = self.ask(
            "SELECT consultation_id::text, max(seq) FROM consultations_entry GROUP BY 1"
        )
        return {str(chat): int(str(seq)) for chat, seq in rows}

    def book(self, count: int) -> list[dict[str, object]]:
        """Make that many consultations by the real acts; see stage.py."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.stage", str(count)],
            cwd=ROOT,
            env=environment.for_web(self.env),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        made: list[dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
        return made

    def start(self, names: tuple[str, ...]) -> None:
        """Start parts by name, together."""
        for name in names:
            self.parts[name] = self._part(name)
            self.parts[name].start()
        for name in names:
            self.parts[name].wait()

    def _part(self, name: str) -> Part:
        log, python = self.folder / f"{name}.log", [sys.executable, "-m"]
        if name == "web":
            port = int(self.env["PRIYOM_PUBLIC_URL"].rpartition(":")[2])
            command = uvicorn("priyom.asgi:application", port)
            return Part(name, command, environment.for_web(self.env), log, port)
        if name == "worker":
            command = [*python, "priyom.cli", "worker"]
            return Part(name, command, environment.for_web(self.env), log)
        port, plain = free_port(), free_port()
        env = environment.for_gateway(self.env) | {
            "PRIYOM_GATEWAY_LISTEN": f"127.0.0.1:{port}",
            "PRIYOM_GATEWAY_HTTP_LISTEN": f"127.0.0.1:{plain}",
        }
        return Part(name, [*python, "priyom.cli", "gateway"], env, log, port, plain)

    def look_after(self) -> None:
        """Start the worker again if it gave up, as a supervisor does; nobody else may fall."""
        for part in self.parts.values():
            assert part.process is not None
            if part.process.poll() is None:
                continue
            assert part.name == "worker", f"{part.name} fell:\n{part.last_words()}"
            part.start()

    def stop(self) -> None:
        """End every process but the database."""
        for part in self.parts.values():
            part.kill()


GATEWAYS = ("gateway-1", "gateway-2")
WHOLE = (*GATEWAYS, "web", "worker")


@contextmanager
def running(
    parts: tuple[str, ...] = WHOLE, settings: Mapping[str, str] | None = None
) -> Iterator[House]:
    """Yield a house of its own with these parts; `settings` are added to PostgreSQL's."""
    folder = Path(tempfile.mkdtemp(prefix="priyom-fault-", dir="/tmp"))
    folder.chmod(0o711)  # the database's own user must get through to its part
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        env = _environment(folder)
        cluster = stack.enter_context(database.migrated(folder / "pg", env))
        # As in production, not as in other tests: on the disk before the answer.
        cluster.stop()
        cluster.settings = dict(settings or {})
        cluster.start()
        house = House(folder, cluster, env)
        stack.callback(house.stop)
        house.start(parts)
        yield house


def _environment(folder: Path) -> dict[str, str]:
    var = folder / "var"
    (var / "static").mkdir(mode=0o700, parents=True)
    ports = environment.Ports(free_port())
    env = environment.make(State(var), ports, database.addresses(folder / "pg"))
    # Production: no demo, no simulators, a mail server that nobody reaches.
    return env | {"PRIYOM_DEMO": "0", "PRIYOM_MAILBOX_URL": "", "PRIYOM_HOSTS": "127.0.0.1"}
