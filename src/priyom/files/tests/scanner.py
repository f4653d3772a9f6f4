"""A real clamd with one signature of our own; no official database is needed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HARM = b"PRIYOM-TEST-FILE-THAT-STANDS-FOR-HARM"
PROGRAM = shutil.which("clamd") or next(
    (path for path in ("/usr/sbin/clamd", "/opt/homebrew/sbin/clamd") if os.access(path, os.X_OK)),
    "",
)


class Clamd:
    """One process on a port of its own."""

    def __init__(self, folder: Path) -> None:
        if not PROGRAM:
            pytest.skip("clamd is not installed: apt install clamav-daemon")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.address = f"tcp://127.0.0.1:{self.port}"
        (folder / "db").mkdir()
        (folder / "db" / "own.ndb").write_text(f"Priyom.Test:0:*:{HARM.hex()}\n")
        self._conf = folder / "clamd.conf"
        self._conf.write_text(
            f"Foreground yes\nTCPSocket {self.port}\nTCPAddr 127.0.0.1\n"
            f"LocalSocket {folder}/clamd.ctl\nDatabaseDirectory {folder}/db\n"
            f"StreamMaxLength 1M\nLogFile {folder}/clamd.log\n"
        )
        self.path = str(folder / "clamd.ctl")
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._child = subprocess.Popen([PROGRAM, "--config-file", str(self._conf)])
        for _ in range(200):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                    line.sendall(b"zPING\0")
                    if line.recv(10) == b"PONG\0":
                        return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("clamd did not start")

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signal.SIGKILL)
            self._child.wait(10)


@pytest.fixture(scope="module")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    """A clamd that may be stopped and started."""
    made = Clamd(tmp_path_factory.mktemp("clamd"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def configured(db: None, scanner: Clamd, settings: Any) -> Clamd:
    """The house, told where clamd is."""
    settings.CLAMD = scanner.address
    return scanner
