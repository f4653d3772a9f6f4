"""A signing service over real HTTP: what it signs is judged, what it does not do is said."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem

from priyom.conclusions import actions
from priyom.conclusions.models import Conclusion, Signature
from priyom.conclusions.printing import signatory_of
from priyom.conclusions.signing.keys import GostKey
from priyom.conclusions.signing.service import Service
from priyom.conclusions.tests.pki import House, Owner, house
from priyom.conclusions.tests.serving import serving
from priyom.conclusions.tests.talks import Talk
from priyom.kernel.refusal import Refusal
from priyom.testing.doors import visit

SECRET = "общий секрет"


@dataclass
class Desk:
    """The service: whose key it holds, how it behaves, and what it was asked."""

    talk: Talk
    house: House
    owner: Owner
    url: str = ""
    manner: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def answer(self, path: str, body: bytes, headers: Any) -> tuple[int, bytes]:
        """Do what a service does: check who asks, then sign the digest."""
        moment, _, sum_ = headers["Priyom-Seal"].partition(".")
        wanted = hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256)
        if not hmac.compare_digest(wanted.hexdigest(), sum_):
            return 401, b"{}"
        question = json.loads(body)
        self.asked.append(question)
        if self.manner.isdecimal():
            return int(self.manner), b"{}"
        if self.manner == "slow":
            return 0, b"{"
        if self.manner == "junk":
            return 200, b"<html>"
        if self.manner == "long":
            return 200, b" " * 300_000
        if path.endswith("/certificate"):
            held = base64.b64encode(self.owner.certificate.dump()).decode()
            return 200, json.dumps({"certificate": held}).encode()
        digest = bytes.fromhex(question["digest"])
        if self.manner == "other":
            digest = digest[::-1]
        at = self.talk.clock.instant if question["form"] == "cades" else None
        held = base64.b64encode(self.owner.sign(digest, at)).decode()
        return 200, json.dumps({"cms": held}).encode()


@pytest.fixture
def desk(talk: Talk, settings: Any, tmp_path: Path) -> Iterator[Desk]:
    own = house(GostKey)
    (tmp_path / "root.pem").write_bytes(pem.armor("CERTIFICATE", own.root.dump()))
    doctor, now = talk.cast.boris.doctor, talk.clock.instant
    term = {"since": now - timedelta(days=30), "until": now + timedelta(days=400)}
    made = Desk(talk, own, own.person(doctor.snils, str(doctor), **term))

    with serving(made.answer) as address:
        made.url = f"{address}/sign"
        settings.DEMO, settings.SIGNING, settings.SIGNING_SECRET = False, "service", SECRET
        settings.SIGNING_URL, settings.SIGNING_ROOTS = made.url, str(tmp_path / "root.pem")
        yield made


def test_the_service_signs_digests_and_sees_no_document(desk: Desk) -> None:
    row = desk.talk.signed()
    assert (row.state, row.way) == ("signed", "service")
    assert set(Signature.objects.values_list("form", flat=True)) == {"pades", "cades"}
    certificate, inside, beside = desk.asked
    assert set(certificate) == {"snils", "name", "ogrn"}
    assert inside["digest"] == row.digest
    assert (inside["form"], beside["form"]) == ("pades", "cades")
    assert inside["id"] != beside["id"]
    assert not {"Кашель", "J06.9", "Иванова"} & set(
        json.dumps(desk.asked, ensure_ascii=False).split()
    )


@pytest.mark.parametrize(
    ("manner", "wanted"),
    [
        ("202", "service.waits"), ("404", "service.no_key"), ("500", "service.silent"),
        ("junk", "service.silent"), ("long", "service.silent"), ("other", "signature.hash"),
    ],
)  # fmt: skip
def test_what_it_does_not_sign_stays_formed_and_is_said(
    desk: Desk, manner: str, wanted: str
) -> None:
    row = desk.talk.formed()
    desk.manner = manner
    with pytest.raises(Refusal) as refused:
        actions.sign(desk.talk.doctor, desk.talk.id, row.formed_pdf_id or "")
    assert refused.value.code == f"conclusion.{wanted}"
    page = visit(desk.talk.cast.boris).post(
        f"/desk/consultations/{desk.talk.id}/conclusion/sign/", {"pdf": row.formed_pdf_id}
    )
    assert refused.value.text in page.content.decode()
    assert page.status_code == refused.value.status
    assert Conclusion.objects.get().state == "formed"
    desk.manner = ""
    assert actions.sign(desk.talk.doctor, desk.talk.id, row.formed_pdf_id or "").state == "signed"


def test_a_service_with_another_secret_or_none_is_silent(desk: Desk, settings: Any) -> None:
    revision = desk.talk.written()
    for url, secret in ((desk.url, "другой"), ("http://127.0.0.1:9/", SECRET)):
        settings.SIGNING_URL, settings.SIGNING_SECRET = url, secret
        with pytest.raises(Refusal) as refused:
            actions.form(desk.talk.doctor, desk.talk.id, revision)
        assert refused.value.code == "conclusion.service.silent"
    assert Conclusion.objects.get().state == "draft"


def test_a_service_that_stops_in_the_middle_is_not_waited_for(desk: Desk) -> None:
    desk.manner = "slow"
    hasty = Service(desk.url, SECRET, connects=0.5, answers=0.3)
    who = signatory_of(desk.talk.now())
    with pytest.raises(Refusal) as refused:
        hasty.certificate_of(who)
    assert refused.value.code == "conclusion.service.silent"


def test_without_address_or_secret_nobody_signs(talk: Talk, settings: Any) -> None:
    settings.SIGNING = "service"
    with pytest.raises(Refusal) as refused:
        talk.formed()
    assert refused.value.code == "conclusion.no_signer"
