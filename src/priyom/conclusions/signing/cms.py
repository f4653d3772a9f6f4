"""A signature by itself: CMS SignedData with one signer (RFC 5652; CAdES-BES, CAdES-T).

What of a CMS nobody signs (its frame) has one form here: a foreign one is tidied when it is
received, and later a form that differs in a byte is not taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from asn1crypto import algos, cms, core, tsp, x509

from priyom.conclusions.signing.certificates import is_same, parsed
from priyom.conclusions.signing.faults import Fault, Unfit
from priyom.conclusions.signing.keys import (
    EC,
    RSA,
    SHA256,
    Key,
    algorithm_of,
    digest_for,
    digest_of,
    is_signed_by,
    signature_for,
)

DATA, TOKEN = "data", "tst_info"
_STAMP = "signature_time_stamp_token"
_NEEDED = ("content_type", "message_digest", "signing_certificate_v2")


@dataclass(frozen=True)
class Signed:
    """A CMS as it was read: nothing of it is proven until `prove` was called."""

    certificates: tuple[x509.Certificate, ...]
    """The signer's first."""
    digest: str
    """OID of the digest of the document."""
    attributes: bytes
    """The signed attributes: DER of their SET."""
    signature: bytes
    stamp: bytes = b""
    """The token of a timestamp over the signature."""
    content: bytes = b""
    """What is inside a token; a document is never inside."""

    @property
    def certificate(self) -> x509.Certificate:
        """Return the signer's certificate."""
        return self.certificates[0]

    @property
    def signed_at(self) -> datetime | None:
        """Return the signer's own clock, when it was signed too."""
        found = _attributes(self.attributes).get("signing_time")
        return found.native if found is not None else None

    @property
    def claimed_digest(self) -> bytes:
        """Return the digest of the document that was signed, as the signature says it."""
        return bytes(_attributes(self.attributes)["message_digest"].native)

    def prove(self, digest: bytes) -> None:
        """Check that this very document was signed by the key of the certificate.

        Raises Unfit: hash, signature.
        """
        if self.claimed_digest != digest:
            raise Unfit(Fault.HASH)
        signed = digest_of(self.digest, self.attributes)
        try:
            key = self.certificate.public_key
            is_right = is_signed_by(key, self.digest, signed, self.signature)
        except ValueError as error:
            raise Unfit(Fault.SIGNATURE) from error
        if not is_right:
            raise Unfit(Fault.SIGNATURE)

    def framed(self) -> bytes:
        """Return the CMS in the one form that `read` takes."""
        body = {
            "version": "v3" if self.content else "v1",
            "digest_algorithms": [{"algorithm": self.digest}],
            "encap_content_info": _inner(self.content),
            "certificates": [
                cms.CertificateChoices("certificate", one) for one in self.certificates
            ],
            "signer_infos": [self._info()],
        }
        made = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(body)})
        return bytes(made.dump())

    def _info(self) -> cms.SignerInfo:
        fields = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                cms.IssuerAndSerialNumber(
                    {
                        "issuer": self.certificate.issuer,
                        "serial_number": self.certificate.serial_number,
                    }
                ),
            ),
            "digest_algorithm": {"algorithm": self.digest},
            "signed_attrs": cms.CMSAttributes.load(self.attributes),
            "signature_algorithm": _algorithm(self.certificate, self.digest),
            "signature": self.signature,
        }
        if self.stamp:
            token = cms.ContentInfo.load(self.stamp)
            fields["unsigned_attrs"] = [cms.CMSAttribute({"type": _STAMP, "values": [token]})]
        return cms.SignerInfo(fields)


def read(der: bytes, content_type: str = DATA) -> Signed:
    """Return what a tidy CMS holds. Raises Unfit (unreadable) for every other form."""
    found = taken(der, content_type)
    if found.framed() != der:
        raise Unfit(Fault.UNREADABLE)
    return found


def taken(der: bytes, content_type: str = DATA) -> Signed:
    """Return what a CMS of any program holds, with one signer and a bound certificate.

    Raises Unfit (unreadable): not such a CMS, or one whose algorithms are not accepted.
    """
    try:
        return _taken(der, content_type)
    except Exception as error:
        # Whatever a parser makes of foreign bytes, the answer is the same.
        raise Unfit(Fault.UNREADABLE) from error


def tidied(found: Signed, path: Iterable[x509.Certificate]) -> Signed:
    """Return the signature with the certificates of its path alone, without the root."""
    kept = list(path)[:-1]
    return replace(found, certificates=tuple(kept))


def made(
    digest: bytes,
    certificates: Iterable[x509.Certificate],
    key: Key,
    at: datetime | None = None,
    content: bytes = b"",
) -> Signed:
    """Return a signature over a document's digest (CAdES-BES), for trials and tests.

    `certificates` begins with the signer's; `at` is signed too when given (not in a PDF: there
    the signature's dictionary says it, EN 319 142-1).
    """
    path = tuple(certificates)
    bound = tsp.ESSCertIDv2(
        {
            "hash_algorithm": {"algorithm": key.digest},
            "cert_hash": digest_of(key.digest, path[0].dump()),
        }
    )
    pairs: list[tuple[str, object]] = [
        ("content_type", TOKEN if content else DATA),
        ("message_digest", digest),
        ("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [bound]})),
    ]
    if at is not None:
        moment = at.astimezone(UTC).replace(microsecond=0)
        pairs.append(("signing_time", cms.Time(name="utc_time", value=moment)))
    attributes = cms.CMSAttributes(
        [cms.CMSAttribute({"type": name, "values": [value]}) for name, value in pairs]
    ).dump()
    signature = key.sign(digest_of(key.digest, attributes))
    return Signed(path, key.digest, attributes, signature, content=content)


def _taken(der: bytes, content_type: str) -> Signed:
    outer = cms.ContentInfo.load(der, strict=True)
    _expect(outer["content_type"].native == "signed_data")
    body = outer["content"]
    (info,) = body["signer_infos"]
    inner = body["encap_content_info"]
    _expect(inner["content_type"].native == content_type)
    _expect((inner["content"].native is None) == (content_type == DATA))
    known = [parsed(one.chosen.dump()) for one in body["certificates"]]
    (own,) = [one for one in known if _is_signers(info["sid"], one)]
    digest = info["digest_algorithm"]["algorithm"].dotted
    attributes = info["signed_attrs"].untag().dump()
    found = _attributes(attributes)
    _expect(all(name in found for name in _NEEDED))
    _expect(found["content_type"].native == content_type)
    _expect(_names(found["signing_certificate_v2"], own))
    used = info["signature_algorithm"]["algorithm"].dotted
    _expect(used in signature_for(own.public_key, digest))
    return Signed(
        certificates=(own, *[one for one in known if not is_same(one, own)]),
        digest=digest,
        attributes=attributes,
        signature=info["signature"].native,
        stamp=_stamp(info),
        content=b"" if content_type == DATA else bytes(inner["content"]),
    )


def _expect(is_so: object) -> None:
    if not is_so:
        raise ValueError("this form of a CMS is not taken")


def _is_signers(sid: cms.SignerIdentifier, certificate: x509.Certificate) -> bool:
    if sid.name == "issuer_and_serial_number":
        return bool(
            sid.chosen["issuer"].dump() == certificate.issuer.dump()
            and sid.chosen["serial_number"].native == certificate.serial_number
        )
    return bool(sid.chosen.native == certificate.key_identifier)


def _attributes(der: bytes) -> dict[str, core.Asn1Value]:
    """Return the one value of each attribute by name. Raises ValueError for a repeated one."""
    found: dict[str, core.Asn1Value] = {}
    for attribute in cms.CMSAttributes.load(der, strict=True):
        name = attribute["type"].native
        _expect(name not in found)
        (found[name],) = attribute["values"]
    return found


def _names(bound: tsp.SigningCertificateV2, certificate: x509.Certificate) -> bool:
    """Tell whether the signed attribute names this certificate by its hash (RFC 5035)."""
    first = bound["certs"][0]
    algorithm = first["hash_algorithm"]["algorithm"].dotted or SHA256
    return bool(first["cert_hash"].native == digest_of(algorithm, certificate.dump()))


def _stamp(info: cms.SignerInfo) -> bytes:
    if not isinstance(info["unsigned_attrs"], cms.CMSAttributes):
        return b""  # asking for `native` here would take half a second to write the token anew
    for attribute in info["unsigned_attrs"]:
        if attribute["type"].native == _STAMP:
            (token,) = attribute["values"]
            return bytes(token.dump())
    return b""


def _inner(content: bytes) -> core.Asn1Value:
    if not content:
        return cms.ContentInfo({"content_type": DATA})  # what asn1crypto wants in version 1
    return cms.EncapsulatedContentInfo(
        {"content_type": TOKEN, "content": core.ParsableOctetString(content)}
    )


def _algorithm(certificate: x509.Certificate, digest: str) -> algos.SignedDigestAlgorithm:
    """Return the one way in which a signature's algorithm is written: for ГОСТ the key's own."""
    kind = algorithm_of(certificate.public_key)
    if kind == EC:
        return algos.SignedDigestAlgorithm(
            {"algorithm": signature_for(certificate.public_key, digest)[1]}
        )
    fields: dict[str, object] = {"algorithm": kind}
    if kind == RSA:
        fields["parameters"] = core.Null()
    return algos.SignedDigestAlgorithm(fields)


def digest_wanted(certificate: x509.Certificate) -> str:
    """Return the OID of the digest that this certificate's owner is to sign."""
    return digest_for(certificate.public_key)
