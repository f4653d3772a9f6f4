"""A signature by itself: nothing of it can be changed; who made it is known."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from priyom.conclusions.signing import cms
from priyom.conclusions.signing.certificates import owner_of, parsed, snils_of
from priyom.conclusions.signing.checking import Expected, receive, verify_detached
from priyom.conclusions.signing.faults import Fault, Unfit
from priyom.conclusions.signing.keys import GostKey, PlainKey, digest_of
from priyom.conclusions.tests.pki import AT, BORIS_SNILS, House, Owner, house

DOCUMENT = b"<ClinicalDocument/>"
KINDS = {"gost": GostKey, "plain": PlainKey}


@pytest.fixture(scope="module", params=KINDS)
def made(request: pytest.FixtureRequest) -> tuple[House, Owner]:
    own = house(KINDS[request.param])
    return own, own.person()


def _digest(owner: Owner, document: bytes = DOCUMENT) -> bytes:
    return digest_of(owner.key.digest, document)


def _expected(owner: Owner, **changes: Any) -> Expected:
    told = Expected(_digest(owner), owner.certificate.dump(), BORIS_SNILS, AT, AT)
    return replace(told, **changes)


def _refused(signed: bytes, expected: Expected, own: House) -> Fault:
    with pytest.raises(Unfit) as unfit:
        receive(signed, expected, [own.root])
    return unfit.value.fault


def test_it_says_who_and_when(made: tuple[House, Owner]) -> None:
    own, boris = made
    verdict = verify_detached(boris.sign(_digest(boris), AT), DOCUMENT, [own.root])
    assert verdict.is_genuine
    assert (verdict.signer, verdict.signed_at) == (owner_of(boris.certificate), AT)
    assert snils_of(boris.certificate) == BORIS_SNILS


def test_another_document_another_root_and_no_time_are_not_genuine(
    made: tuple[House, Owner],
) -> None:
    own, boris = made
    signed = boris.sign(_digest(boris), AT)
    assert verify_detached(signed, DOCUMENT + b" ", [own.root]).fault is Fault.HASH
    assert verify_detached(signed, DOCUMENT, [house(own.kind).root]).fault is Fault.CHAIN
    assert verify_detached(signed, DOCUMENT, []).fault is Fault.CHAIN
    assert verify_detached(boris.sign(_digest(boris)), DOCUMENT, [own.root]).fault is Fault.CLOCK


def test_every_byte_counts(made: tuple[House, Owner]) -> None:
    own, boris = made
    signed = boris.sign(_digest(boris), AT)
    for place in range(len(signed)):
        broken = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
        assert not verify_detached(broken, DOCUMENT, [own.root]).is_genuine, place
    for other in (signed + b"\0", signed[:-1], b"", b"\x30\x80" + signed[4:] + b"\0\0"):
        assert not verify_detached(other, DOCUMENT, [own.root]).is_genuine


def test_the_case_of_every_letter_counts() -> None:
    own = house(PlainKey)
    boris = own.person()
    signed = boris.sign(_digest(boris), AT)
    for place in range(len(signed)):
        broken = signed[:place] + bytes([signed[place] ^ 0x20]) + signed[place + 1 :]
        assert not verify_detached(broken, DOCUMENT, [own.root]).is_genuine, place


def test_what_is_received_is_checked(made: tuple[House, Owner]) -> None:
    own, boris = made
    signed = boris.sign(_digest(boris), AT)
    taken = receive(signed, _expected(boris), [own.root])
    assert (taken.cms, taken.certificate.dump()) == (signed, boris.certificate.dump())
    stranger = own.person(snils="00000000000")
    late = AT + timedelta(minutes=11)
    wrong: list[tuple[dict[str, Any], Fault]] = [
        ({"digest": _digest(boris, b"other")}, Fault.HASH),
        ({"certificate": stranger.certificate.dump()}, Fault.OTHER_CERTIFICATE),
        ({"snils": "00000000000"}, Fault.SNILS),
        ({"now": AT + timedelta(days=401)}, Fault.EXPIRED),
        ({"now": AT - timedelta(days=31)}, Fault.NOT_YET),
        ({"since": late, "now": late}, Fault.CLOCK),
        ({"now": AT - timedelta(minutes=11), "since": AT - timedelta(days=1)}, Fault.CLOCK),
    ]
    for changes, fault in wrong:
        assert _refused(signed, _expected(boris, **changes), own) is fault
    assert _refused(signed, _expected(boris), house(own.kind)) is Fault.CHAIN
    assert _refused(b"junk", _expected(boris), own) is Fault.UNREADABLE


def test_a_certificate_must_be_for_signatures_and_name_its_owner() -> None:
    own = house()
    wrong: list[tuple[dict[str, Any], Fault]] = [
        ({"usage": frozenset({"key_agreement"})}, Fault.USAGE),
        ({"is_authority": True}, Fault.USAGE),
        ({"subject": (("2.5.4.3", "Касса"),)}, Fault.NO_SNILS),
    ]
    for told, fault in wrong:
        owner = own.person(**told)
        assert _refused(owner.sign(_digest(owner), AT), _expected(owner), own) is fault


def test_a_chain_is_followed_as_long_as_each_may_issue() -> None:
    own = house(depth=1)
    below = own.below()
    boris = below.person()
    signed = boris.sign(_digest(boris), AT)
    assert verify_detached(signed, DOCUMENT, [own.root]).is_genuine
    without = replace(boris, path=()).sign(_digest(boris), AT)
    assert verify_detached(without, DOCUMENT, [own.root]).fault is Fault.CHAIN
    shallow = house(depth=0)
    deep = shallow.below().person()
    assert (
        verify_detached(deep.sign(_digest(deep), AT), DOCUMENT, [shallow.root]).fault is Fault.CHAIN
    )
    # A doctor's own certificate issues nothing.
    forged = House(own.root, boris.key, PlainKey, (boris.certificate, *boris.path)).person()
    signed = forged.sign(_digest(forged), AT)
    assert verify_detached(signed, DOCUMENT, [own.root]).fault is Fault.CHAIN


def test_what_nobody_signed_is_tidied_when_it_is_received() -> None:
    own = house(depth=1)
    boris = own.below().person()
    bystander = house().root
    signed = cms.made(
        _digest(boris), (boris.certificate, *boris.path, own.root, bystander), boris.key, AT
    ).framed()
    assert not verify_detached(signed, DOCUMENT, [own.root]).is_genuine
    taken = receive(signed, _expected(boris), [own.root])
    assert len(cms.read(taken.cms).certificates) == 2
    assert verify_detached(taken.cms, DOCUMENT, [own.root]).is_genuine


def test_rsa_is_taken_too() -> None:
    own = house()
    key = PlainKey.new_rsa()
    owner = replace(own.person(key=key), key=key)
    signed = owner.sign(_digest(owner), AT)
    assert verify_detached(signed, DOCUMENT, [own.root]).is_genuine
    assert receive(signed, _expected(owner), [own.root]).cms == signed


@pytest.fixture(scope="module")
def engine() -> str:
    """The ГОСТ engine of OpenSSL, from Debian's libengine-gost-openssl."""
    openssl = shutil.which("openssl")
    asked = [openssl or "false", "engine", "-t", "gost"]
    if openssl is None or b"[ available ]" not in subprocess.run(asked, capture_output=True).stdout:
        pytest.skip("the gost engine of OpenSSL is not on this machine (libengine-gost-openssl)")
    return openssl


def test_openssl_believes_our_gost(engine: str, tmp_path: Path) -> None:
    own = house(GostKey)
    boris = own.person()
    (tmp_path / "a.sig").write_bytes(boris.sign(_digest(boris), AT))
    (tmp_path / "root.der").write_bytes(own.root.dump())
    said = _verified(engine, tmp_path, DOCUMENT)
    assert b"successful" in said
    assert b"successful" not in _verified(engine, tmp_path, DOCUMENT + b"!")


def _verified(engine: str, folder: Path, document: bytes) -> bytes:
    (folder / "a.xml").write_bytes(document)
    run = [engine, "x509", "-engine", "gost", "-inform", "DER", "-in", "root.der"]
    root = subprocess.run(run, cwd=folder, capture_output=True, check=True).stdout
    (folder / "root.pem").write_bytes(root)
    asked = [
        engine, "cms", "-engine", "gost", "-verify", "-binary", "-inform", "DER", "-in", "a.sig",
        "-content", "a.xml", "-CAfile", "root.pem", "-attime", str(int(AT.timestamp())),
        "-out", "/dev/null",
    ]  # fmt: skip
    return subprocess.run(asked, cwd=folder, capture_output=True).stderr


def test_we_believe_openssls_gost(engine: str, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(DOCUMENT)
    subject = f"/SN=Klimov/GN=Boris/1.2.643.100.3={BORIS_SNILS}"
    (tmp_path / "own.cnf").write_text(
        "[req]\ndistinguished_name=dn\nx509_extensions=v3\n[dn]\n"
        "[v3]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n"
        "[leaf]\nbasicConstraints=CA:FALSE\nkeyUsage=digitalSignature\n"
    )
    key = "-engine gost -algorithm gost2012_256 -pkeyopt paramset:A"
    for line in (
        f"genpkey {key} -out ca.key",
        f"genpkey {key} -out own.key",
        "req -engine gost -new -x509 -md_gost12_256 -key ca.key -subj /CN=CA -days 2"
        " -config own.cnf -out ca.pem",
        f"req -engine gost -new -md_gost12_256 -key own.key -subj {subject}"
        " -config own.cnf -out own.csr",
        "x509 -engine gost -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
        " -extfile own.cnf -extensions leaf -out own.pem",
        "cms -engine gost -sign -binary -cades -md md_gost12_256 -outform DER -signer own.pem"
        " -inkey own.key -in a.xml -out a.sig",
        "x509 -engine gost -in ca.pem -outform DER -out ca.der",
    ):
        subprocess.run([engine, *line.split()], cwd=tmp_path, capture_output=True, check=True)
    from_openssl = (tmp_path / "a.sig").read_bytes()
    root = parsed((tmp_path / "ca.der").read_bytes())
    signed = cms.taken(from_openssl)
    at = signed.signed_at
    assert at is not None
    expected = Expected(digest_of(GostKey.digest, DOCUMENT), b"", BORIS_SNILS, at, at)
    taken = receive(from_openssl, expected, [root])
    assert verify_detached(taken.cms, DOCUMENT, [root]).is_genuine
