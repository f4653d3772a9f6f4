"""Tests talk to this machine only: any other address is refused before a packet leaves."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest

LOCAL_NAMES = frozenset({"localhost", ""})


class OuterWorld(RuntimeError):
    """A test tried to reach another machine; give it a simulator instead."""


def is_local(host: str | bytes | None) -> bool:
    """Whether the host is this machine itself."""
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return name.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def _guard(real: Callable[..., Any]) -> Callable[..., Any]:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
            raise OuterWorld(f"A test reached for {address[0]}:{address[1]}.")
        return real(self, address)

    return connect


def close(patch: pytest.MonkeyPatch) -> None:
    """Close the outer world for as long as `patch` lives."""
    resolve = socket.getaddrinfo

    def getaddrinfo(host: str | bytes | None, *rest: Any, **options: Any) -> Any:
        if not is_local(host):
            raise OuterWorld(f"A test asked for the address of {host!r}.")
        return resolve(host, *rest, **options)

    patch.setattr(socket, "getaddrinfo", getaddrinfo)
    patch.setattr(socket.socket, "connect", _guard(socket.socket.connect))
    patch.setattr(socket.socket, "connect_ex", _guard(socket.socket.connect_ex))
