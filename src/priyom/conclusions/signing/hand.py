"""From a conclusion to its signature and back: what is prepared at forming, checked at signing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509

from priyom.conclusions import signer
from priyom.conclusions.models import Conclusion
from priyom.conclusions.signing import checking, container, refusals
from priyom.conclusions.signing.certificates import parsed
from priyom.conclusions.signing.checking import Expected, Received
from priyom.conclusions.signing.cms import digest_wanted
from priyom.conclusions.signing.faults import Unfit
from priyom.conclusions.signing.ways import Signatory, Task
from priyom.files import actions as files
from priyom.kernel import clock


@dataclass(frozen=True)
class Ready:
    """What forming keeps for the signature: the way, the certificate, the prepared file."""

    way: str
    certificate: x509.Certificate
    pdf: bytes
    digest: str
    """Hexadecimal; what the owner of the key signs."""


def certificate_for(who: Signatory, offered: bytes) -> tuple[str, x509.Certificate]:
    """Return the way and the certificate of a document that is about to be formed.

    `offered` is DER from the page, where the way lets its owner choose. Raises Refusal: no signer,
    no СНИЛС of the doctor, none chosen, or what is wrong with the certificate.
    """
    way = signer.current()
    if not who.snils:
        raise refusals.no_snils()
    found = way.certificate_of(who)
    if found is None and not offered:
        raise refusals.no_certificate()
    try:
        certificate = found or parsed(offered)
        checking.fit(certificate, who.snils, signer.roots(), clock.now())
    except Unfit as unfit:
        raise refusals.not_taken(unfit.fault) from None
    return way.name, certificate


def prepared(pdf: bytes, way: str, certificate: x509.Certificate, at: datetime) -> Ready:
    """Return the formed PDF with the empty place of its signature, and the digest to sign."""
    ready = container.prepare(pdf, signer.described(certificate).owner, at)
    digest = container.digest_in(ready, digest_wanted(certificate))
    return Ready(way, certificate, ready, digest.hex())


def signed(row: Conclusion, number: str, who: Signatory, offered: bytes) -> tuple[bytes, Received]:
    """Return the signed PDF of a formed version and its checked signature.

    `offered` is the CMS from the page, b"" where the way signs by itself. Raises Refusal with what
    is wrong; nothing was changed.
    """
    way = signer.current()
    if row.way != way.name or row.prepared_pdf is None or row.formed_at is None:
        raise refusals.other_way()
    roots = signer.roots()
    digest = bytes.fromhex(row.digest)
    try:
        certificate = parsed(bytes(row.certificate))
        task = Task(str(row.pk), number, digest, digest_wanted(certificate))
        checking.fit(certificate, who.snils, roots, clock.now())
        came = offered or way.sign(task, who, certificate)
        expected = Expected(
            digest, certificate.dump(), who.snils, since=row.formed_at, now=clock.now()
        )
        received = checking.receive(came, expected, roots)
        # The store gives the bytes of forming or none: their digest need not be counted again.
        pdf = container.fill(files.read(row.prepared_pdf), received.cms)
    except Unfit as unfit:
        raise refusals.not_taken(unfit.fault) from None
    opened = container.open_signed(pdf)
    if not opened.is_whole or opened.cms != received.cms:
        raise RuntimeError("the signature was taken and does not stand in its file")
    return pdf, received
