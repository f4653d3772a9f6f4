"""ГОСТ: the standards' own vectors, both makes of the digest, and keys that are none."""

from __future__ import annotations

import secrets

import pytest
from asn1crypto import core, keys
from gostcrypto import gostsignature

from priyom.conclusions.signing import curves, gost, streebog
from priyom.conclusions.signing.keys import GostKey, PlainKey, digest_of, is_signed_by

MESSAGE = b"012345678901234567890123456789012345678901234567890123456789012"
"""M1 of RFC 6986, 10.1."""
SHORT = "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500"
LONG = (
    "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
    "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
)


@pytest.mark.parametrize(("size", "wanted"), [(32, SHORT), (64, LONG)])
def test_digest_is_that_of_the_standard(size: int, wanted: str) -> None:
    assert streebog.streebog_in_python(MESSAGE, size).hex() == wanted
    assert streebog.streebog(MESSAGE, size).hex() == wanted


def test_digest_is_the_same_without_the_system_library(monkeypatch: pytest.MonkeyPatch) -> None:
    with_library = streebog.streebog(MESSAGE * 5, 32)
    monkeypatch.setattr(streebog, "_libgcrypt", lambda: None)
    assert streebog.streebog(MESSAGE * 5, 32) == with_library


def test_a_signature_fits_its_key_and_its_digest_alone() -> None:
    key, other = GostKey.new(), GostKey.new()
    digest = digest_of(key.digest, MESSAGE)
    signature = key.sign(digest)
    assert is_signed_by(key.public(), key.digest, digest, signature)
    assert not is_signed_by(other.public(), key.digest, digest, signature)
    assert not is_signed_by(key.public(), key.digest, digest[::-1], signature)
    assert not is_signed_by(key.public(), key.digest, digest, signature[::-1])
    assert not is_signed_by(key.public(), key.digest, digest, signature + b"\0")
    stored = GostKey.loaded(key.stored())
    assert stored.public().dump() == key.public().dump()


@pytest.mark.parametrize("signature", [bytes(64), b"\xff" * 64, bytes(63) + b"\1", b""])
def test_a_made_up_signature_fits_nothing(signature: bytes) -> None:
    key = GostKey.loaded(bytes(range(1, 33)))
    assert not is_signed_by(key.public(), key.digest, bytes(32), signature)


def _with_point(point: bytes) -> keys.PublicKeyInfo:
    info = gost.Info.load(GostKey.new().public().dump()).copy()
    info["public_key"] = core.OctetString(point).dump()
    return keys.PublicKeyInfo.load(info.dump(force=True))


@pytest.mark.parametrize("point", [bytes(64), bytes(32) + b"\1" * 32, b"\1" * 64, b"\1" * 63])
def test_a_key_beside_its_curve_is_refused(point: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        is_signed_by(_with_point(point), GostKey.digest, bytes(32), b"\1" * 64)


@pytest.mark.parametrize("oid", sorted({name: oid for oid, name in gost._CURVES.items()}.values()))
def test_another_make_signs_and_this_one_checks_on_each_curve(oid: str) -> None:
    known = gostsignature.CURVES_R_1323565_1_024_2019[gost._CURVES[oid]]
    size = 64 if known["p"].bit_length() == 512 else 32
    theirs = gostsignature.new(
        gostsignature.MODE_512 if size == 64 else gostsignature.MODE_256, known
    )
    number = (1 + secrets.randbelow(known["q"] - 1)).to_bytes(size, "big")
    point = bytes(theirs.public_key_generate(bytearray(number)))
    key = _on_curve(oid, point[:size][::-1] + point[size:][::-1], size)
    digest = secrets.token_bytes(size)
    made = bytes(theirs.sign(bytearray(number), bytearray(digest[::-1])))
    signature = made[size:] + made[:size]
    assert gost.is_signed_by(key, digest, signature)
    assert not gost.is_signed_by(key, digest[:-1] + bytes([digest[-1] ^ 1]), signature)
    assert not gost.is_signed_by(key, digest, made)
    if size == 32:  # the same coordinates as a key of 512 bits
        wide = b"".join(part[::-1] + bytes(32) for part in (point[:32], point[32:]))
        with pytest.raises(ValueError, match="point"):
            gost.is_signed_by(_on_curve(oid, wide, 64), bytes(64), bytes(128))


def test_what_this_one_signs_another_make_accepts() -> None:
    secret = gost.Secret.new()
    digest = secrets.token_bytes(32)
    made = secret.sign(digest)
    theirs = gostsignature.new(
        gostsignature.MODE_256,
        gostsignature.CURVES_R_1323565_1_024_2019[gost._CURVES[gost._OWN_CURVE]],
    )
    point = theirs.public_key_generate(bytearray(secret.number))
    assert theirs.verify(point, bytearray(digest[::-1]), bytearray(made[32:] + made[:32]))


def test_sums_of_points_know_infinity() -> None:
    curve = curves.named(gost._CURVES[gost._OWN_CURVE])
    base = curve.base
    assert curve.times(curve.q, base) is None
    assert curve.sum_of(5, base, curve.q - 5, base) is None
    assert curve.sum_of(5, base, 6, base) == curve.times(11, base)
    assert curve.sum_of(1, base, 1, curve.times(curve.q - 1, base)) is None
    assert curve.times(curve.q + 1, base) == base


def _on_curve(oid: str, point: bytes, size: int) -> keys.PublicKeyInfo:
    parameters = gost._Parameters({"curve": oid, "digest": gost._OWN_DIGEST})
    kind = next(name for name, length in gost.KEYS.items() if length == size)
    info = {
        "algorithm": {"algorithm": kind, "parameters": parameters},
        "public_key": core.OctetString(point).dump(),
    }
    return keys.PublicKeyInfo.load(gost.Info(info).dump())


def test_an_unknown_curve_is_refused() -> None:
    info = (
        GostKey.new()
        .public()
        .dump()
        .replace(
            core.ObjectIdentifier("1.2.643.2.2.35.1").dump(),
            core.ObjectIdentifier("1.2.643.2.2.35.9").dump(),
        )
    )
    with pytest.raises(ValueError, match="known"):
        is_signed_by(keys.PublicKeyInfo.load(info), GostKey.digest, bytes(32), b"\1" * 64)


def test_the_digest_must_go_with_the_key() -> None:
    for key, digest in ((GostKey.new(), PlainKey.digest), (PlainKey.new(), GostKey.digest)):
        with pytest.raises(ValueError, match="digest"):
            is_signed_by(key.public(), digest, bytes(32), b"\1" * 64)
