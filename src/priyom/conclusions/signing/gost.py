"""ГОСТ Р 34.10-2012: keys as certificates hold them (RFC 9215), signatures as a CMS holds them.

The arithmetic (curves) is not constant-time and no certified СКЗИ: it checks, and it signs for
trials; a real doctor's key never comes here.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache

from asn1crypto import algos, core, keys

from priyom.conclusions.signing import curves

DIGESTS = {"1.2.643.7.1.1.2.2": 32, "1.2.643.7.1.1.2.3": 64}
"""Digest algorithms, by OID: bytes."""
KEYS = {"1.2.643.7.1.1.1.1": 32, "1.2.643.7.1.1.1.2": 64}
"""Key algorithms, by OID: bytes of a coordinate and of the digest that is signed."""
SIGNATURES = {"1.2.643.7.1.1.3.2": 32, "1.2.643.7.1.1.3.3": 64}
"""Signature-with-digest algorithms, by OID."""
_CURVES = {
    # CryptoPro's parameter sets (RFC 4357) are the curves of ТК 26 under their older names.
    "1.2.643.2.2.35.1": "id-tc26-gost-3410-2012-256-paramSetB",
    "1.2.643.2.2.35.2": "id-tc26-gost-3410-2012-256-paramSetC",
    "1.2.643.2.2.35.3": "id-tc26-gost-3410-2012-256-paramSetD",
    "1.2.643.2.2.36.0": "id-tc26-gost-3410-2012-256-paramSetB",
    "1.2.643.2.2.36.1": "id-tc26-gost-3410-2012-256-paramSetD",
    "1.2.643.7.1.2.1.1.1": "id-tc26-gost-3410-2012-256-paramSetA",
    "1.2.643.7.1.2.1.1.2": "id-tc26-gost-3410-2012-256-paramSetB",
    "1.2.643.7.1.2.1.1.3": "id-tc26-gost-3410-2012-256-paramSetC",
    "1.2.643.7.1.2.1.1.4": "id-tc26-gost-3410-2012-256-paramSetD",
    "1.2.643.7.1.2.1.2.1": "id-tc26-gost-3410-12-512-paramSetA",
    "1.2.643.7.1.2.1.2.2": "id-tc26-gost-3410-12-512-paramSetB",
    "1.2.643.7.1.2.1.2.3": "id-tc26-gost-3410-2012-512-paramSetC",
}
_OWN_CURVE, _OWN_DIGEST, _OWN_KEY = "1.2.643.2.2.35.1", "1.2.643.7.1.1.2.2", "1.2.643.7.1.1.1.1"


class Info(core.Sequence):  # type: ignore[misc] # asn1crypto has no types
    """SubjectPublicKeyInfo whose key is opaque: asn1crypto's own knows no ГОСТ."""

    _fields = [("algorithm", algos.AlgorithmIdentifier), ("public_key", core.OctetBitString)]


class _Parameters(core.Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields = [
        ("curve", core.ObjectIdentifier),
        ("digest", core.ObjectIdentifier, {"optional": True}),
        ("cipher", core.ObjectIdentifier, {"optional": True}),
    ]


def is_signed_by(public: keys.PublicKeyInfo, digest: bytes, signature: bytes) -> bool:
    """Tell whether `signature` (as in a CMS) over the digest was made with this ГОСТ key.

    Raises ValueError for a key that is none: unknown curve, point beside it, wrong lengths.
    """
    info = Info.load(public.dump())
    size = KEYS[info["algorithm"]["algorithm"].dotted]
    parameters = info["algorithm"]["parameters"].parse(_Parameters)
    name = _CURVES.get(parameters["curve"].dotted, "")
    point = core.OctetString.load(info["public_key"].native, strict=True).native
    if not name or len(point) != 2 * size:
        raise ValueError("not a ГОСТ Р 34.10-2012 key that is known here")
    curve = _curve(name)
    key = int.from_bytes(point[:size], "little"), int.from_bytes(point[size:], "little")
    if curve.size != size or not curve.has(*key):
        raise ValueError("the key is no point of its curve")
    if len(digest) != size or len(signature) != 2 * size:
        return False
    # A CMS holds s and r, both big-endian.
    s, r = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
    if not (0 < r < curve.q and 0 < s < curve.q):
        return False
    inverse = pow(_number(digest, curve), -1, curve.q)
    first, second = s * inverse % curve.q, -r * inverse % curve.q
    found = curve.sum_of(first, curve.base, second, key)
    return found is not None and found[0] % curve.q == r


def _number(digest: bytes, curve: curves.Curve) -> int:
    """Return what of a digest is signed: a little-endian number, never zero."""
    return int.from_bytes(digest, "little") % curve.q or 1


@lru_cache(maxsize=16)
def _curve(name: str) -> curves.Curve:
    return curves.named(name)


@dataclass(frozen=True)
class Secret:
    """A ГОСТ Р 34.10-2012 key of 256 bits for trials: 32 bytes, big-endian."""

    number: bytes

    @classmethod
    def new(cls) -> Secret:
        """Return a random key."""
        order = _curve(_CURVES[_OWN_CURVE]).q
        return cls((1 + secrets.randbelow(order - 1)).to_bytes(32, "big"))

    def public(self) -> keys.PublicKeyInfo:
        """Return its public half as a certificate holds it."""
        curve = _curve(_CURVES[_OWN_CURVE])
        made = _multiple(curve, int.from_bytes(self.number, "big"))
        point = b"".join(part.to_bytes(32, "little") for part in made)
        parameters = _Parameters({"curve": _OWN_CURVE, "digest": _OWN_DIGEST})
        info = Info(
            {
                "algorithm": {"algorithm": _OWN_KEY, "parameters": parameters},
                "public_key": core.OctetString(point).dump(),
            }
        )
        return keys.PublicKeyInfo.load(info.dump())

    def sign(self, digest: bytes) -> bytes:
        """Return the signature of a digest as a CMS holds it."""
        curve = _curve(_CURVES[_OWN_CURVE])
        e, r, s = _number(digest, curve), 0, 0
        while not r or not s:
            k = 1 + secrets.randbelow(curve.q - 1)
            r = _multiple(curve, k)[0] % curve.q
            s = (r * int.from_bytes(self.number, "big") + k * e) % curve.q
        return s.to_bytes(32, "big") + r.to_bytes(32, "big")


def _multiple(curve: curves.Curve, number: int) -> tuple[int, int]:
    """Return a multiple of the base point; its order divides no number below it."""
    found = curve.times(number, curve.base)
    if found is None:
        raise ValueError("the number is no key of its curve")
    return found
