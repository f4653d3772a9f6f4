"""Signing and checking a PDF (PAdES B-B); where the key lives is behind `Signer`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Protocol
from uuid import UUID

from asn1crypto import keys  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from priyom.conclusions.authority import NAME, Authority, Pair, owner_of
from priyom.kernel import clock
from priyom.kernel.refusal import Refusal, RefusalKind

FIELD = "Podpis"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs: the doctor's own id, name and МО, as the certificate names them."""

    id: UUID
    name: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate that will sign: serial as spaced hexadecimal, instants UTC."""

    owner: str
    issuer: str
    serial: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the bytes themselves say; `signed_at` is the signer's own clock, aware, or None."""

    intact: bool
    whole_file: bool
    trusted: bool
    signer: str = ""
    serial: str = ""
    signed_at: datetime | None = None

    @property
    def is_genuine(self) -> bool:
        """Whether one trusted signature covers every byte and nothing was added after it."""
        return self.intact and self.whole_file and self.trusted


class Signer(Protocol):
    """Holds or reaches a doctor's key. A production signer embeds the token's CMS (УКЭП)."""

    def certificate_of(self, doctor: Signatory) -> Certificate:
        """Return the certificate that `sign` will use, to print it before signing."""

    def sign(self, pdf: bytes, doctor: Signatory) -> bytes:
        """Return the PDF with the signature added; the given bytes stay its beginning."""

    def roots(self) -> list[x509.Certificate]:
        """Return the certificates that signatures must lead to."""


class DemoSigner:
    """Signs with keys of the «Учебный удостоверяющий центр»: shows the way, proves nothing.

    Raises Refusal (forbidden) when this is not a demo: such a paper must never look real.
    """

    def __init__(self, authority: Authority) -> None:
        if not settings.DEMO:
            raise no_signer()
        self.authority = authority

    def certificate_of(self, doctor: Signatory) -> Certificate:
        """Return the doctor's certificate, issued at the first asking."""
        return described(self._pair(doctor)[0])

    def sign(self, pdf: bytes, doctor: Signatory) -> bytes:
        """Return the PDF signed with the doctor's demo key."""
        certificate, key = self._pair(doctor)
        signer = signers.SimpleSigner(
            signing_cert=_asn1(certificate),
            signing_key=keys.PrivateKeyInfo.load(
                key.private_bytes(
                    serialization.Encoding.DER,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            ),
            cert_registry=SimpleCertificateStore.from_certs(  # type: ignore[no-untyped-call]
                [_asn1(self.authority.root())]
            ),
        )
        meta = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason="Подписание консультативного заключения",
            name=doctor.name,
        )
        out = BytesIO()
        _PdfSigner(meta, signer).sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=out)
        return out.getvalue()

    def roots(self) -> list[x509.Certificate]:
        """Return the demo's root."""
        return [self.authority.root()]

    def _pair(self, doctor: Signatory) -> Pair:
        return self.authority.pair(str(doctor.id), doctor.name, doctor.organisation, clock.now())


class _PdfSigner(signers.PdfSigner):
    """Signs at the time of the house's one clock, which the demo and tests set."""

    def init_signing_session(self, *args: Any, **options: Any) -> Any:
        session = super().init_signing_session(*args, **options)
        session.system_time = clock.now().astimezone(clock.MOSCOW)
        return session


def current() -> Signer:
    """Return the signer of this installation, or refuse when none is set up."""
    return DemoSigner(Authority(settings.VAR / "ca"))


def roots() -> list[x509.Certificate]:
    """Return what signatures of this installation must lead to; none while no signer is set up."""
    return current().roots() if settings.DEMO else []


def no_signer() -> Refusal:
    """Return the refusal of signing where only the demo's signer is there."""
    return Refusal(
        "conclusion.no_signer",
        RefusalKind.FORBIDDEN,
        f"{NAME} работает только для показа. Подключите усиленную квалифицированную подпись.",
    )


def verify(pdf: bytes, roots: list[x509.Certificate]) -> Verdict:
    """Read what the bytes prove: one signature, over the whole file, nothing added after it.

    Never raises for damaged bytes: they are simply not genuine. The certificate is judged at the
    time of signing.
    """
    try:
        found = PdfFileReader(BytesIO(pdf)).embedded_signatures
        if len(found) != 1:
            return Verdict(False, False, False)
        signed_at = found[0].self_reported_timestamp
        context = ValidationContext(
            trust_roots=[_asn1(root) for root in roots],
            allow_fetching=False,
            moment=signed_at,
            best_signature_time=signed_at,
        )
        status = validate_pdf_signature(found[0], context)
    except Exception:
        # Whatever a parser makes of damaged bytes, the answer is the same.
        return Verdict(False, False, False)
    return Verdict(
        intact=bool(status.intact and status.valid),
        whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        and status.modification_level == ModificationLevel.NONE,
        trusted=bool(status.trusted),
        signer=owner_of(x509.load_der_x509_certificate(status.signing_cert.dump()).subject),
        serial=_serial(status.signing_cert.serial_number),
        signed_at=signed_at,
    )


def described(certificate: x509.Certificate) -> Certificate:
    """Return what a page and a paper say of a certificate."""
    return Certificate(
        owner=owner_of(certificate.subject),
        issuer=owner_of(certificate.issuer),
        serial=_serial(certificate.serial_number),
        since=certificate.not_valid_before_utc,
        until=certificate.not_valid_after_utc,
    )


def _serial(number: int) -> str:
    text = f"{number:X}"
    text = text.zfill(len(text) + len(text) % 2)
    return " ".join(text[at : at + 2] for at in range(0, len(text), 2))


def _asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
