"""The organisation signs what its doctor signed: beside the files, once, by a job."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem

from priyom.conclusions import actions, queries, signer
from priyom.conclusions.models import Signature
from priyom.conclusions.signing import refusals
from priyom.conclusions.signing.certificates import OGRN, ogrn_of
from priyom.conclusions.signing.checking import verify_detached
from priyom.conclusions.signing.keys import GostKey
from priyom.conclusions.signing.ways import Signatory
from priyom.conclusions.tests.pki import Owner, house
from priyom.conclusions.tests.serving import serving
from priyom.conclusions.tests.talks import Talk
from priyom.files import actions as files
from priyom.kernel.ogrn import is_ogrn
from priyom.kernel.refusal import Refusal
from priyom.testing.doors import visit


def test_the_organisation_signs_both_files_once(talk: Talk, settings: Any) -> None:
    row = talk.signed()
    assert actions.countersign() == 0
    settings.SIGNING_ORGANISATION = "demo-gost"
    assert actions.countersign() == 1
    assert actions.countersign() == 0
    own = Signature.objects.filter(role="organisation").select_related("document")
    assert {one.document_id for one in own} == {row.formed_xml_id, row.signed_pdf_id}
    for one in own:
        verdict = verify_detached(bytes(one.cms), files.read(one.document), signer.roots())
        assert verdict.is_genuine
        assert (one.form, one.way, one.owner) == ("cades", "demo-gost", verdict.signer)
    assert Signature.objects.filter(role="doctor", owner=row.signer).count() == 2


def test_what_is_not_signed_or_withdrawn_gets_none(talk: Talk, settings: Any) -> None:
    settings.SIGNING_ORGANISATION = "demo"
    talk.formed()
    assert actions.countersign() == 0
    actions.revise(talk.doctor, talk.id)
    talk.signed()
    actions.withdraw(talk.cast.inna.actor, talk.id, "Ошибка")
    assert actions.countersign() == 0
    assert not Signature.objects.filter(role="organisation").exists()


def test_a_silent_service_is_asked_again(talk: Talk, settings: Any) -> None:
    talk.signed()
    settings.SIGNING_ORGANISATION, settings.SIGNING_SECRET = "service", "x"
    settings.SIGNING_URL = "http://127.0.0.1:9"
    assert actions.countersign() == 0
    settings.SIGNING_ORGANISATION = "demo"
    assert actions.countersign() == 1


def test_a_trial_organisation_signs_in_the_demo_alone(talk: Talk, settings: Any) -> None:
    talk.signed()
    settings.SIGNING_ORGANISATION, settings.DEMO = "demo", False
    with pytest.raises(Refusal):
        actions.countersign()
    assert Signature.objects.filter(role="organisation").count() == 0


@pytest.fixture
def desk(talk: Talk, settings: Any, tmp_path: Path) -> Iterator[Any]:
    """A signing service that holds a key of whatever certificate a test wants."""
    own = house(GostKey)
    (tmp_path / "root.pem").write_bytes(pem.armor("CERTIFICATE", own.root.dump()))
    now = talk.clock.instant
    term = {"since": now - timedelta(days=30), "until": now + timedelta(days=400)}
    held: dict[str, Owner] = {}

    def answer(path: str, body: bytes, _headers: Any) -> tuple[int, bytes]:
        question = json.loads(body)
        if path.endswith("/certificate"):
            made = base64.b64encode(held["owner"].certificate.dump())
            return 200, json.dumps({"certificate": made.decode()}).encode()
        made = base64.b64encode(held["owner"].sign(bytes.fromhex(question["digest"]), now))
        return 200, json.dumps({"cms": made.decode()}).encode()

    def hold(*pairs: tuple[str, str], **more: Any) -> None:
        subject = (("2.5.4.3", "Поликлиника"), *pairs)
        held["owner"] = own.person(subject=subject, **term | more)

    with serving(answer) as address:
        settings.SIGNING_ORGANISATION, settings.SIGNING_SECRET = "service", "x"
        settings.SIGNING_URL, settings.SIGNING_ROOTS = address, str(tmp_path / "root.pem")
        yield hold


def seen(talk: Talk) -> str:
    """Return what the head reads."""
    where = f"/desk/consultations/{talk.id}/conclusion/"
    return visit(talk.cast.inna).get(where).content.decode()


@pytest.mark.parametrize(
    ("number", "fault"),
    [("", "no_ogrn"), ("1037800010004", "ogrn"), ("own", "")],
)
def test_the_certificate_must_be_that_organisations(
    talk: Talk, desk: Any, number: str, fault: str
) -> None:
    talk.signed()
    ogrn = talk.cast.clinic.ogrn if number == "own" else number
    desk(*([(OGRN, ogrn)] if ogrn else []))
    assert actions.countersign() == (0 if fault else 1)
    assert Signature.objects.filter(role="organisation").exists() is not bool(fault)
    said = refusals.of_organisation(fault)
    assert (said in seen(talk)) is bool(fault)
    assert ("Подписи организации пока нет" in seen(talk)) is bool(fault)
    # Set right, it is signed at the next minute and nothing is said any more.
    desk((OGRN, talk.cast.clinic.ogrn))
    actions.countersign()
    assert Signature.objects.filter(role="organisation").count() == 2
    assert "Подписи организации пока нет" not in seen(talk)


def test_without_its_number_in_the_card_nothing_is_signed(talk: Talk, settings: Any) -> None:
    talk.signed()
    settings.SIGNING_ORGANISATION = "demo"
    talk.cast.clinic.ogrn = ""
    talk.cast.clinic.save()
    assert actions.countersign() == 0
    assert "В карточке организации нет ОГРН" in seen(talk)


def test_an_obstacle_of_one_holds_up_nobody_else(talk: Talk, settings: Any) -> None:
    first = talk.signed()
    settings.SIGNING_ORGANISATION = "demo"
    talk.cast.clinic.ogrn = ""
    talk.cast.clinic.save()
    actions.countersign(1)
    actions.amend(talk.doctor, talk.id, "Опечатка")
    second = talk.signed(complaints="Иное")
    assert [row.pk for row in queries.uncountersigned(1)] == [second.pk]
    assert {row.pk for row in queries.uncountersigned(9)} == {first.pk, second.pk}


def test_the_demos_certificate_names_the_organisation(talk: Talk) -> None:
    place = talk.cast.clinic
    who = Signatory(place.pk, place.name, place.short_name, "", place.ogrn)
    certificate = signer.demo().certificate_of(who)
    assert certificate is not None
    assert ogrn_of(certificate) == place.ogrn
    assert is_ogrn(place.ogrn)


@pytest.mark.parametrize(
    "text", ["", "1027800000008", "102780000000", "9027800000009", "102780000000x", "١٠٢٧٨٠٠٠٠٠٠٠٧"]
)
def test_what_is_no_ogrn(text: str) -> None:
    assert not is_ogrn(text)
