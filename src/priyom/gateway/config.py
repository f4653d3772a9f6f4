"""What the process is told by its environment, and the limits of what a client may do."""

from __future__ import annotations

import ipaddress
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
    heartbeat_seconds: float = 15.0
    poll_seconds: float = 20.0
    linger_seconds: float = 15.0
    """How long a page may take from one poll to the next."""
    post_seconds: float = 10.0
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


UNLIMITED = Limits(messages_rate=1e9, messages_burst=10**9, frames_rate=1e9, frames_burst=10**9)
"""For benchmarks: one connection as fast as it likes; everything else as in production."""


@dataclass(frozen=True, slots=True)
class Config:
    """One gateway process."""

    dsn: str
    host: str
    port: int
    origin: str
    """The only page origin that may connect: abuse 11."""
    http_host: str = ""
    http_port: int = 0
    """The second listener, for what is no WebSocket; 0: there is none."""
    proxies: tuple[str, ...] = ()
    """Addresses and networks of the own proxy: only there X-Forwarded-For is believed."""
    wake_url: str = ""
    """Redis or NATS for wake-ups between many processes; "": the database's own NOTIFY."""
    name: str = field(default_factory=lambda: f"{os.getpid():x}{secrets.token_hex(4)}")
    """Names this process in hints, so that it passes over its own."""
    limits: Limits = field(default_factory=Limits)

    def client(self, peer: str, forwarded: str) -> str:
        """Return the client's address: the peer's, or what the own proxy says it is; "" for none.

        It goes into the audit with each message, where the database takes nothing but addresses:
        a proxy that says «unknown» or adds a port must not cost its people their messages.
        """
        said = address_in(forwarded.rpartition(",")[2]) if self.is_proxy(peer) else ""
        return said or address_in(peer)

    def is_proxy(self, peer: str) -> bool:
        """Tell whether a peer is the own proxy."""
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in ipaddress.ip_network(one) for one in self.proxies)


def address_in(told: str) -> str:
    """Return the IP address that a text is, without the zone of a local one, or ""."""
    try:
        return str(ipaddress.ip_address(told.strip().partition("%")[0]))
    except ValueError:
        return ""


def proxies(told: str) -> tuple[str, ...]:
    """Return the networks of PRIYOM_TRUSTED_PROXY: «1» is this machine, «0» and "" none.

    Raises ValueError for what is no address.
    """
    if told in ("", "0"):
        return ()
    if told == "1":
        return ("127.0.0.0/8", "::1/128")
    return tuple(str(ipaddress.ip_network(one)) for one in told.replace(",", " ").split())


def from_environment(env: Mapping[str, str]) -> Config:
    """Return the configuration; KeyError names what is missing."""
    host, _, port = env.get("PRIYOM_GATEWAY_LISTEN", "127.0.0.1:8001").rpartition(":")
    http_host, _, http_port = env.get("PRIYOM_GATEWAY_HTTP_LISTEN", "").rpartition(":")
    return Config(
        dsn=env["PRIYOM_GATEWAY_DATABASE_URL"],
        host=host,
        port=int(port),
        origin=env.get("PRIYOM_PUBLIC_URL", "http://localhost:8000").rstrip("/"),
        http_host=http_host,
        http_port=int(http_port or 0),
        proxies=proxies(env.get("PRIYOM_TRUSTED_PROXY", "")),
        wake_url=env.get("PRIYOM_WAKE_URL", ""),
        limits=UNLIMITED if env.get("PRIYOM_GATEWAY_UNLIMITED") == "1" else Limits(),
    )
