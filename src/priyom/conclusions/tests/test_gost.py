"""ГОСТ: the standards' own vectors, both makes of the digest, and keys that are none."""

from __future__ import annotations

import pytest
from asn1crypto import core, keys

from priyom.conclusions.signing import gost, streebog
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
