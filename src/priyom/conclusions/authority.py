"""The demo's own certificate authority: made at first use, kept in one private folder.

For trying and teaching only. A real doctor's key stays in the token; nothing here may hold it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "Учебный удостоверяющий центр"
_CA_YEARS = 10
_DAYS = 455
_RENEW_BEFORE = timedelta(days=1)
_NAME_LIMIT = 64
"""Longest common name in bytes of UTF-8; longer ones stand whole in surname and given name."""

Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


class Authority:
    """Issues certificates of people in `folder` (0700, keys 0600); safe for many processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def root(self) -> x509.Certificate:
        """Return the root certificate, making it at the first use."""
        return self._root()[0]

    def pair(self, key: str, name: str, organisation: str, now: datetime) -> Pair:
        """Return the person's certificate and key; issued anew when the name or the date asks.

        `key` is a file name without a path (an id), `now` an aware instant.
        """
        wanted = _name(name, organisation)
        with self._alone():
            found = self._load(key)
            if found is not None and _serves(found[0], wanted, now):
                return found
            root, root_key = self._root_locked()
            own = ec.generate_private_key(ec.SECP256R1())
            certificate = _leaf(wanted, own, root, now).sign(root_key, hashes.SHA256())
            self._keep(key, certificate, own)
            return certificate, own

    def _root(self) -> Pair:
        found = self._load("root")
        if found is not None:
            return found
        with self._alone():
            return self._root_locked()

    def _root_locked(self) -> Pair:
        found = self._load("root")
        if found is not None:
            return found
        own = ec.generate_private_key(ec.SECP256R1())
        certificate = _root(own, datetime.now(UTC)).sign(own, hashes.SHA256())
        self._keep("root", certificate, own)
        return certificate, own

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _load(self, key: str) -> Pair | None:
        try:
            text = (self.folder / f"{key}.pem").read_bytes()
        except FileNotFoundError:
            return None
        own = serialization.load_pem_private_key(text, None)
        assert isinstance(own, ec.EllipticCurvePrivateKey)  # noqa: S101 - we wrote it
        return x509.load_pem_x509_certificate(text), own

    def _keep(
        self, key: str, certificate: x509.Certificate, own: ec.EllipticCurvePrivateKey
    ) -> None:
        # Key and certificate in one file: whoever reads it sees both of one moment.
        text = own.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ) + certificate.public_bytes(serialization.Encoding.PEM)
        draft = self.folder / f".{key}-{secrets.token_hex(6)}"
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        draft.rename(self.folder / f"{key}.pem")


def _name(person: str, organisation: str) -> x509.Name:
    surname, _, given = person.partition(" ")
    pairs = (
        (NameOID.COUNTRY_NAME, "RU"),
        (NameOID.ORGANIZATION_NAME, _cut(organisation)),
        (NameOID.SURNAME, surname),
        (NameOID.GIVEN_NAME, given),
        (NameOID.COMMON_NAME, _cut(person)),
    )
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in pairs if text])


def _cut(text: str) -> str:
    return text.encode()[:_NAME_LIMIT].decode(errors="ignore")


def owner_of(name: x509.Name) -> str:
    """Return the full name of a person, the common name of anything else."""
    parts = [
        str(found[0].value)
        for oid in (NameOID.SURNAME, NameOID.GIVEN_NAME)
        if (found := name.get_attributes_for_oid(oid))
    ]
    if len(parts) == 2:
        return " ".join(parts)
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _serves(certificate: x509.Certificate, wanted: x509.Name, now: datetime) -> bool:
    return (
        certificate.subject == wanted
        and certificate.not_valid_before_utc <= now
        and now + _RENEW_BEFORE < certificate.not_valid_after_utc
    )


def _root(own: ec.EllipticCurvePrivateKey, now: datetime) -> x509.CertificateBuilder:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "RU"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Учебный, без силы"),
            x509.NameAttribute(NameOID.COMMON_NAME, NAME),
        ]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        # Dated back: the clock of the demo's past signatures may stand before today.
        .not_valid_before(now - timedelta(days=366 * 2))
        .not_valid_after(now + timedelta(days=366 * _CA_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
    )


def _leaf(
    name: x509.Name, own: ec.EllipticCurvePrivateKey, root: x509.Certificate, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(root.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                root.public_key()  # type: ignore[arg-type]
            ),
            critical=False,
        )
    )


def _usage(**on: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: on.get(name, False) for name in names})
