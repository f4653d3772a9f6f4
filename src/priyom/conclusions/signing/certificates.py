"""Certificates of people: what they say, and whether they lead to a trusted root (RFC 5280)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache

from asn1crypto import core, pem, x509

from priyom.conclusions.signing.faults import Fault, Unfit
from priyom.conclusions.signing.keys import digest_of, is_signed_by, split

SNILS = "1.2.643.100.3"
"""СНИЛС of the owner in the subject (приказ ФСБ 795)."""
OGRN = "1.2.643.100.1"
"""ОГРН of the owner's organisation in the subject (приказ ФСБ 795)."""
_DIGITS = (SNILS, OGRN)
_SURNAME, _GIVEN, _COMMON = "2.5.4.4", "2.5.4.42", "2.5.4.3"
_UNDERSTOOD = frozenset(
    {"2.5.29.15", "2.5.29.19", "2.5.29.37", "2.5.29.32", "1.2.643.100.111", "1.2.643.100.112"}
)
"""Extensions that may be critical: usage, limits, purposes, policies, the signature's tools."""
_DEEPEST = 5

Name = tuple[tuple[str, str], ...]
"""Pairs of an OID and words, in the order of a subject."""


def parsed(der: bytes) -> x509.Certificate:
    """Return the certificate in DER. Raises Unfit (unreadable) for anything else."""
    try:
        found = x509.Certificate.load(der, strict=True)
        _ = found.serial_number, found.not_valid_after, found.critical_extensions
        _ = owner_of(found), found.public_key
    except Exception as error:
        raise Unfit(Fault.UNREADABLE) from error
    return found


def read_pem(text: bytes) -> list[x509.Certificate]:
    """Return the certificates of a PEM bundle, or the one in DER."""
    if not pem.detect(text):
        return [parsed(text)]
    found = pem.unarmor(text, multiple=True)
    return [parsed(der) for kind, _, der in found if kind == "CERTIFICATE"]


def owner_of(certificate: x509.Certificate) -> str:
    """Return the full name of a person, the common name of anything else."""
    return _name(certificate.subject)


def issuer_of(certificate: x509.Certificate) -> str:
    """Return the name of who issued it."""
    return _name(certificate.issuer)


def snils_of(certificate: x509.Certificate) -> str:
    """Return the owner's СНИЛС as 11 digits, or ""."""
    return "".join(sign for sign in _value(certificate.subject, SNILS) if sign.isdecimal())


def ogrn_of(certificate: x509.Certificate) -> str:
    """Return the ОГРН of the owner as 13 digits, or ""."""
    return "".join(sign for sign in _value(certificate.subject, OGRN) if sign.isdecimal())


def serial_of(certificate: x509.Certificate) -> str:
    """Return the serial as spaced hexadecimal, as a stamp prints it."""
    text = f"{certificate.serial_number:X}"
    text = text.zfill(len(text) + len(text) % 2)
    return " ".join(text[at : at + 2] for at in range(0, len(text), 2))


def is_same(one: x509.Certificate, other: x509.Certificate) -> bool:
    """Tell whether both are the same bytes."""
    return bool(one.dump() == other.dump())


def path_to(
    certificate: x509.Certificate,
    others: Iterable[x509.Certificate],
    roots: Iterable[x509.Certificate],
    at: datetime,
) -> list[x509.Certificate]:
    """Return the certificates from this signer's to a root, both included, as they stood `at`.

    Raises Unfit: not_yet or expired, usage for one that may not sign, chain without such a root.
    """
    _in_time(certificate, at)
    _may_sign(certificate)
    trusted, offered = list(roots), list(others)
    path = _search([certificate], trusted, offered, at)
    if path is None:
        raise Unfit(Fault.CHAIN)
    return path


def _search(
    path: list[x509.Certificate],
    roots: list[x509.Certificate],
    others: list[x509.Certificate],
    at: datetime,
) -> list[x509.Certificate] | None:
    last = path[-1]
    for root in roots:
        if _issued(last, root, at, len(path) - 1):
            return [*path, root]
    if len(path) >= _DEEPEST:
        return None
    for other in others:
        is_new = not any(is_same(other, one) for one in path)
        if is_new and _issued(last, other, at, len(path) - 1):
            found = _search([*path, other], roots, others, at)
            if found is not None:
                return found
    return None


def _issued(child: x509.Certificate, issuer: x509.Certificate, at: datetime, below: int) -> bool:
    """Tell whether `issuer` may issue, did issue `child`, and stood in its time."""
    if child.issuer.dump() != issuer.subject.dump() or not _may_issue(issuer, below):
        return False
    try:
        _in_time(issuer, at)
        _only_known(issuer)
        return is_issued_by(child, issuer)
    except (Unfit, ValueError):
        return False


def is_issued_by(child: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Tell whether the issuer's key signed the certificate. Raises ValueError for unknown kinds."""
    return _is_issued_by(child.dump(), issuer.dump())


@lru_cache(maxsize=1024)
def _is_issued_by(child_der: bytes, issuer_der: bytes) -> bool:
    """Answer from the bytes alone; a doctor's certificate comes with each paper."""
    child, issuer = x509.Certificate.load(child_der), x509.Certificate.load(issuer_der)
    outer = child["signature_algorithm"]
    if child["tbs_certificate"]["signature"].dump() != outer.dump():
        return False
    _, digest = split(outer["algorithm"].dotted)
    signed = digest_of(digest, child["tbs_certificate"].dump())
    signature = child["signature_value"].native
    return is_signed_by(issuer.public_key, digest, signed, signature)


def _in_time(certificate: x509.Certificate, at: datetime) -> None:
    if at < certificate.not_valid_before:
        raise Unfit(Fault.NOT_YET)
    if at > certificate.not_valid_after:
        raise Unfit(Fault.EXPIRED)


def _may_sign(certificate: x509.Certificate) -> None:
    """Refuse what is no person's signing certificate."""
    usage = certificate.key_usage_value
    names = usage.native if usage else set()
    if certificate.ca or not names & {"digital_signature", "non_repudiation"}:
        raise Unfit(Fault.USAGE)
    _only_known(certificate)


def _only_known(certificate: x509.Certificate) -> None:
    for extension in certificate["tbs_certificate"]["extensions"]:
        if extension["critical"].native and extension["extn_id"].dotted not in _UNDERSTOOD:
            raise Unfit(Fault.USAGE)


def _may_issue(certificate: x509.Certificate, below: int) -> bool:
    usage = certificate.key_usage_value
    if not certificate.ca or (usage and "key_cert_sign" not in usage.native):
        return False
    longest = certificate.max_path_length
    return longest is None or below <= longest


def _name(name: x509.Name) -> str:
    person = [text for oid in (_SURNAME, _GIVEN) if (text := _value(name, oid))]
    return " ".join(person) if len(person) == 2 else _value(name, _COMMON)


def _value(name: x509.Name, oid: str) -> str:
    return next((text for found, text in _pairs(name) if found == oid), "")


def _pairs(name: x509.Name) -> Iterator[tuple[str, str]]:
    for relative in name.chosen:
        for pair in relative:
            yield pair["type"].dotted, str(pair["value"].native)


def named(pairs: Name) -> x509.Name:
    """Return a subject: СНИЛС and ОГРН as digits (NumericString), everything else as UTF-8."""
    made = [
        x509.RelativeDistinguishedName(
            [x509.NameTypeAndValue({"type": oid, "value": _text(oid, text)})]
        )
        for oid, text in pairs
        if text
    ]
    return x509.Name(name="", value=x509.RDNSequence(made))


def _text(oid: str, text: str) -> core.Asn1Value:
    if oid in _DIGITS:
        return core.NumericString(text)
    return core.PrintableString(text) if oid == "2.5.4.6" else core.UTF8String(text)
