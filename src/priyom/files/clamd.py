"""Asking clamd whether bytes are known to be harmful (INSTREAM, clamd(8)); no Django.

Written out: the client libraries of the index are under the GPL, or have stood still since 2014.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from urllib.parse import urlsplit

_SECONDS = 120.0


class Unanswered(Exception):
    """clamd is not there, or could not look at this content; nothing is known of it."""


def signature(address: str, pieces: Iterable[bytes]) -> str:
    """Return the name of what clamd recognised in the content, "" when it knows nothing bad.

    `address` is tcp://host:port or the path of a Unix socket. Raises Unanswered.
    """
    try:
        with _line(address) as line:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                if piece:
                    line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
            said = _answer(line)
    except (OSError, ValueError) as error:
        raise Unanswered(type(error).__name__) from error
    name, _, verdict = said.removeprefix("stream: ").rpartition(" ")
    if said == "stream: OK":
        return ""
    if verdict == "FOUND" and name:
        return name
    raise Unanswered(said or "no answer")


def _line(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname or "", parts.port or 3310), _SECONDS)
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(_SECONDS)
        line.connect(parts.path)
    except OSError:
        line.close()
        raise
    return line


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < 1000 and (piece := line.recv(1000)):
        said += piece
    return said.rstrip(b"\0").decode(errors="replace").strip()
