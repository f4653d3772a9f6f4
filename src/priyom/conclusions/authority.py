"""The demo's own certificate authority: made at first use, kept in one private folder.

For trying and teaching only. A real doctor's key stays in the token; nothing here may hold it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from asn1crypto import pem, x509

from priyom.conclusions.signing.certificates import OGRN, SNILS, Name, named
from priyom.conclusions.signing.issuing import Wanted, issued
from priyom.conclusions.signing.keys import GostKey, Key, PlainKey

NAME = "Учебный удостоверяющий центр"
_CA_YEARS = 10
_DAYS = 455
_RENEW_BEFORE = timedelta(days=1)
_NAME_LIMIT = 64
"""Longest common name in bytes of UTF-8; longer ones stand whole in surname and given name."""
_BACK = timedelta(days=366 * 2)
"""Roots are dated back: the clock of the demo's past signatures may stand before today."""

Pair = tuple[x509.Certificate, Key]


class Kind(StrEnum):
    """Which algorithms: everybody's (ECDSA) or ГОСТ Р 34.10-2012."""

    PLAIN = ""
    GOST = "gost-"


class Person(Protocol):
    """Whose certificate is wanted; without СНИЛС it is an organisation's."""

    @property
    def name(self) -> str:
        """Return the full name, family first."""

    @property
    def organisation(self) -> str:
        """Return the short name of the МО."""

    @property
    def snils(self) -> str:
        """Return 11 digits or ""."""

    @property
    def ogrn(self) -> str:
        """Return 13 digits of an organisation, "" of a person."""


class Authority:
    """Issues certificates of people in `folder` (0700, keys 0600); safe for many processes."""

    def __init__(self, folder: Path, kind: Kind = Kind.PLAIN) -> None:
        self.folder = folder
        self.kind = kind

    def root(self) -> x509.Certificate:
        """Return the root certificate, making it at the first use."""
        return self._root()[0]

    def pair(self, key: str, person: Person, now: datetime) -> Pair:
        """Return the person's certificate and key; issued anew when the name or the date asks.

        `key` is a file name without a path (an id), `now` an aware instant.
        """
        wanted = _name(person)
        found = self._load(key)
        if found is not None and _serves(found[0], wanted, now):
            return found
        with self._alone():
            found = self._load(key)
            if found is not None and _serves(found[0], wanted, now):
                return found
            root, root_key = self._root_locked()
            own = self._new()
            term = (now - timedelta(days=30), now + timedelta(days=_DAYS))
            certificate = issued(Wanted(wanted, own, *term), root, root_key)
            self._keep(key, certificate, own)
            return certificate, own

    def _root(self) -> Pair:
        found = self._load("root")
        if found is not None:
            return found
        with self._alone():
            return self._root_locked()

    def _root_locked(self) -> Pair:
        found = self._load("root")
        if found is not None:
            return found
        own, now = self._new(), datetime.now(UTC)
        term = (now - _BACK, now + timedelta(days=366 * _CA_YEARS))
        name = (("2.5.4.6", "RU"), ("2.5.4.10", "Учебный, без силы"), ("2.5.4.3", NAME))
        certificate = issued(Wanted(name, own, *term, is_authority=True), None, own)
        self._keep("root", certificate, own)
        return certificate, own

    def _new(self) -> Key:
        return GostKey.new() if self.kind is Kind.GOST else PlainKey.new()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _load(self, key: str) -> Pair | None:
        try:
            text = (self.folder / f"{self.kind}{key}.pem").read_bytes()
        except FileNotFoundError:
            return None
        stored, certificate = (der for _, _, der in pem.unarmor(text, multiple=True))
        own = GostKey.loaded(stored) if self.kind is Kind.GOST else PlainKey.loaded(stored)
        return x509.Certificate.load(certificate), own

    def _keep(self, key: str, certificate: x509.Certificate, own: Key) -> None:
        # Key and certificate in one file: whoever reads it sees both of one moment.
        label = "TRIAL GOST KEY" if self.kind is Kind.GOST else "PRIVATE KEY"
        text = pem.armor(label, own.stored()) + pem.armor("CERTIFICATE", certificate.dump())
        draft = self.folder / f".{key}-{secrets.token_hex(6)}"
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        draft.rename(self.folder / f"{self.kind}{key}.pem")


def _name(person: Person) -> Name:
    surname, _, given = person.name.partition(" ")
    pairs = [("2.5.4.6", "RU"), ("2.5.4.10", _cut(person.organisation))]
    if person.snils:
        pairs += [("2.5.4.4", surname), ("2.5.4.42", given), (SNILS, person.snils)]
    if person.ogrn:
        pairs.append((OGRN, person.ogrn))
    return (*pairs, ("2.5.4.3", _cut(person.name)))


def _cut(text: str) -> str:
    return text.encode()[:_NAME_LIMIT].decode(errors="ignore")


def _serves(certificate: x509.Certificate, wanted: Name, now: datetime) -> bool:
    return bool(
        certificate.subject.dump() == named(wanted).dump()
        and certificate.not_valid_before <= now
        and now + _RENEW_BEFORE < certificate.not_valid_after
    )
