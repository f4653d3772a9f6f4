"""What a signature is worth: asked of bytes at any time, and of a CMS when it is received."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from asn1crypto import tsp, x509

from priyom.conclusions.signing import cms, container
from priyom.conclusions.signing.certificates import (
    is_same,
    issuer_of,
    ogrn_of,
    owner_of,
    path_to,
    serial_of,
    snils_of,
)
from priyom.conclusions.signing.cms import Signed
from priyom.conclusions.signing.faults import Fault, Unfit
from priyom.conclusions.signing.keys import digest_of
from priyom.conclusions.signing.revocation import Link, links_of

DRIFT = timedelta(minutes=10)
"""How far the signer's clock may be from ours."""
Roots = Sequence[x509.Certificate]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the bytes themselves say; `signed_at` is a timestamp's or the signer's own clock."""

    intact: bool
    whole_file: bool
    trusted: bool
    signer: str = ""
    serial: str = ""
    authority: str = ""
    """Who issued the certificate."""
    signed_at: datetime | None = None
    stamped_by: str = ""
    """The authority of time that says when; "" where only the signer does."""
    fault: Fault | None = None
    links: tuple[Link, ...] = ()
    """What the lists of revoked certificates are asked for: of a trusted path only."""

    @property
    def is_genuine(self) -> bool:
        """Whether one trusted signature covers every byte and nothing was added after it."""
        return self.intact and self.whole_file and self.trusted

    @property
    def is_stamped(self) -> bool:
        """Whether an authority of time says when, not only the signer."""
        return bool(self.stamped_by)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A timestamp that was checked: the instant, and the authority that saw the signature then."""

    at: datetime
    by: str


@dataclass(frozen=True)
class Received:
    """A signature that was checked: ready to be stored."""

    cms: bytes
    certificate: x509.Certificate
    signed: Signed
    links: tuple[Link, ...] = ()
    """What the lists of revoked certificates are asked for."""
    stamped_at: datetime | None = None

    def stamped(self, by: Signed, roots: Roots, now: datetime) -> Received:
        """Return it with a timestamp got for it. Raises Unfit for one that proves nothing."""
        stamp = stamp_of(cms.read(by.framed()), roots)
        if stamp is None or abs(stamp.at - now) > DRIFT:
            raise Unfit(Fault.CLOCK)
        return replace(self, cms=by.framed(), signed=by, stamped_at=stamp.at)


@dataclass(frozen=True)
class Expected:
    """Whose signature is awaited, over which digest, and when; instants aware."""

    digest: bytes
    certificate: bytes
    """DER, as its stamp was printed; b"" when any certificate of this person will do."""
    snils: str
    """"" for an organisation's signature: its certificate names no person."""
    since: datetime
    now: datetime
    ogrn: str = ""
    """Of the organisation whose signature is awaited; "" for a person's."""
    is_detached: bool = False
    """Beside its document: then the time must be in the signature itself."""


def fit(certificate: x509.Certificate, snils: str, roots: Roots, at: datetime) -> tuple[Link, ...]:
    """Check that a certificate may sign for this person; return what to ask the lists for.

    Raises Unfit with what is wrong.
    """
    _is_persons(certificate, snils)
    return links_of(path_to(certificate, [], [*roots], at))


def receive(der: bytes, expected: Expected, roots: Roots) -> Received:
    """Check a CMS that came from anywhere; return it tidied. Raises Unfit with what is wrong."""
    signed = cms.taken(der)
    own = signed.certificate
    if expected.certificate and own.dump() != expected.certificate:
        raise Unfit(Fault.OTHER_CERTIFICATE)
    if expected.snils:
        _is_persons(own, expected.snils)
    if expected.ogrn:
        _is_organisations(own, expected.ogrn)
    signed.prove(expected.digest)
    path = path_to(own, signed.certificates[1:], roots, expected.now)
    said = signed.signed_at
    if said is None and expected.is_detached:
        raise Unfit(Fault.CLOCK)
    if said is not None and not (expected.since - DRIFT <= said <= expected.now + DRIFT):
        raise Unfit(Fault.CLOCK)
    tidy = cms.tidied(replace(signed, stamp=b""), path)
    return Received(tidy.framed(), own, tidy, links_of(path))


def verify(pdf: bytes, roots: Roots) -> Verdict:
    """Read what a PDF proves: one signature, over the whole file, nothing added after it.

    Never raises for damaged bytes: they are simply not genuine. The certificate is judged at the
    time of signing.
    """
    try:
        opened = container.open_signed(pdf)
    except Unfit as unfit:
        return Verdict(False, False, False, fault=unfit.fault)
    verdict = _judged(opened.cms, opened.hole.around(pdf), opened.claimed_at, roots)
    return replace(verdict, whole_file=verdict.intact and opened.is_whole)


def verify_detached(der: bytes, document: bytes, roots: Roots) -> Verdict:
    """Read what a detached signature (.sig) proves of a document."""
    return _judged(der, document, None, roots)


def _judged(der: bytes, document: bytes, claimed: datetime | None, roots: Roots) -> Verdict:
    try:
        signed = cms.read(der)
        signed.prove(digest_of(signed.digest, document))
    except (Unfit, ValueError) as error:
        fault = error.fault if isinstance(error, Unfit) else Fault.UNREADABLE
        return Verdict(False, True, False, fault=fault)
    own = signed.certificate
    verdict = Verdict(True, True, False, owner_of(own), serial_of(own), issuer_of(own))
    try:
        stamp = stamp_of(signed, roots)
        at = stamp.at if stamp else signed.signed_at or claimed
        if at is None:
            raise Unfit(Fault.CLOCK)
        path = path_to(own, signed.certificates[1:], roots, at)
        _only(path, signed)
    except Unfit as unfit:
        return replace(verdict, signed_at=signed.signed_at or claimed, fault=unfit.fault)
    by = stamp.by if stamp else ""
    return replace(verdict, trusted=True, signed_at=at, stamped_by=by, links=links_of(path))


def stamp_of(signed: cms.Signed, roots: Roots) -> Stamp | None:
    """Return when which authority of time saw the signature, or None without a timestamp.

    Raises Unfit when there is one that proves nothing (RFC 3161).
    """
    if not signed.stamp:
        return None
    token = cms.read(signed.stamp, cms.TOKEN)
    info = tsp.TSTInfo.load(token.content, strict=True)
    imprint = info["message_imprint"]
    algorithm = imprint["hash_algorithm"]["algorithm"].dotted
    token.prove(digest_of(token.digest, token.content))
    if imprint["hashed_message"].native != digest_of(algorithm, signed.signature):
        raise Unfit(Fault.HASH)
    at: datetime = info["gen_time"].native
    purposes = token.certificate.extended_key_usage_value
    if purposes is None or purposes.native != ["time_stamping"]:
        raise Unfit(Fault.USAGE)
    path = path_to(token.certificate, token.certificates[1:], roots, at)
    _only(path, token)
    own = token.certificate
    return Stamp(at, owner_of(own) or issuer_of(own) or serial_of(own))


def _only(path: list[x509.Certificate], signed: cms.Signed) -> None:
    """Refuse certificates beside the path: nothing would prove their bytes."""
    if any(not any(is_same(one, known) for known in path) for one in signed.certificates):
        raise Unfit(Fault.CHAIN)


def _is_persons(certificate: x509.Certificate, snils: str) -> None:
    found = snils_of(certificate)
    if not found:
        raise Unfit(Fault.NO_SNILS)
    if not snils or found != snils:
        raise Unfit(Fault.SNILS)


def _is_organisations(certificate: x509.Certificate, ogrn: str) -> None:
    found = ogrn_of(certificate)
    if not found:
        raise Unfit(Fault.NO_OGRN)
    if found != ogrn:
        raise Unfit(Fault.OGRN)
