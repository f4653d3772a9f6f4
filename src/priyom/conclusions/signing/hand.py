"""From a conclusion to its signature and back: what is prepared at forming, checked at signing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509
from django.conf import settings

from priyom.conclusions import signer
from priyom.conclusions.models import Conclusion
from priyom.conclusions.signing import checking, container, refusals
from priyom.conclusions.signing.certificates import parsed
from priyom.conclusions.signing.checking import Expected, Received
from priyom.conclusions.signing.cms import digest_wanted
from priyom.conclusions.signing.faults import Unfit
from priyom.conclusions.signing.keys import digest_of
from priyom.conclusions.signing.revocation import Link
from priyom.conclusions.signing.timestamps import stamped
from priyom.conclusions.signing.ways import Signatory, Task, Way
from priyom.files import actions as files
from priyom.kernel import clock
from priyom.kernel.present import present


@dataclass(frozen=True)
class Ready:
    """What forming keeps for the signature: the way, the certificate, the prepared file."""

    way: str
    certificate: x509.Certificate
    pdf: bytes
    digest: str
    """Hexadecimal; what the owner of the key signs of the PDF."""
    xml: bytes

    def inside(self, key: str = "", number: str = "") -> Task:
        """Return what is to be signed of the PDF."""
        return Task(key, number, bytes.fromhex(self.digest), digest_wanted(self.certificate))

    def beside(self, key: str = "", number: str = "") -> Task:
        """Return what is to be signed of the XML."""
        algorithm = digest_wanted(self.certificate)
        return Task(key, number, digest_of(algorithm, self.xml), algorithm, is_detached=True)


@dataclass(frozen=True)
class Chosen:
    """The way and the certificate of a document that is about to be formed."""

    way: str
    certificate: x509.Certificate
    links: tuple[Link, ...]
    """What the lists of revoked certificates are asked for."""


def certificate_for(who: Signatory, offered: bytes) -> Chosen:
    """Return by which way and certificate a document will be signed.

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
        links = checking.fit(certificate, who.snils, signer.roots(), clock.now())
    except Unfit as unfit:
        raise refusals.not_taken(unfit.fault) from None
    return Chosen(way.name, certificate, links)


def prepared(
    pdf: bytes, xml: bytes, way: str, certificate: x509.Certificate, at: datetime
) -> Ready:
    """Return the formed PDF with the empty place of its signature, and what is to be signed."""
    ready = container.prepare(pdf, signer.described(certificate).owner, at)
    digest = container.digest_in(ready, digest_wanted(certificate))
    return Ready(way, certificate, ready, digest.hex(), xml)


def kept(row: Conclusion) -> Ready:
    """Return what forming kept. Raises Unfit, OSError when the store changed the bytes."""
    prepared = present(row.prepared_pdf, by="forming keeps it, and only formed rows come")
    xml = files.read(row.formed_xml) if row.formed_xml else b""
    certificate = parsed(bytes(row.certificate))
    return Ready(row.way, certificate, files.read(prepared), row.digest, xml)


@dataclass(frozen=True)
class Offered:
    """What the page brought: a CMS over the PDF and one over the XML; b"" where the way signs."""

    pdf: bytes = b""
    xml: bytes = b""


NOTHING = Offered()


@dataclass(frozen=True)
class Signed:
    """A signed PDF with its checked signature, and the one beside the XML where there is an XML."""

    pdf: bytes
    inside: Received
    beside: Received | None


def signed(row: Conclusion, number: str, who: Signatory, offered: Offered) -> Signed:
    """Return what signing a formed version makes of it.

    Raises Refusal with what is wrong; nothing was changed.
    """
    way = signer.current()
    if row.way != way.name or row.prepared_pdf is None or row.formed_at is None:
        raise refusals.other_way()
    try:
        ready = kept(row)
        judge = _Judge(way, ready, who, row.formed_at)
        inside = judge.received(ready.inside(f"{row.pk}-pdf", number), offered.pdf)
        # The store gives the bytes of forming or none: their digest need not be counted again.
        pdf = container.fill(ready.pdf, inside.cms)
        beside = None
        if ready.xml:
            beside = judge.received(ready.beside(f"{row.pk}-xml", number), offered.xml)
    except Unfit as unfit:
        raise refusals.not_taken(unfit.fault) from None
    opened = container.open_signed(pdf)
    if not opened.is_whole or opened.cms != inside.cms:
        raise RuntimeError("the signature was taken and does not stand in its file")
    return Signed(pdf, inside, beside)


class _Judge:
    """Asks the way for each signature of one version, and judges what comes."""

    def __init__(self, way: Way, ready: Ready, who: Signatory, since: datetime) -> None:
        self.way, self.ready, self.who, self.since = way, ready, who, since
        self.roots = signer.roots()
        checking.fit(ready.certificate, who.snils, self.roots, clock.now())

    def received(self, task: Task, offered: bytes) -> Received:
        """Return the checked signature of a task. Raises Unfit, and Refusal of the way."""
        own = self.ready.certificate
        came = offered or self.way.sign(task, self.who, own)
        expected = Expected(
            digest=task.digest,
            certificate=own.dump(),
            snils=self.who.snils,
            since=self.since,
            now=clock.now(),
            is_detached=task.is_detached,
        )
        received = checking.receive(came, expected, self.roots)
        if not settings.TIMESTAMP_URL:
            return received
        by = stamped(received.signed, settings.TIMESTAMP_URL, self.roots)
        return received.stamped(by, self.roots, clock.now())
