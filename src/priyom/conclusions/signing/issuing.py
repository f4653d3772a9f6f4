"""Certificates made here: by the demo's authority and by the authorities of tests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import core, x509
from cryptography.x509 import random_serial_number

from priyom.conclusions.signing.certificates import Name, named
from priyom.conclusions.signing.keys import Key, digest_of, split


@dataclass(frozen=True)
class Wanted:
    """A certificate to be issued; instants aware."""

    subject: Name
    key: Key
    since: datetime
    until: datetime
    is_authority: bool = False
    depth: int = 0
    """How many authorities may stand below this one."""
    usage: frozenset[str] = frozenset({"digital_signature", "non_repudiation"})
    purposes: tuple[str, ...] = ()
    """Extended key usage, such as «time_stamping»: critical, as RFC 3161 wants it."""


def issued(wanted: Wanted, issuer: x509.Certificate | None, key: Key) -> x509.Certificate:
    """Return the certificate, signed by the issuer's key; without an issuer by itself."""
    subject = named(wanted.subject)
    public = wanted.key.public()
    tbs = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": random_serial_number(),
            "signature": {"algorithm": key.algorithm},
            "issuer": issuer.subject if issuer else subject,
            "validity": {"not_before": _time(wanted.since), "not_after": _time(wanted.until)},
            "subject": subject,
            "subject_public_key_info": public,
            "extensions": _extensions(wanted, _key_id(key.public()), _key_id(public)),
        }
    )
    _, digest = split(key.algorithm)
    return x509.Certificate(
        {
            "tbs_certificate": tbs,
            "signature_algorithm": {"algorithm": key.algorithm},
            "signature_value": key.sign(digest_of(digest, tbs.dump())),
        }
    )


def _extensions(wanted: Wanted, issuer: bytes, own: bytes) -> list[x509.Extension]:
    usage = {"key_cert_sign", "crl_sign"} if wanted.is_authority else set(wanted.usage)
    limits = (
        {"ca": True, "path_len_constraint": wanted.depth} if wanted.is_authority else {"ca": False}
    )
    found = [
        _extension("basic_constraints", x509.BasicConstraints(limits), critical=True),
        _extension("key_usage", x509.KeyUsage(usage), critical=True),
        _extension("key_identifier", core.OctetString(own)),
        _extension(
            "authority_key_identifier", x509.AuthorityKeyIdentifier({"key_identifier": issuer})
        ),
    ]
    if wanted.purposes:
        purposes = x509.ExtKeyUsageSyntax(list(wanted.purposes))
        found.append(_extension("extended_key_usage", purposes, critical=True))
    return found


def _extension(name: str, value: core.Asn1Value, *, critical: bool = False) -> x509.Extension:
    return x509.Extension({"extn_id": name, "critical": critical, "extn_value": value})


def _key_id(public: x509.PublicKeyInfo) -> bytes:
    return hashlib.sha1(public.dump(), usedforsecurity=False).digest()


def _time(instant: datetime) -> x509.Time:
    at = instant.astimezone(UTC).replace(microsecond=0)
    if at.year < 2050:
        return x509.Time(name="utc_time", value=at)
    return x509.Time(name="general_time", value=at)
