"""Taking the ports of the process: one that cannot be had is said in a sentence."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager


class Unbound(Exception):
    """The process cannot listen; the text is one sentence that says what to do next."""


@contextmanager
def binding(host: str, port: int, setting: str) -> Iterator[None]:
    """Turn the system's refusal of a port into Unbound; `setting` is where the port is named."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why = "is in use: stop the program that holds it, or name another"
        else:
            why = f"cannot be had ({os.strerror(error.errno or 0)}): name another"
        raise Unbound(f"Port {port} on {host or 'every address'} {why} in {setting}.") from error


def bound(host: str, port: int) -> list[socket.socket]:
    """Return a listening socket for each address of a host ("": all); raises OSError."""
    kind = socket.SOCK_STREAM
    found = socket.getaddrinfo(host or None, port, type=kind, flags=socket.AI_PASSIVE)
    taken: list[socket.socket] = []
    for family, address in dict.fromkeys((one[0], one[4]) for one in found):
        try:
            taken.append(socket.create_server(address, family=family))
        except OSError as error:
            # Many a machine names itself by IPv6 and has none.
            if family == socket.AF_INET6 and error.errno != errno.EADDRINUSE and len(found) > 1:
                continue
            for one in taken:
                one.close()
            raise
    return taken
