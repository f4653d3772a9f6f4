"""An authority of time over real HTTP: its word is checked, and nothing of it can be changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import algos, pem, tsp, x509
from asn1crypto.cms import ContentInfo
from django.test import Client

from priyom.conclusions import actions, signer
from priyom.conclusions.models import Conclusion, RevocationList, Signature
from priyom.conclusions.signing import cms, container
from priyom.conclusions.signing.checking import verify, verify_detached
from priyom.conclusions.signing.keys import PlainKey, digest_of
from priyom.conclusions.tests.lists import Listing, made
from priyom.conclusions.tests.pki import House, Owner, house
from priyom.conclusions.tests.serving import serving
from priyom.conclusions.tests.talks import Talk
from priyom.files import actions as files
from priyom.kernel.refusal import Refusal


@dataclass
class Authority:
    """The authority of time: its key, its clock, and how it behaves."""

    talk: Talk
    house: House
    owner: Owner
    manner: str = ""

    def answer(self, _: str, body: bytes, headers: Any) -> tuple[int, bytes]:
        """Do what RFC 3161 says, or not."""
        assert headers["Content-Type"] == "application/timestamp-query"
        if self.manner == "down":
            return 503, b""
        if self.manner == "refuses":
            return 200, tsp.TimeStampResp({"status": {"status": "rejection"}}).dump()
        question = tsp.TimeStampReq.load(body)
        imprint = question["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].dotted
        hashed = imprint["hashed_message"].native
        late = timedelta(hours=1 if self.manner == "late" else 0)
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.2.643.2.2.38.4",
                "message_imprint": {
                    "hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}),
                    "hashed_message": hashed[::-1] if self.manner == "other" else hashed,
                },
                "serial_number": 7,
                "gen_time": self.talk.clock.instant + late,
                "nonce": 1 if self.manner == "nonce" else question["nonce"].native,
            }
        ).dump()
        key = self.owner.key
        made = cms.made(digest_of(key.digest, info), [self.owner.certificate], key, content=info)
        token = ContentInfo.load(made.framed())
        said = {"status": {"status": "granted"}, "time_stamp_token": token}
        return 200, tsp.TimeStampResp(said).dump()


def _owner(own: House, talk: Talk, *purposes: str) -> Owner:
    now = talk.clock.instant
    term = {"since": now - timedelta(days=30), "until": now + timedelta(days=400)}
    return own.person("", "Служба времени", purposes=purposes, **term)


@pytest.fixture
def authority(talk: Talk, settings: Any, tmp_path: Path) -> Iterator[Authority]:
    own = house(PlainKey)
    (tmp_path / "root.pem").write_bytes(pem.armor("CERTIFICATE", own.root.dump()))
    settings.SIGNING_ROOTS = str(tmp_path / "root.pem")
    made = Authority(talk, own, _owner(own, talk, "time_stamping"))
    with serving(made.answer) as address:
        settings.TIMESTAMP_URL = address
        yield made


@pytest.mark.parametrize("way", ["demo", "demo-gost"])
def test_each_signature_says_when_it_was_seen(
    authority: Authority, settings: Any, way: str
) -> None:
    settings.SIGNING = way
    row = authority.talk.signed()
    assert row.signed_pdf is not None
    assert row.formed_xml is not None
    roots = signer.roots()
    verdict = verify(files.read(row.signed_pdf), roots)
    assert (verdict.is_genuine, verdict.is_stamped) == (True, True)
    assert verdict.signed_at == authority.talk.clock.instant
    beside = Signature.objects.get(form="cades")
    assert beside.stamped_at == authority.talk.clock.instant
    detached = verify_detached(bytes(beside.cms), files.read(row.formed_xml), roots)
    assert (detached.is_genuine, detached.is_stamped) == (True, True)
    page = Client().get(f"/check/{row.check_code}/").content.decode()
    assert "Метка времени" in page
    assert verdict.stamped_by in page
    assert "Служба" in verdict.stamped_by
    # Without the root of time nobody knows when it was signed.
    assert not verify(files.read(row.signed_pdf), roots[1:]).is_genuine


def test_a_timestamp_before_the_revocation_keeps_the_document(
    authority: Authority, settings: Any, tmp_path: Path
) -> None:
    row, now = authority.talk.signed(), authority.talk.clock.instant
    own = signer.demo()._authority
    root, key = own._root()
    serial = int(x509.Certificate.load(bytes(row.certificate)).serial_number)
    settings.REVOCATION_LISTS = str(tmp_path / "uc.crl")
    for hours, said in ((1, "Документ подлинный"), (-1, "Подпись недействительна")):
        revoked = {serial: now + timedelta(hours=hours)}
        listing = Listing(now + timedelta(minutes=hours), now + timedelta(days=1), revoked)
        (tmp_path / "uc.crl").write_bytes(made(House(root, key, PlainKey), listing))
        RevocationList.objects.all().delete()
        assert actions.load_lists() == 1
        page = Client().get(f"/check/{row.check_code}/").content.decode()
        assert said in page
        assert ("уже после подписания" in page) is (hours > 0)


def test_no_byte_of_a_timestamp_can_be_changed(authority: Authority) -> None:
    row = authority.talk.signed()
    assert row.formed_xml is not None
    xml, roots = files.read(row.formed_xml), signer.roots()
    signed = bytes(Signature.objects.get(form="cades").cms)
    begins = signed.index(cms.read(signed).stamp)
    for place in range(begins, len(signed), 3):
        broken = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
        assert not verify_detached(broken, xml, roots).is_genuine, place


@pytest.mark.parametrize(
    ("manner", "wanted"),
    [
        ("down", "service.time"), ("refuses", "service.time"), ("late", "signature.clock"),
        ("other", "signature.hash"), ("nonce", "signature.hash"),
    ],
)  # fmt: skip
def test_without_a_good_timestamp_nothing_is_signed(
    authority: Authority, manner: str, wanted: str
) -> None:
    row = authority.talk.formed()
    authority.manner = manner
    with pytest.raises(Refusal) as refused:
        actions.sign(authority.talk.doctor, authority.talk.id, row.formed_pdf_id or "")
    assert refused.value.code == f"conclusion.{wanted}"
    assert Conclusion.objects.get().state == "formed"
    assert not Signature.objects.exists()


def test_only_an_authority_of_time_of_a_known_root_is_believed(authority: Authority) -> None:
    row, talk = authority.talk.formed(), authority.talk
    for owner, wanted in (
        (_owner(authority.house, talk), "usage"),
        (_owner(house(PlainKey), talk, "time_stamping"), "chain"),
    ):
        authority.owner = owner
        with pytest.raises(Refusal) as refused:
            actions.sign(talk.doctor, talk.id, row.formed_pdf_id or "")
        assert refused.value.code == f"conclusion.signature.{wanted}"


def test_a_timestamp_fits_into_its_place(authority: Authority) -> None:
    row = authority.talk.signed()
    assert row.signed_pdf is not None
    held = container.open_signed(files.read(row.signed_pdf)).cms
    assert len(held) < container.RESERVED // 2
