"""Signing as this installation is set up to: which way, which roots, and what a page says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from asn1crypto import x509
from django.conf import settings

from priyom.conclusions.authority import NAME, Authority, Kind
from priyom.conclusions.signing.certificates import (
    issuer_of,
    owner_of,
    read_pem,
    serial_of,
)
from priyom.conclusions.signing.checking import Verdict, verify
from priyom.conclusions.signing.service import Service
from priyom.conclusions.signing.ways import TRIAL, Demo, Plugin, Signatory, Way, is_trial
from priyom.kernel.refusal import Refusal, RefusalKind

__all__ = ["Certificate", "Signatory", "Verdict", "current", "demo", "described", "roots", "verify"]

_DEMO = {"demo": Kind.PLAIN, "demo-gost": Kind.GOST}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as pages and papers name it: serial as spaced hexadecimal, instants UTC."""

    owner: str
    issuer: str
    serial: str
    since: datetime
    until: datetime
    note: str = ""
    """What the paper says of a trial one."""


def current() -> Way:
    """Return the way of this installation.

    Raises Refusal (forbidden) when none is set up, or a trial one outside the demo: such a paper
    must never look real.
    """
    name: str = settings.SIGNING
    if name in ("", *_DEMO):
        return demo()
    if name == "browser":
        return Plugin()
    if name == "service":
        return _service()
    raise no_signer()


def of_organisation() -> Way | None:
    """Return how the organisation signs too, None where it does not. Raises as `current`."""
    name: str = settings.SIGNING_ORGANISATION
    if not name:
        return None
    if name == "service":
        return _service()
    if name in _DEMO and settings.DEMO:
        return Demo(Authority(_folder(), _DEMO[name]), name)
    raise no_signer()


def _service() -> Service:
    if not settings.SIGNING_URL or not settings.SIGNING_SECRET:
        raise no_signer()
    return Service(settings.SIGNING_URL, settings.SIGNING_SECRET)


def demo() -> Demo:
    """Return the trial way: of the told past too, whatever signs today. Raises as `current`."""
    if not settings.DEMO:
        raise no_signer()
    name = settings.SIGNING if settings.SIGNING in _DEMO else "demo-gost"
    return Demo(Authority(_folder(), _DEMO[name]), name)


def roots() -> list[x509.Certificate]:
    """Return what signatures of this installation must lead to; none while nothing is set up."""
    found = list(_configured(settings.SIGNING_ROOTS)) if settings.SIGNING_ROOTS else []
    if settings.DEMO:
        found += [Authority(_folder(), kind).root() for kind in Kind]
    return found


def described(certificate: x509.Certificate) -> Certificate:
    """Return what a page and a paper say of a certificate."""
    return Certificate(
        owner=owner_of(certificate),
        issuer=issuer_of(certificate),
        serial=serial_of(certificate),
        since=certificate.not_valid_before,
        until=certificate.not_valid_after,
        note=TRIAL if is_trial(certificate) else "",
    )


def no_signer() -> Refusal:
    """Return the refusal of signing where only the demo's signer is there."""
    return Refusal(
        "conclusion.no_signer",
        RefusalKind.FORBIDDEN,
        f"{NAME} работает только для показа. Подключите усиленную квалифицированную подпись.",
    )


@lru_cache(maxsize=4)
def _configured(path: str) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a PEM file, or of all files in a folder; read once."""
    place = Path(path)
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    return tuple(one for file in files for one in read_pem(file.read_bytes()))


def _folder() -> Path:
    return Path(settings.VAR) / "ca"
