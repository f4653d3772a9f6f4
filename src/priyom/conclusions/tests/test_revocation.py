"""Revoked certificates: lists are believed when signed, asked on receipt, shown by the check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import core, crl, pem, x509
from django.test import Client

from priyom.conclusions import actions, archive, signer
from priyom.conclusions.models import Conclusion, RevocationList, Revoked
from priyom.conclusions.queries.revocation import standing_of
from priyom.conclusions.signing.checking import verify
from priyom.conclusions.signing.keys import GostKey, PlainKey
from priyom.conclusions.signing.revocation import (
    Link,
    ListFault,
    Standing,
    Unlisted,
    authority_of,
    read_list,
    sources,
)
from priyom.conclusions.tests.lists import Listing, made
from priyom.conclusions.tests.pki import AT, House, house
from priyom.conclusions.tests.serving import serving
from priyom.conclusions.tests.talks import Talk
from priyom.files import actions as files
from priyom.kernel.refusal import Refusal
from priyom.testing.doors import visit

DAY = timedelta(days=1)


@pytest.mark.parametrize("kind", [GostKey, PlainKey])
@pytest.mark.parametrize("is_pem", [False, True])
def test_a_list_is_read_and_its_signature_checked(kind: Any, is_pem: bool) -> None:
    own = house(kind)
    der = made(own, Listing(AT, AT + DAY, {0xAB12: AT - DAY, 7: AT}))
    body = pem.armor("X509 CRL", der) if is_pem else der
    found = read_list(body, [house(kind).root, own.root])
    assert found.revoked == {"ab12": AT - DAY, "7": AT}
    assert (found.authority, found.issued_at, found.until) == (
        authority_of(own.root), AT, AT + DAY,
    )  # fmt: skip
    assert read_list(made(own, Listing(AT)), [own.root]).revoked == {}


def test_no_byte_of_a_list_can_be_changed() -> None:
    own = house(PlainKey)
    der = made(own, Listing(AT, AT + DAY, {0xAB12: AT - DAY}))
    for place in range(0, len(der), 3):
        other = bytearray(der)
        other[place] ^= 1
        with pytest.raises(Unlisted):
            read_list(bytes(other), [own.root])


def _narrow(**parts: Any) -> tuple[str, core.Asn1Value]:
    return "issuing_distribution_point", crl.IssuingDistributionPoint(parts)


@pytest.mark.parametrize(
    ("extension", "fault"),
    [
        (("delta_crl_indicator", core.Integer(1)), ListFault.PARTIAL),
        (_narrow(only_contains_ca_certs=True), ListFault.PARTIAL),
        (_narrow(indirect_crl=True), ListFault.PARTIAL),
        (_narrow(only_contains_user_certs=True), None),
    ],
)
def test_a_list_of_some_certificates_is_not_taken_for_all(extension: Any, fault: Any) -> None:
    own = house(PlainKey)
    body = made(own, Listing(AT, AT + DAY, {7: AT}, extension=extension))
    if fault is None:
        assert read_list(body, [own.root]).revoked == {"7": AT}
        return
    with pytest.raises(Unlisted) as refused:
        read_list(body, [own.root])
    assert refused.value.fault == fault


def test_a_suspended_certificate_counts_and_a_released_one_does_not() -> None:
    own = house(PlainKey)
    for reason, count in (("certificate_hold", 1), ("remove_from_crl", 0), ("key_compromise", 1)):
        body = made(own, Listing(AT, AT + DAY, {7: AT}, reason))
        assert len(read_list(body, [own.root]).revoked) == count


@pytest.mark.parametrize("body", [b"", b"\x30\x00", b"<html>", b"-----BEGIN X509 CRL-----\n"])
def test_what_is_no_list(body: bytes) -> None:
    with pytest.raises(Unlisted):
        read_list(body, [house(PlainKey).root])


def test_a_folder_gives_each_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "b.crl").write_bytes(b"")
    (tmp_path / "a.crl").write_bytes(b"")
    text = f"http://uc.example/1.crl {tmp_path} http://uc.example/1.crl"
    assert sources(text) == (
        "http://uc.example/1.crl", str(tmp_path / "a.crl"), str(tmp_path / "b.crl"),
    )  # fmt: skip


def test_without_a_trusted_time_any_revocation_counts() -> None:
    standing = Standing(True, AT, AT)
    assert [standing.is_revoked(at) for at in (None, AT - DAY, AT, AT + DAY)] == [
        True, False, True, True,
    ]  # fmt: skip
    assert not Standing(True, None, AT).is_revoked(None)


@dataclass
class Office:
    """The demo's authority as one that publishes lists, from a file."""

    talk: Talk
    place: Path
    house: House

    @property
    def now(self) -> datetime:
        return self.talk.clock.instant.replace(microsecond=0)

    def publish(self, revoked: dict[int, datetime] | None = None, **more: Any) -> None:
        """Write a list that is good for a day, and have it fetched."""
        wanted = Listing(self.now, self.now + DAY, revoked or {})
        for name, value in more.items():
            setattr(wanted, name, value)
        self.place.write_bytes(made(self.house, wanted))
        RevocationList.objects.update(tried_at=self.now - DAY)
        actions.load_lists()


@pytest.fixture
def office(talk: Talk, settings: Any, tmp_path: Path) -> Office:
    authority = signer.demo()._authority
    root, key = authority._root()
    place = tmp_path / "demo.crl"
    settings.REVOCATION_LISTS = str(place)
    return Office(talk, place, House(root, key, PlainKey))


def serial_of(row: Conclusion) -> int:
    return int(x509.Certificate.load(bytes(row.certificate)).serial_number)


def links_of(row: Conclusion) -> tuple[Link, ...]:
    assert row.signed_pdf is not None
    return verify(files.read(row.signed_pdf), signer.roots()).links


def page_of(row: Conclusion) -> str:
    return Client().get(f"/check/{row.check_code}/").content.decode()


def test_a_revoked_certificate_forms_and_signs_nothing(office: Office) -> None:
    row = office.talk.formed()
    office.publish({serial_of(row): office.now})
    with pytest.raises(Refusal) as refused:
        actions.sign(office.talk.doctor, office.talk.id, row.formed_pdf_id or "")
    assert refused.value.code == "conclusion.signature.revoked"
    answer = visit(office.talk.cast.boris).post(
        f"/desk/consultations/{office.talk.id}/conclusion/sign/", {"pdf": row.formed_pdf_id}
    )
    assert "Этот сертификат отозван" in answer.content.decode()
    assert Conclusion.objects.get().state == "formed"
    actions.revise(office.talk.doctor, office.talk.id)
    with pytest.raises(Refusal) as refused:
        office.talk.formed(complaints="иное")
    assert refused.value.code == "conclusion.signature.revoked"
    office.publish()
    office.talk.clock.forward(minutes=1)
    assert office.talk.signed(complaints="иное").state == "signed"


def test_an_organisations_revoked_certificate_signs_nothing(office: Office, settings: Any) -> None:
    row = office.talk.signed()
    settings.SIGNING_ORGANISATION = "demo"
    place = office.talk.cast.clinic
    own, _ = signer.demo()._authority.pair(str(place.pk), _signatory(place), office.now)
    office.publish({own.serial_number: office.now})
    assert actions.countersign() == 0
    assert row.obstacle.code == "revoked"
    office.publish()
    assert actions.countersign() == 1


def _signatory(place: Any) -> signer.Signatory:
    return signer.Signatory(place.pk, place.name, place.short_name, "", place.ogrn)


@pytest.mark.parametrize("is_strict", [False, True])
@pytest.mark.parametrize("state", ["absent", "stale", "fresh"])
def test_an_absent_or_old_list_follows_the_setting(
    office: Office, settings: Any, is_strict: bool, state: str
) -> None:
    settings.REVOCATION_STRICT = is_strict
    if state != "absent":
        office.publish(at=office.now - 3 * DAY)
    if state == "stale":
        RevocationList.objects.update(until=office.now - DAY)
    if is_strict and state != "fresh":
        with pytest.raises(Refusal) as refused:
            office.talk.formed()
        assert refused.value.code == "conclusion.signature.unlisted"
        return
    row = office.talk.signed()
    said = {
        "absent": "списка удостоверяющего центра нет", "stale": "но список устарел",
        "fresh": "не отозван, по списку от",
    }[state]  # fmt: skip
    assert said in page_of(row)
    assert "Документ подлинный" in page_of(row)


def test_the_check_page_says_since_when(office: Office) -> None:
    row = office.talk.signed()
    assert row.signed_at is not None
    office.publish({serial_of(row): row.signed_at.replace(microsecond=0) + DAY})
    page = page_of(row)
    assert "Сертификат подписи отозван" in page
    assert "В подписи нет метки времени" in page
    office.publish({serial_of(row): row.signed_at.replace(microsecond=0) - DAY})
    assert "Подпись недействительна" in page_of(row)
    office.publish()
    assert "Документ подлинный" in page_of(row)


def test_the_archive_tells_what_was_signed_after_a_revocation(
    office: Office, settings: Any
) -> None:
    row = office.talk.signed()
    said: list[str] = []
    office.publish({serial_of(row): office.now + DAY})
    assert archive.verify(said.append).faults == ()
    office.publish({serial_of(row): office.now - DAY})
    faults = archive.verify(said.append).faults
    assert [fault.endswith(f"revoked on {office.now - DAY:%Y-%m-%d}") for fault in faults] == [
        True, True,
    ]  # fmt: skip
    assert any(f"revoked certificates by {office.place}: good until" in line for line in said)
    office.publish()
    settings.REVOCATION_STRICT = True
    assert archive.verify(said.append).faults == ()
    RevocationList.objects.update(until=office.now - DAY)
    (fault,) = archive.verify(said.append).faults
    assert fault.endswith("is absent or too old")


def test_a_list_that_does_not_come_leaves_the_old_one(office: Office) -> None:
    row = office.talk.signed()
    office.publish({serial_of(row): office.now})
    for spoil, fault in (
        (b"<html>", "unreadable"),
        (made(house(PlainKey), Listing(office.now)), "foreign"),
        (made(office.house, Listing(office.now - DAY)), "older"),
    ):
        office.place.write_bytes(spoil)
        RevocationList.objects.update(tried_at=office.now - DAY)
        assert actions.load_lists() == 0
        assert RevocationList.objects.get().fault == fault
        assert standing_of(links_of(row)).revoked_at == office.now
    office.place.unlink()
    actions.load_lists()
    assert RevocationList.objects.get().fault == "silent"


def test_only_changes_are_written_and_a_source_taken_out_is_gone(
    office: Office, settings: Any
) -> None:
    office.publish({1: office.now, 2: office.now})
    keys = dict(Revoked.objects.values_list("serial", "pk"))
    office.publish({2: office.now, 3: office.now})
    after = dict(Revoked.objects.values_list("serial", "pk"))
    assert set(after) == {"2", "3"}
    assert after["2"] == keys["2"]
    settings.REVOCATION_LISTS = ""
    actions.load_lists()
    assert not RevocationList.objects.exists()
    assert not Revoked.objects.exists()


@pytest.fixture
def asked(office: Office, settings: Any) -> Iterator[list[str]]:
    """The list behind an address; what was asked of it."""
    told: list[str] = []

    def answer(path: str, _body: bytes, _headers: Any) -> tuple[int, bytes]:
        told.append(path)
        if path == "/moved.crl":
            return 302, b""
        return 200, made(office.house, Listing(office.now, office.now + DAY, {5: office.now}))

    with serving(answer) as address:
        settings.REVOCATION_LISTS = f"{address}/uc.crl {address}/moved.crl"
        yield told


def test_an_address_is_asked_once_an_hour(office: Office, asked: list[str]) -> None:
    assert actions.load_lists() == 1
    assert actions.load_lists() == 0
    assert asked.count("/uc.crl") == 1
    assert asked.count("/moved.crl") == 2, "what did not come is tried at each run"
    office.talk.clock.forward(hours=1)
    assert actions.load_lists() == 1
    assert asked.count("/uc.crl") == 2
    assert list(Revoked.objects.values_list("serial", flat=True)) == ["5"]
