"""The whole region as people get it: `./priyom up` on a state folder and ports of its own.

The database is brought to this version already, where a session keeps one.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from priyom.cli.database import embedded
from priyom.cli.environment import Ports
from priyom.cli.failure import Stop
from priyom.cli.places import ROOT, State
from priyom.testing.database import settle

START_SECONDS = 240.0


class NotUp(AssertionError):
    """The region did not start; the message ends with its last words."""


@dataclass(frozen=True)
class Region:
    """A running region: where its parts answer, and where it keeps its state."""

    ports: Ports
    var: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Address of both portals: add /my/ or /desk/."""
        return f"http://localhost:{self.ports.web}"

    @property
    def files_url(self) -> str:
        """The second origin, which serves files."""
        return f"http://localhost:{self.ports.files}"

    @property
    def esia_url(self) -> str:
        """The simulator of ЕСИА."""
        return f"http://localhost:{self.ports.esia}"

    @property
    def mailbox_url(self) -> str:
        """The page with the e-mails that were sent."""
        return f"http://localhost:{self.ports.mailbox}"

    @property
    def output(self) -> str:
        """What `up` has said so far."""
        return (self.var / "up.log").read_text(encoding="utf-8", errors="replace")


def _free_ports() -> Ports:
    """Return a block that nobody uses; two sessions at once begin to look at different places."""
    for place in range(40):
        ports = Ports(10_000 + (os.getpid() + place) % 200 * 100)
        with suppress(Stop):
            ports.require_free()
            return ports
    raise NotUp("No free block of ports between 10000 and 30000.")


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _is_up(region: Region) -> bool:
    ports = region.ports
    return (
        "Ctrl-C stops everything" in region.output
        and all(_answers(port) for port in ports.all())
        and _is_healthy(f"{region.url}/healthz")
        and _is_healthy(f"{region.files_url}/healthz")
        and _is_healthy(f"http://localhost:{ports.gateway}/healthz")
    )


def _environment(var: Path) -> Mapping[str, str]:
    clean = {name: told for name, told in os.environ.items() if not name.startswith("PRIYOM_")}
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    return clean | {"PRIYOM_VAR": str(var), "PYTHONPATH": path, "PYTHONUTF8": "1"}


def _wait(region: Region) -> None:
    until = time.monotonic() + START_SECONDS
    while not _is_up(region):
        if region.process.poll() is not None:
            raise NotUp(f"`up` ended with {region.process.returncode}:\n{region.output[-3000:]}")
        if time.monotonic() > until:
            raise NotUp(f"`up` took over {START_SECONDS:.0f} s:\n{region.output[-3000:]}")
        time.sleep(0.2)


@contextmanager
def started(*options: str) -> Iterator[Region]:
    """Yield a running region with the demo's people; `options` are more words for `up`.

    Everything is stopped and removed afterwards. Raises NotUp.
    """
    var = Path(tempfile.mkdtemp(prefix="priyom-up-", dir="/tmp"))
    ports = _free_ports()
    state = State(var)
    state.make()
    settle(embedded(state))
    command = [sys.executable, "-m", "priyom.cli", "up", "--port", str(ports.web), "--yes"]
    with (var / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env=_environment(var),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    region = Region(ports, var, process)
    try:
        _wait(region)
        yield region
    finally:
        stop(region)
        _remove(var)


def stop(region: Region) -> None:
    """Stop everything as Ctrl-C does; kill what is still there after half a minute."""
    if region.process.poll() is None:
        region.process.send_signal(signal.SIGTERM)
        try:
            region.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(region.process.pid, signal.SIGKILL)
            region.process.wait()


def _remove(var: Path) -> None:
    if (var / "pg").is_symlink():  # as root the database stands in the system's own folder
        shutil.rmtree((var / "pg").resolve().parent, ignore_errors=True)
    shutil.rmtree(var, ignore_errors=True)
