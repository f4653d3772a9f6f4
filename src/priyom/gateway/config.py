"""What the process is told by its environment, and the limits of what a client may do."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """Abuse 12 of reliability.md: rates are per connection and second, sizes in bytes."""

    messages_rate: float = 100 / 60
    messages_burst: int = 30
    frames_rate: float = 20.0
    frames_burst: int = 200
    sockets_per_account: int = 8
    unread_bytes: int = 256 * 1024
    """What may wait for a slow reader before it is dropped to come back later."""
    hello_seconds: float = 10.0
    ping_seconds: float = 20.0
    batch: int = 256
    batch_bytes: int = 1_000_000
    pending: int = 5_000
    """Messages that may wait for the database; more are told to come later."""
    page: int = 200
    """Entries of one replay."""
    sweep_seconds: float = 1.5
    alive_seconds: float = 30.0
    away_seconds: float = 3.0
    """How long a reload may take before the others see somebody as gone."""
    drain_seconds: float = 5.0
    come_back_ms: int = 3_000
    """Clients of a stopped process come back at random within this time."""


@dataclass(frozen=True, slots=True)
class Config:
    """One gateway process."""

    dsn: str
    host: str
    port: int
    origin: str
    """The only page origin that may connect: abuse 11."""
    trusts_proxy: bool = False
    name: str = field(default_factory=lambda: f"{os.getpid():x}{secrets.token_hex(4)}")
    """Names this process in hints, so that it passes over its own."""
    limits: Limits = field(default_factory=Limits)


def from_environment(env: Mapping[str, str]) -> Config:
    """Return the configuration; KeyError names what is missing."""
    host, _, port = env.get("PRIYOM_GATEWAY_LISTEN", "127.0.0.1:8001").rpartition(":")
    return Config(
        dsn=env["PRIYOM_GATEWAY_DATABASE_URL"],
        host=host,
        port=int(port),
        origin=env.get("PRIYOM_PUBLIC_URL", "http://localhost:8000").rstrip("/"),
        trusts_proxy=env.get("PRIYOM_TRUSTED_PROXY") == "1",
    )
