"""An authority of the tests, its people and what they sign: ГОСТ or ordinary, whole or spoilt."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import x509

from priyom.conclusions.signing import cms
from priyom.conclusions.signing.certificates import SNILS, Name, parsed
from priyom.conclusions.signing.issuing import Wanted, issued
from priyom.conclusions.signing.keys import GostKey, Key, PlainKey

AT = datetime(2026, 11, 24, 11, 52, tzinfo=UTC)
BORIS_SNILS = "11223344595"


@dataclass(frozen=True)
class Owner:
    """Somebody with a key and a certificate; `path` are the authorities between, nearest first."""

    certificate: x509.Certificate
    key: Key
    path: tuple[x509.Certificate, ...] = ()

    def sign(self, digest: bytes, at: datetime | None = None) -> bytes:
        """Return a tidy CMS over the digest."""
        return cms.made(digest, (self.certificate, *self.path), self.key, at).framed()


@dataclass(frozen=True)
class House:
    """A root and whom it certifies."""

    root: x509.Certificate
    key: Key
    kind: type[GostKey] | type[PlainKey]
    path: tuple[x509.Certificate, ...] = field(default=())

    def person(self, snils: str = BORIS_SNILS, name: str = "Климов Борис", **more: Any) -> Owner:
        """Return a person; `more` are fields of Wanted, such as `until`."""
        family, _, given = name.partition(" ")
        own = self.kind.new()
        subject: Name = (("2.5.4.4", family), ("2.5.4.42", given), (SNILS, snils))
        wanted = Wanted(subject, own, AT - timedelta(days=30), AT + timedelta(days=400))
        issuer = self.path[0] if self.path else self.root
        made = issued(replace(wanted, **more), issuer, self.key)
        return Owner(parsed(made.dump()), own, self.path)

    def below(self) -> House:
        """Return an authority that this root certified."""
        own = self.kind.new()
        wanted = Wanted((("2.5.4.3", "Подчинённый"),), own, *TERM, is_authority=True)
        made = parsed(issued(wanted, self.root, self.key).dump())
        return House(self.root, own, self.kind, (made,))


TERM = (AT - timedelta(days=900), AT + timedelta(days=4000))


def house(
    kind: type[GostKey] | type[PlainKey] = PlainKey, name: str = "Проверочный УЦ", depth: int = 0
) -> House:
    """Return a new root; `depth` authorities may stand below it."""
    own = kind.new()
    wanted = Wanted((("2.5.4.3", name),), own, *TERM, is_authority=True, depth=depth)
    return House(parsed(issued(wanted, None, own).dump()), own, kind)
