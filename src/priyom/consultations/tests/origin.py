"""The files' own origin as a real process, and fetching from it as a browser would."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit


@dataclass(frozen=True)
class Fetched:
    """What came back: status, headers in lower case, bytes."""

    status: int
    headers: dict[str, str]
    body: bytes


def fetch(url: str, method: str = "GET", **headers: str) -> Fetched:
    """Ask the origin for an address; nothing is followed."""
    parts = urlsplit(url)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        # The address as the server gave it, whether or not its name is encoded already.
        line.request(method, quote(unquote(parts.path)), headers=headers)
        answer = line.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Fetched(answer.status, told, answer.read())
    finally:
        line.close()


@contextmanager
def started() -> Iterator[str]:
    """Yield the address of a running origin that reads the tests' database and store."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", "priyom.files.origin:application"]
    child = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"],
        env=dict(os.environ),
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(child, url)
        yield url
    finally:
        child.terminate()
        child.wait(10)


def _wait(child: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(200):
        if child.poll() is not None:
            break
        try:
            if fetch(f"{url}/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the files' origin did not start")
