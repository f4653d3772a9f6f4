"""ГОСТ Р 34.10-2012: keys as certificates hold them (RFC 9215), signatures as a CMS holds them.

gostcrypto does the arithmetic. It is not constant-time and is no certified СКЗИ: it checks, and it
signs for trials; a real doctor's key never comes here.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from asn1crypto import algos, core, keys
from gostcrypto import gostsignature

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
    curve = _CURVES.get(parameters["curve"].dotted, "")
    point = core.OctetString.load(info["public_key"].native, strict=True).native
    if not curve or len(point) != 2 * size:
        raise ValueError("not a ГОСТ Р 34.10-2012 key that is known here")
    x, y = point[:size][::-1], point[size:][::-1]
    _on_curve(curve, int.from_bytes(x, "big"), int.from_bytes(y, "big"))
    if len(digest) != size or len(signature) != 2 * size:
        return False
    # A CMS holds s and r, both big-endian; the digest is a little-endian number.
    swapped = bytearray(signature[size:] + signature[:size])
    arithmetic = _arithmetic(curve, size)
    return bool(arithmetic.verify(bytearray(x + y), bytearray(digest[::-1]), swapped))


def _on_curve(curve: str, x: int, y: int) -> None:
    """Refuse a point beside the curve: gostcrypto takes any, and a zero for its own base point."""
    known = gostsignature.CURVES_R_1323565_1_024_2019[curve]
    p, a, b = known["p"], known["a"], known["b"]
    if not (0 < x < p and 0 < y < p) or (y * y - x * x * x - a * x - b) % p:
        raise ValueError("the key is no point of its curve")


@lru_cache(maxsize=16)
def _arithmetic(curve: str, size: int) -> Any:
    known = gostsignature.CURVES_R_1323565_1_024_2019[curve]
    mode = gostsignature.MODE_256 if size == 32 else gostsignature.MODE_512
    return gostsignature.new(mode, known)


@dataclass(frozen=True)
class Secret:
    """A ГОСТ Р 34.10-2012 key of 256 bits for trials: 32 bytes, big-endian."""

    number: bytes

    @classmethod
    def new(cls) -> Secret:
        """Return a random key."""
        order = gostsignature.CURVES_R_1323565_1_024_2019[_CURVES[_OWN_CURVE]]["q"]
        return cls((1 + secrets.randbelow(order - 1)).to_bytes(32, "big"))

    def public(self) -> keys.PublicKeyInfo:
        """Return its public half as a certificate holds it."""
        made = bytes(_arithmetic(_CURVES[_OWN_CURVE], 32).public_key_generate(self.number))
        point = made[:32][::-1] + made[32:][::-1]
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
        arithmetic = _arithmetic(_CURVES[_OWN_CURVE], 32)
        made = bytes(arithmetic.sign(bytearray(self.number), bytearray(digest[::-1])))
        return made[32:] + made[:32]
