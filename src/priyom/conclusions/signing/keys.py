"""Keys and digests of every kind that is known here: ГОСТ, RSA (PKCS 1.5) and ECDSA."""

from __future__ import annotations

import hashlib
from typing import Protocol

from asn1crypto import keys
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from priyom.conclusions.signing import gost
from priyom.conclusions.signing.streebog import streebog

SHA256 = "2.16.840.1.101.3.4.2.1"
STREEBOG256 = "1.2.643.7.1.1.2.2"
_HASHES: dict[str, hashes.HashAlgorithm] = {
    SHA256: hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
RSA, EC = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
_WITH_DIGEST = {
    "1.2.840.113549.1.1.11": (RSA, SHA256),
    "1.2.840.113549.1.1.12": (RSA, "2.16.840.1.101.3.4.2.2"),
    "1.2.840.113549.1.1.13": (RSA, "2.16.840.1.101.3.4.2.3"),
    "1.2.840.10045.4.3.2": (EC, SHA256),
    "1.2.840.10045.4.3.3": (EC, "2.16.840.1.101.3.4.2.2"),
    "1.2.840.10045.4.3.4": (EC, "2.16.840.1.101.3.4.2.3"),
    "1.2.643.7.1.1.3.2": ("1.2.643.7.1.1.1.1", STREEBOG256),
    "1.2.643.7.1.1.3.3": ("1.2.643.7.1.1.1.2", "1.2.643.7.1.1.2.3"),
}
"""Signature algorithms that name their digest: the key's algorithm and the digest's."""


class Key(Protocol):
    """A private key that signs digests here: trials and tests only."""

    digest: str
    """OID of the digest that it signs."""
    algorithm: str
    """OID of its signatures, which names the digest too."""

    def public(self) -> keys.PublicKeyInfo:
        """Return the public half."""

    def sign(self, digest: bytes) -> bytes:
        """Return the signature of a digest."""

    def stored(self) -> bytes:
        """Return the key as `loaded` reads it."""


class GostKey:
    """ГОСТ Р 34.10-2012, 256 bits."""

    digest, algorithm = STREEBOG256, "1.2.643.7.1.1.3.2"

    def __init__(self, secret: gost.Secret) -> None:
        self._secret = secret

    @classmethod
    def new(cls) -> GostKey:
        """Return a random key."""
        return cls(gost.Secret.new())

    @classmethod
    def loaded(cls, stored: bytes) -> GostKey:
        """Return the key of `stored`."""
        return cls(gost.Secret(stored))

    def public(self) -> keys.PublicKeyInfo:
        """Return the public half."""
        return self._secret.public()

    def sign(self, digest: bytes) -> bytes:
        """Return the signature of a Streebog-256 digest."""
        return self._secret.sign(digest)

    def stored(self) -> bytes:
        """Return 32 bytes."""
        return self._secret.number


class PlainKey:
    """ECDSA P-256, or RSA, with SHA-256."""

    digest = SHA256

    def __init__(self, private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
        self._private = private
        is_rsa = isinstance(private, rsa.RSAPrivateKey)
        self.algorithm = "1.2.840.113549.1.1.11" if is_rsa else "1.2.840.10045.4.3.2"

    @classmethod
    def new(cls) -> PlainKey:
        """Return a random ECDSA key: one for RSA takes a tenth of a second."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def new_rsa(cls) -> PlainKey:
        """Return a random RSA key of 2048 bits."""
        return cls(rsa.generate_private_key(65537, 2048))

    @classmethod
    def loaded(cls, stored: bytes) -> PlainKey:
        """Return the key of `stored`; raises TypeError for one that is neither EC nor RSA."""
        private = serialization.load_der_private_key(stored, None)
        if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise TypeError("a key of another kind than new() makes")
        return cls(private)

    def public(self) -> keys.PublicKeyInfo:
        """Return the public half."""
        return keys.PublicKeyInfo.load(
            self._private.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )

    def sign(self, digest: bytes) -> bytes:
        """Return the signature of a SHA-256 digest."""
        how = utils.Prehashed(hashes.SHA256())
        if isinstance(self._private, rsa.RSAPrivateKey):
            return self._private.sign(digest, padding.PKCS1v15(), how)
        return self._private.sign(digest, ec.ECDSA(how))

    def stored(self) -> bytes:
        """Return PKCS 8."""
        return self._private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def digest_of(algorithm: str, data: bytes) -> bytes:
    """Return the digest of `data`. Raises ValueError for an algorithm that is not trusted here."""
    if algorithm in gost.DIGESTS:
        return streebog(data, gost.DIGESTS[algorithm])
    if algorithm not in _HASHES:
        raise ValueError(f"the digest {algorithm} is not accepted")
    return hashlib.new(_HASHES[algorithm].name, data).digest()


def split(algorithm: str) -> tuple[str, str]:
    """Return the key's and the digest's algorithms of a signature algorithm that names both.

    Raises ValueError for others: SHA-1 and the ГОСТ of 2001 among them.
    """
    if algorithm not in _WITH_DIGEST:
        raise ValueError(f"the signature {algorithm} is not accepted")
    return _WITH_DIGEST[algorithm]


def algorithm_of(public: keys.PublicKeyInfo) -> str:
    """Return the OID of the key's algorithm."""
    return str(gost.Info.load(public.dump())["algorithm"]["algorithm"].dotted)


def digest_for(public: keys.PublicKeyInfo) -> str:
    """Return the digest that goes with this key: ГОСТ's own length of Streebog, else SHA-256."""
    size = gost.KEYS.get(algorithm_of(public))
    same = (name for name, length in gost.DIGESTS.items() if length == size)
    return next(same, SHA256)


def signature_for(public: keys.PublicKeyInfo, digest: str) -> tuple[str, ...]:
    """Return the names under which a signature of this key over this digest may go."""
    kind = algorithm_of(public)
    return (kind, *[one for one, pair in _WITH_DIGEST.items() if pair == (kind, digest)])


def is_signed_by(
    public: keys.PublicKeyInfo, digest_algorithm: str, digest: bytes, signature: bytes
) -> bool:
    """Tell whether this key made the signature over the digest.

    Raises ValueError for keys and digests that do not go together or are not known here.
    """
    if algorithm_of(public) in gost.KEYS:
        if digest_for(public) != digest_algorithm:
            raise ValueError("the digest does not go with the key")
        return gost.is_signed_by(public, digest, signature)
    if digest_algorithm not in _HASHES:
        raise ValueError(f"the digest {digest_algorithm} is not accepted")
    how = utils.Prehashed(_HASHES[digest_algorithm])
    try:
        key = serialization.load_der_public_key(public.dump())
        if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
            key.verify(signature, digest, padding.PKCS1v15(), how)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, digest, ec.ECDSA(how))
        else:
            raise ValueError("this kind of key is not accepted")
    except InvalidSignature:
        return False
    except UnsupportedAlgorithm as error:
        raise ValueError("this kind of key is not accepted") from error
    return True
