"""Real gateway processes and pages that talk to them, for tests of the whole line."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, Self
from uuid import UUID, uuid4

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from priyom.accounts.models import Session, Ticket
from priyom.accounts.ticket import hash_of
from priyom.consultations.tests.scene import Scene
from priyom.kernel import clock
from priyom.kernel.ids import uuid7
from priyom.testing.ports import free_port

ORIGIN = "http://localhost:8000"


class Process:
    """One `python -m priyom.gateway`."""

    def __init__(self, port: int, more: dict[str, str] | None = None) -> None:
        self.port = port
        self.more = more or {}
        self.http_port = free_port()
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ["PYTHONPATH"],
            "PRIYOM_GATEWAY_DATABASE_URL": os.environ["PRIYOM_GATEWAY_DATABASE_URL"],
            "PRIYOM_GATEWAY_LISTEN": f"127.0.0.1:{self.port}",
            "PRIYOM_GATEWAY_HTTP_LISTEN": f"127.0.0.1:{self.http_port}",
            "PRIYOM_PUBLIC_URL": ORIGIN,
            "PRIYOM_TRUSTED_PROXY": "1",
        } | self.more
        self.child = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "priyom.gateway"], env=env
        )
        for _ in range(200):
            try:
                if self.get("/healthz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError("the gateway does not start")

    def get(self, path: str) -> tuple[int, str]:
        """Return status and text of a plain HTTP answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def send(self, number: signal.Signals) -> None:
        assert self.child is not None
        self.child.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Signal the process and return how it ended."""
        assert self.child is not None
        self.child.send_signal(number)
        return self.child.wait(15)


@contextmanager
def gateways(count: int = 1, **more: str) -> Iterator[list[Process]]:
    """Yield that many running processes on one database."""
    made = [Process(free_port(), more) for _ in range(count)]
    try:
        for one in made:
            one.start()
        yield made
    finally:
        for one in made:
            if one.child is not None and one.child.poll() is None:
                one.child.kill()
                one.child.wait()


def is_held(port: int, client: int) -> bool:
    """Tell whether the server at `port` still holds its end of the connection from `client`."""
    held = {"01", "08"}  # established; the client has gone and the server has not
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    ends = {(int(row[1][-4:], 16), int(row[2][-4:], 16)) for row in rows if row[3] in held}
    return (port, client) in ends


def rest_of(line: socket.socket) -> bytes:
    """Read to the end."""
    parts = []
    while part := line.recv(1 << 20):
        parts.append(part)
    return b"".join(parts)


def signed_in(account: UUID) -> UUID:
    """Make a session and return its handle."""
    handle = uuid7()
    Session.objects.create(
        session_key=handle.hex, session_data="", expire_date=clock.now() + timedelta(hours=1),
        handle=handle, account=account,
    )  # fmt: skip
    return handle


def ticket(account: UUID, handle: UUID | None = None) -> str:
    """Return a fresh one-time ticket of an account, in a session of its own if none is given."""
    secret = uuid4().hex
    Ticket.objects.create(
        hash=hash_of(secret), account_id=account, session=handle or signed_in(account),
        kind="patient", expires_at=clock.now() + timedelta(seconds=30),
    )  # fmt: skip
    return secret


class Line(Protocol):
    """What carries a page's frames."""

    def send(self, message: str, /) -> None: ...

    def recv(self, timeout: float | None = None) -> Any: ...


class Page:
    """What a browser's page is to the gateway: keeps what it was told, in order."""

    def __init__(self, process: Process, place: Scene, account: UUID, *, after: int = 0,
                 hello: bool = True, handle: UUID | None = None, **more: Any) -> None:  # fmt: skip
        self.place, self.account = place, account
        self.frames: list[dict[str, Any]] = []
        self._open = ExitStack()
        self.line: Line = self._open.enter_context(self._line(process, **more))
        if hello:
            self.hello(ticket(account, handle), after)

    def _line(self, process: Process, **more: Any) -> AbstractContextManager[Line]:
        made: AbstractContextManager[Line] = connect(
            f"ws://127.0.0.1:{process.port}/ws",
            origin=more.pop("origin", ORIGIN),
            proxy=None,
            compression=None,
            **more,
        )
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def tell(self, t: str, **fields: Any) -> None:
        text = json.dumps({"t": t, **fields}, default=str, ensure_ascii=False)
        # Browsers write letters as they are, and what no text can hold as an escape.
        self.line.send(text.encode("utf-8", "backslashreplace").decode())

    def hello(self, secret: str, after: int = 0) -> None:
        self.tell("hello", ticket=secret, consultation=self.place.consultation, after=after)

    def write(self, key: str, body: str = "Здравствуйте", **more: Any) -> None:
        self.tell("send", k=key, kind=more.pop("kind", "message"), body=body, **more)

    def hear(self, t: str, timeout: float = 5.0, **fields: Any) -> dict[str, Any]:
        """Return the next frame of the kind with such fields; what else came is kept."""
        until = time.monotonic() + timeout
        while True:
            told = json.loads(self.line.recv(timeout=max(0.01, until - time.monotonic())))
            self.frames.append(told)
            if told["t"] == t and all(told[name] == value for name, value in fields.items()):
                return dict(told)

    def rest(self, seconds: float = 0.3) -> list[dict[str, Any]]:
        """Return what comes within that time."""
        start = len(self.frames)
        with suppress(TimeoutError):
            self.hear("nothing of this kind", seconds)
        return self.frames[start:]

    def seqs(self) -> list[int]:
        """Return the numbers of the entries heard so far."""
        return [one["seq"] for one in self.frames if one["t"] == "entry"]

    def closed(self, timeout: float = 5.0) -> int:
        """Return the code with which the gateway closes the socket."""
        try:
            self.hear("nothing of this kind", timeout)
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006
        raise AssertionError("still open")
