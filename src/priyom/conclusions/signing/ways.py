"""Ways to sign: who holds the key, and how its owner is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from asn1crypto import x509

from priyom.conclusions.authority import NAME, Authority
from priyom.conclusions.signing import cms, refusals
from priyom.conclusions.signing.certificates import issuer_of
from priyom.kernel import clock

TRIAL = f"{NAME}: подпись без юридической силы"
"""What the paper says beside the stamp of a trial signature."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs: own id, name and МО as the certificate names them, СНИЛС or ОГРН as digits."""

    id: UUID
    name: str
    organisation: str
    snils: str
    ogrn: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be signed: a digest, and the number of the document for whoever confirms it."""

    id: str
    """The same for each repetition: a service may answer with what was signed before."""
    number: str
    digest: bytes
    digest_algorithm: str
    is_detached: bool = False
    """Beside its document: then the signer's time is signed too, in a PDF the file says it."""


class Way(Protocol):
    """Holds or reaches keys; what it returns is checked like everybody else's."""

    @property
    def name(self) -> str:
        """Return what is stored with each signature that was made this way."""

    def certificate_of(self, who: Signatory) -> x509.Certificate | None:
        """Return the certificate that will sign, or None where its owner chooses it on the page."""

    def sign(self, task: Task, who: Signatory, certificate: x509.Certificate) -> bytes:
        """Return the CMS (DER). Raises Refusal when it cannot be had now."""


class Demo:
    """Signs with keys of the «Учебный удостоверяющий центр»: shows the way, proves nothing."""

    def __init__(self, authority: Authority, name: str) -> None:
        self.name = name
        self._authority = authority

    def certificate_of(self, who: Signatory) -> x509.Certificate:
        """Return the person's certificate, issued at the first asking."""
        return self._authority.pair(str(who.id), who, clock.now())[0]

    def sign(self, task: Task, who: Signatory, certificate: x509.Certificate) -> bytes:
        """Return the CMS, made here. `certificate` is the one that `certificate_of` returned."""
        now = clock.now()
        own, key = self._authority.pair(str(who.id), who, now)
        return cms.made(task.digest, [own], key, now if task.is_detached else None).framed()


class Plugin:
    """The doctor's own key in a token: the page asks its plug-in, the server never sees it."""

    name = "browser"

    def certificate_of(self, who: Signatory) -> None:
        """Return None: the doctor chooses among the certificates of the own computer."""

    def sign(self, task: Task, who: Signatory, certificate: x509.Certificate) -> bytes:
        """Refuse: the signature comes with the page's form."""
        raise refusals.no_signature()


def is_trial(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate says of itself that it is for trials."""
    return issuer_of(certificate) == NAME
