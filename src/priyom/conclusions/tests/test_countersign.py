"""The organisation signs what its doctor signed: beside the files, once, by a job."""

from __future__ import annotations

from typing import Any

import pytest

from priyom.conclusions import actions, signer
from priyom.conclusions.models import Signature
from priyom.conclusions.signing.checking import verify_detached
from priyom.conclusions.tests.talks import Talk
from priyom.files import actions as files
from priyom.kernel.refusal import Refusal


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
