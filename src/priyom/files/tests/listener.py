"""The upload listener as a real process, and a sender who says exactly what a test wants."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from priyom.files import actions, partial
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.testing.ports import free_port

BYTES = "application/offset+octet-stream"
ROOM = 1 << 30


@dataclass(frozen=True)
class Said:
    """What came back: status, headers in lower case, bytes."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def offset(self) -> int:
        """The server's offset."""
        return int(self.headers["upload-offset"])


class Listener:
    """One `uvicorn priyom.files.uploads:application`, to be killed and started again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where uploads are made."""
        return f"http://127.0.0.1:{self.port}/uploads/"

    def start(self) -> None:
        """Start the process, as the gateway's role and with nothing of Django's."""
        names = ("PATH", "PYTHONPATH", "PRIYOM_VAR", "PRIYOM_GATEWAY_DATABASE_URL")
        self.child = subprocess.Popen(
            [sys.executable, "-m", *self.command()],
            env={name: os.environ[name] for name in names} | self.env(),
        )
        for _ in range(400):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                assert self.child.poll() is None, "the upload listener did not start"
                time.sleep(0.05)
        raise AssertionError("the upload listener did not start")

    def command(self) -> list[str]:
        """Return the module to run and its words."""
        application = ["uvicorn", "priyom.files.uploads:application", "--log-level", "warning"]
        return [*application, "--host", "127.0.0.1", "--port", str(self.port)]

    def env(self) -> dict[str, str]:
        """Return what else the process is told."""
        return {}

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Signal the process and wait for its end."""
        assert self.child is not None
        self.child.send_signal(number)
        self.child.wait(15)


@contextmanager
def started(listener: Listener | None = None) -> Iterator[Listener]:
    """Yield a running listener that reads the tests' database and state folder."""
    listener = listener or Listener()
    listener.start()
    try:
        yield listener
    finally:
        if listener.child is not None and listener.child.poll() is None:
            listener.stop(signal.SIGKILL)


def person(account: UUID | None = None) -> Actor:
    """Return somebody with a session."""
    return Actor(ActorKind.PATIENT, account or uuid7(), session=uuid7())


class Sender:
    """Somebody with a permit into one subject."""

    def __init__(self, listener: Listener, *, actor: Actor | None = None, room: int = ROOM) -> None:
        self.listener = listener
        self.actor = actor or person()
        self.subject = uuid7()
        self.permit = actions.permit(self.actor, self.subject, room)

    def ask(self, method: str, path: str = "/uploads/", body: bytes = b"", **told: str) -> Said:
        """Say one request; keywords are headers with underscores."""
        headers = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {self.permit}"}
        headers |= {name.replace("_", "-"): value for name, value in told.items()}
        line = http.client.HTTPConnection("127.0.0.1", self.listener.port, timeout=20)
        try:
            line.request(method, path, body or None, {k: v for k, v in headers.items() if v})
            answer = line.getresponse()
            said = {name.lower(): value for name, value in answer.getheaders()}
            return Said(answer.status, said, answer.read())
        finally:
            line.close()

    def create(self, length: int, **told: str) -> str:
        """Make an upload and return its path."""
        said = self.ask("POST", "/uploads/", b"", Upload_Length=str(length), **told)
        assert said.status == 201, said
        return said.headers["location"]

    def patch(self, path: str, offset: int, body: bytes, **told: str) -> Said:
        """Append at an offset."""
        return self.ask("PATCH", path, body, Content_Type=BYTES, Upload_Offset=str(offset), **told)

    def head(self, path: str) -> Said:
        """Ask how much is there."""
        return self.ask("HEAD", path)

    def begin_patch(self, path: str, length: int, body: bytes, **told: str) -> socket.socket:
        """Announce `length` bytes, send only `body`, and return the open line."""
        line = socket.create_connection(("127.0.0.1", self.listener.port), timeout=10)
        headers = {
            "Host": "x",
            "Tus-Resumable": "1.0.0",
            "Authorization": f"Bearer {self.permit}",
            "Content-Type": BYTES,
            "Upload-Offset": "0",
            "Content-Length": str(length),
        } | {name.replace("_", "-"): value for name, value in told.items()}
        text = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        line.sendall(f"PATCH {path} HTTP/1.1\r\n{text}\r\n".encode() + body)
        return line


class BadLine:
    """A line to the listener that breaks after so many bytes of the first body, then is good."""

    def __init__(self, listener: Listener, cut_after: int) -> None:
        self._listener, self._left = listener, cut_after
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}/uploads/"
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> BadLine:
        return self

    def __exit__(self, *error: object) -> None:
        self._door.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.create_connection(("127.0.0.1", self._listener.port))
                for pair in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, is_up: bool) -> None:
        with suppress(OSError), source, target:
            while piece := source.recv(65536):
                if is_up and 0 < self._left <= len(piece):
                    target.sendall(piece[: self._left])
                    self._left = 0
                    # Not a clean end: both sides learn it as a phone's network tells it.
                    for side in (source, target):
                        side.shutdown(socket.SHUT_RDWR)
                    return
                self._left -= len(piece) if is_up and self._left else 0
                target.sendall(piece)


def on_disk(path: str) -> Path:
    """Return where the bytes of an upload's address stand."""
    return partial.path(partial.folder(), UUID(path.rsplit("/", 1)[-1]))


def until_size(path: str, least: int) -> int:
    """Wait until so many bytes are on the disk; return how many."""
    for _ in range(400):
        size = on_disk(path).stat().st_size
        if size >= least:
            return size
        time.sleep(0.02)
    raise AssertionError(f"only {size} bytes came")
