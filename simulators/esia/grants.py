"""What is under way: requests for a sign-in, codes, access tokens; a restart forgets them."""

from __future__ import annotations

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from simulators.esia.people import Person

REQUEST_LIVES, CODE_LIVES, ACCESS_LIVES = 900.0, 60.0, 300.0
MANY = 10_000
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Asked:
    """A checked request of a client to sign somebody in."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    scopes: frozenset[str]

    def fits(self, verifier: str) -> bool:
        """PKCE S256, RFC 7636 4.6."""
        digest = hashlib.sha256(verifier.encode()).digest()
        return secrets.compare_digest(
            urlsafe_b64encode(digest).rstrip(b"="), self.challenge.encode()
        )


@dataclass(frozen=True)
class Granted:
    """A person's yes to a request."""

    asked: Asked
    person: Person


@dataclass
class Drawer(Generic[Thing]):
    """Things under secret names for a while."""

    lives: float
    things: dict[str, tuple[float, Thing]] = field(default_factory=dict)

    def put(self, thing: Thing) -> str:
        """Keep the thing; return its name."""
        now = time.monotonic()
        if len(self.things) >= MANY:
            self.things = {k: v for k, v in self.things.items() if v[0] > now}
        name = secrets.token_urlsafe(24)
        self.things[name] = (now + self.lives, thing)
        return name

    def look(self, name: str) -> Thing | None:
        """Return the thing while it lives."""
        until, thing = self.things.get(name, (0.0, None))
        return thing if until > time.monotonic() else None

    def take(self, name: str) -> Thing | None:
        """Return the thing once."""
        thing = self.look(name)
        self.things.pop(name, None)
        return thing


@dataclass
class Desk:
    """Everything under way in one simulator."""

    requests: Drawer[Asked] = field(default_factory=lambda: Drawer(REQUEST_LIVES))
    codes: Drawer[Granted] = field(default_factory=lambda: Drawer(CODE_LIVES))
    access: Drawer[Granted] = field(default_factory=lambda: Drawer(ACCESS_LIVES))
    agreed: set[tuple[str, frozenset[str]]] = field(default_factory=set)
    """Who has already said yes to which scopes: the real one does not ask twice either."""
