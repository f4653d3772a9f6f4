"""A conclusion as a FHIR R4 document: asked of an independent validator with HL7's definitions."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from priyom.clinics.models import Doctor, Organisation, Speciality
from priyom.conclusions import actions, queries
from priyom.conclusions.tests.talks import Talk
from priyom.conclusions.tests.test_cda import FULL, xml_of
from priyom.kernel.refusal import Refusal
from priyom.patients.models import Patient
from priyom.testing import browser
from priyom.testing.doors import visit

SCRIPT = Path(__file__).with_name("fhir") / "validate.mjs"


def issues(body: bytes) -> list[Any]:
    """Return what Medplum's validator says of a Bundle; it runs on the tests' own Node."""
    browser.node_modules()
    told = subprocess.run(
        [str(browser.node()), str(SCRIPT)], input=body, capture_output=True, check=False
    )
    assert told.returncode == 0, told.stderr.decode()
    return [json.loads(line) for line in told.stdout.splitlines()]


def resources(body: bytes, kind: str) -> list[Any]:
    """Return the resources of one type."""
    found = [one["resource"] for one in json.loads(body)["entry"]]
    return [one for one in found if one["resourceType"] == kind]


def test_a_full_document_is_sound(talk: Talk) -> None:
    talk.signed(
        **FULL | {"observed": "<b>&\x0b сухой кашель"}, pulse="72 80",
        breaths="18", pressure="120/80 130/85", in_person_on="2020-01-10",
        in_person_by="Петров П. П.", in_person_place="Поликлиника № 38", treatment="Без перемен.",
    )  # fmt: skip
    body, name = queries.bundle(talk.doctor, talk.id, 1)
    assert issues(body) == []
    assert name == f"zaklyuchenie-{talk.row.number}.fhir.json"
    made = json.loads(body)
    assert made["entry"][0]["resource"]["resourceType"] == "Composition"
    (paper,) = resources(body, "Composition")
    assert paper["status"] == "final"
    titles = [one["title"] for one in paper["section"]]
    assert titles[0] == "Жалобы"
    assert titles[-2:] == ["Диагноз", "Рекомендации"]
    codes = [one["code"]["coding"][0]["code"] for one in resources(body, "Observation")]
    assert codes == ["8310-5", "59408-5", "8867-4", "8867-4", "9279-1", "85354-9", "85354-9"]
    units = {one["valueQuantity"]["code"] for one in resources(body, "Observation")[:5]}
    assert units == {"Cel", "%", "/min"}
    coded = [one["code"]["coding"][0]["code"] for one in resources(body, "Condition")]
    assert coded == ["J06.9", "J01.9", "I10"]


def test_a_bare_document_is_sound(talk: Talk) -> None:
    Organisation.objects.filter(pk=talk.cast.clinic.pk).update(oid="", phone="", address="")
    Patient.objects.filter(pk=talk.cast.anna.card.pk).update(snils=None, enp=None, address="")
    talk.signed(temperature="", saturation="", anamnesis="", diagnosis="Насморк")
    body, _ = queries.bundle(talk.doctor, talk.id, 1)
    assert issues(body) == []
    assert not resources(body, "Observation")
    assert "identifier" not in resources(body, "Patient")[0]


def test_the_validator_says_no(talk: Talk) -> None:
    talk.signed()
    body, _ = queries.bundle(talk.doctor, talk.id, 1)
    made = json.loads(body)
    del made["identifier"]
    made["entry"][0]["resource"]["status"] = 7
    made["entry"][0]["resource"]["encounter"]["reference"] = "urn:uuid:elsewhere"
    found = json.dumps(issues(json.dumps(made).encode()))
    for words in ("bdl-9", "status", "leads nowhere"):
        assert words in found


def test_versions_say_what_became_of_them(talk: Talk) -> None:
    talk.signed()
    actions.amend(talk.doctor, talk.id, "Уточнены рекомендации.")
    talk.signed(recommendations="Покой.")
    body, _ = queries.bundle(talk.doctor, talk.id, 2)
    assert issues(body) == []
    (paper,) = resources(body, "Composition")
    assert paper["status"] == "amended"
    assert paper["relatesTo"][0]["targetIdentifier"]["value"] == talk.row.number
    actions.withdraw(talk.cast.inna.actor, talk.id, "Ошибка.")
    body, _ = queries.bundle(talk.cast.inna.actor, talk.id, 2)
    assert resources(body, "Composition")[0]["status"] == "entered-in-error"


def test_the_same_version_gives_the_same_bytes(talk: Talk) -> None:
    talk.signed(**FULL)
    assert queries.bundle(talk.doctor, talk.id, 1) == queries.bundle(talk.doctor, talk.id, 1)


def test_cards_that_changed_later_change_nothing(talk: Talk) -> None:
    talk.signed(**FULL)
    before = queries.bundle(talk.doctor, talk.id, 1)
    (patient,) = resources(before[0], "Patient")
    assert patient["name"][0]["family"] == "Иванова"
    Patient.objects.filter(pk=talk.cast.anna.card.pk).update(
        family="Ким", given="Ирина", patronymic="", birth_on="2001-01-01", snils=None, enp=None,
        sex="m", address="Другая ул., 1",
    )  # fmt: skip
    Doctor.objects.filter(pk=talk.cast.boris.doctor.pk).update(family="Ли", snils="")
    Speciality.objects.update(name="Другая специальность")
    Organisation.objects.filter(pk=talk.cast.clinic.pk).update(
        name="Другая", oid="1.2.3", phone="", address=""
    )
    assert queries.bundle(talk.doctor, talk.id, 1) == before


def test_taken_back_it_is_formed_with_the_cards_of_then(talk: Talk) -> None:
    talk.formed()
    actions.revise(talk.doctor, talk.id)
    Patient.objects.filter(pk=talk.cast.anna.card.pk).update(family="Ким")
    talk.signed()
    (patient,) = resources(queries.bundle(talk.doctor, talk.id, 1)[0], "Patient")
    assert patient["name"][0]["family"] == "Ким"


@pytest.mark.parametrize("who", ["darya", "vera", "anna", "gleb", "nina"])
def test_a_stranger_gets_neither_form(talk: Talk, who: str) -> None:
    talk.signed()
    actor = getattr(talk.cast, who).actor
    if who == "anna":
        assert queries.xml(actor, talk.id, 1)  # her own paper carries it as well
        return
    for read in (queries.xml, queries.bundle):
        with pytest.raises(Refusal) as refused:
            read(actor, talk.id, 1)
        assert refused.value.status == 404


def test_an_unsigned_version_has_neither(talk: Talk) -> None:
    talk.formed()
    for read in (queries.xml, queries.bundle):
        with pytest.raises(Refusal):
            read(talk.doctor, talk.id, 1)


def test_the_doctor_downloads_both(talk: Talk) -> None:
    row = talk.signed()
    client = visit(talk.cast.boris)
    root = f"/desk/consultations/{talk.id}/conclusion/"
    page = client.get(root).content.decode()
    for ending, kind in (("xml", "application/xml"), ("fhir.json", "application/fhir+json")):
        assert f"{root}v1.{ending}" in page
        answer = client.get(f"{root}v1.{ending}")
        assert answer.status_code == 200
        assert answer["Content-Type"] == kind
        assert answer["Content-Disposition"].startswith("attachment")
        assert "no-store" in answer["Cache-Control"]
    assert client.get(f"{root}v1.xml").content == xml_of(row)
