"""Ports of the loopback address that nobody uses, for processes that a test starts."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable

FIRST, LAST = 12_000, 32_000
"""Below the ports that outgoing connections get by themselves (Linux: from 32 768): one of those
may be taken between the look and the start."""


def free_port() -> int:
    """Return one free port."""
    return free_block((0,))


def free_block(distances: Iterable[int]) -> int:
    """Return a first port that is free together with all at these distances from it.

    Raises RuntimeError when a hundred tries found none.
    """
    wanted = tuple(distances)
    for _ in range(100):
        base = random.SystemRandom().randrange(FIRST, LAST)
        if all(_is_free(base + distance) for distance in wanted):
            return base
    raise RuntimeError("no free ports on the loopback address")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
