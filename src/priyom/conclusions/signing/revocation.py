"""Lists of revoked certificates (CRL, RFC 5280): fetched, read, believed only when signed rightly.

A certificate is asked for by its issuer's key and its serial: two authorities of one name, or one
with a new key, do not answer for each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from time import monotonic

import requests
from asn1crypto import crl, pem, x509

from priyom.conclusions.signing.certificates import owner_of
from priyom.conclusions.signing.keys import digest_of, is_signed_by, split

LARGEST = 64 * 1024 * 1024
"""Bytes of a list: those of the largest authorities have some ten million."""
CONNECTS, ANSWERS = 5.0, 120.0
"""Seconds to reach an address and for the whole list."""
UNDATED = timedelta(days=7)
"""How long a list is good that does not say until when it is."""
_UNDERSTOOD = frozenset({"issuing_distribution_point"})
_NARROW = (
    "only_contains_ca_certs", "only_contains_attribute_certs", "only_some_reasons", "indirect_crl",
)  # fmt: skip
_GONE = "remove_from_crl"

Link = tuple[str, str]
"""Of a certificate: `authority_of` its issuer, and its serial as hexadecimal."""


class ListFault(StrEnum):
    """Why a list is not taken."""

    SILENT = "silent"
    """Its address or path does not answer, or the answer is too long."""
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    """No trusted authority of this installation issued it, or its signature is wrong."""
    PARTIAL = "partial"
    """It is about some of its authority's certificates only, or has a part not understood."""
    OLDER = "older"
    """It was issued before the one that is kept: somebody plays an old one again."""


class Unlisted(Exception):
    """A list that is not taken; `fault` says why."""

    def __init__(self, fault: ListFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True)
class Revocations:
    """A list that was checked: whose it is, from when until when it is good, who stands in it."""

    authority: str
    issuer: str
    issued_at: datetime
    until: datetime
    revoked: dict[str, datetime]
    """Serial as hexadecimal → since when; what is suspended counts as revoked."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the lists say of a signer's certificate; instants aware."""

    is_asked: bool = False
    """Whether this installation keeps lists at all."""
    revoked_at: datetime | None = None
    listed_at: datetime | None = None
    """When the list of its authority was issued, None where there is none."""
    is_stale: bool = False

    @property
    def is_known(self) -> bool:
        """Whether a list that is still good was asked."""
        return self.listed_at is not None and not self.is_stale

    def is_revoked(self, at: datetime | None) -> bool:
        """Tell whether it was revoked by `at`, the trusted time of a signature.

        Without one (None) any revocation counts: nothing shows that the signature came before it.
        """
        return self.revoked_at is not None and (at is None or self.revoked_at <= at)


def authority_of(issuer: x509.Certificate) -> str:
    """Return the key under which an authority's list is kept: its name with its public key."""
    return hashlib.sha256(issuer.subject.dump() + issuer.public_key.dump()).hexdigest()


def links_of(path: Sequence[x509.Certificate]) -> tuple[Link, ...]:
    """Return what to ask for each certificate of a path (the signer's first), without the root."""
    return tuple((authority_of(issuer), f"{one.serial_number:x}") for one, issuer in pairwise(path))


def sources(text: str) -> tuple[str, ...]:
    """Return the addresses and files of a setting: words; of a folder each file in it."""
    found: list[str] = []
    for word in text.split():
        place = Path(word)
        if "://" not in word and place.is_dir():
            found += [str(file) for file in sorted(place.iterdir()) if file.is_file()]
        else:
            found.append(word)
    return tuple(dict.fromkeys(found))


def fetched(source: str) -> bytes:
    """Return what stands at an address or path. Raises Unlisted (silent)."""
    try:
        if "://" not in source:
            with Path(source).open("rb") as file:
                return _limited(file.read(LARGEST + 1))
        return _asked(source)
    except (OSError, ValueError) as error:  # requests' own faults are OSError
        raise Unlisted(ListFault.SILENT) from error


def read_list(body: bytes, issuers: Sequence[x509.Certificate]) -> Revocations:
    """Return a list (DER or PEM) whose signature one of `issuers` made. Raises Unlisted."""
    try:
        return _read(body, issuers)
    except Unlisted:
        raise
    except Exception as error:
        # Whatever a parser makes of foreign bytes, the answer is the same.
        raise Unlisted(ListFault.UNREADABLE) from error


def _read(body: bytes, issuers: Sequence[x509.Certificate]) -> Revocations:
    der = pem.unarmor(body)[2] if pem.detect(body) else body
    found = crl.CertificateList.load(der, strict=True)
    inner = found["tbs_cert_list"]
    name, issued_at = inner["issuer"].dump(), inner["this_update"].native
    issuer = next(
        (one for one in issuers if one.subject.dump() == name and _made(found, one)), None
    )
    if issuer is None:
        raise Unlisted(ListFault.FOREIGN)
    if set(found.critical_extensions) - _UNDERSTOOD or _is_partial(found):
        raise Unlisted(ListFault.PARTIAL)
    until = inner["next_update"].native or issued_at + UNDATED
    revoked = dict(_revoked(inner))
    return Revocations(authority_of(issuer), owner_of(issuer), issued_at, until, revoked)


def _revoked(inner: crl.TbsCertList) -> Iterator[tuple[str, datetime]]:
    entries = inner["revoked_certificates"]
    if not isinstance(entries, crl.RevokedCertificates):
        return  # nobody is revoked; asking for `native` would read a long list twice
    for entry in entries:
        if set(entry.critical_extensions) - {"crl_reason"}:
            raise Unlisted(ListFault.PARTIAL)
        reason = entry.crl_reason_value
        if reason is None or reason.native != _GONE:
            yield f"{entry['user_certificate'].native:x}", entry["revocation_date"].native


def _made(found: crl.CertificateList, issuer: x509.Certificate) -> bool:
    """Tell whether this authority may sign lists and signed this one."""
    usage = issuer.key_usage_value
    if not issuer.ca or (usage and "crl_sign" not in usage.native):
        return False
    outer = found["signature_algorithm"]
    inner = found["tbs_cert_list"]
    if inner["signature"].dump() != outer.dump():
        return False
    try:
        _, digest = split(outer["algorithm"].dotted)
        signed = digest_of(digest, inner.dump())
        return is_signed_by(issuer.public_key, digest, signed, found["signature"].native)
    except ValueError:
        return False


def _is_partial(found: crl.CertificateList) -> bool:
    """Tell whether it leaves out what a signer's certificate may stand under."""
    if found.delta_crl_indicator_value is not None:
        return True
    point = found.issuing_distribution_point_value
    return point is not None and any(bool(point[name].native) for name in _NARROW)


def _asked(url: str) -> bytes:
    until = monotonic() + ANSWERS
    parts: list[bytes] = []
    size = 0
    with requests.get(
        url, timeout=(CONNECTS, ANSWERS), stream=True, allow_redirects=False
    ) as answer:
        if answer.status_code != requests.codes.ok:
            raise ValueError(f"status {answer.status_code}")
        for piece in answer.iter_content(65_536):
            parts.append(piece)
            size += len(piece)
            if size > LARGEST or monotonic() > until:
                raise ValueError("the list is too long or too slow")
    return b"".join(parts)


def _limited(body: bytes) -> bytes:
    if len(body) > LARGEST:
        raise ValueError("the list is too long")
    return body
