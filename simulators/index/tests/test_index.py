"""The simulator answers as PDQm says and refuses what the real index refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from simulators.index.application import GRADE, MOST, Served
from simulators.index.people import CERTIFICATE, ENP, OWN, PASSPORT, SNILS
from simulators.index.tests.running import AUTHORIZATION, base, running

ALINA = OWN[0]
SHOWN = {"Authorization": AUTHORIZATION}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with running(tmp_path_factory.mktemp("index")) as served:
        yield served


def search(index: Served, **asked: str | list[str]) -> requests.Response:
    return requests.get(f"{base(index)}/Patient", asked, headers=SHOWN, timeout=5)


def match(index: Served, patient: dict[str, Any], **more: Any) -> requests.Response:
    parameters = [{"name": "resource", "resource": patient}]
    parameters += [
        {"name": name, f"value{'Boolean' if value is True else 'Integer'}": value}
        for name, value in more.items()
    ]
    body = {"resourceType": "Parameters", "parameter": parameters}
    return requests.post(f"{base(index)}/Patient/$match", json=body, headers=SHOWN, timeout=5)


def alina(**changed: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "name": [{"family": "Ветрова", "given": ["Алина", "Марковна"]}],
        "birthDate": "1991-05-17",
        "managingOrganization": {"identifier": {"value": "1.2.643"}},
        "gender": "какой угодно",
        "telecom": [{"system": "fax", "value": "+7-(989)1355987"}, {"value": "79891355987"}],
        "address": [{"use": "home"}, {"use": "work"}, {"use": "old"}],
    } | changed


def ids(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    bundle = answer.json()
    assert bundle["total"] == len(bundle.get("entry", []))
    return [entry["resource"]["id"] for entry in bundle.get("entry", [])]


def code(answer: requests.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/fhir+json")
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    return str(outcome["issue"][0]["code"])


def test_only_who_shows_the_right_header_is_let_in(index: Served) -> None:
    for path in ("Patient?family=а", "Patient/78-0001"):
        url = f"{base(index)}/{path}"
        assert code(requests.get(url, timeout=5), 401) == "login"
        wrong = {"Authorization": "N3 other"}
        assert code(requests.get(url, headers=wrong, timeout=5), 403) == "forbidden"
    told = requests.get(f"{base(index)}/metadata", timeout=5).json()
    assert (told["resourceType"], told["fhirVersion"]) == ("CapabilityStatement", "4.0.1")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"identifier": f"{SNILS}|{ALINA.snils}"}, ["78-0001"]),
        ({"identifier": ALINA.enp}, ["78-0001"]),
        ({"identifier": f"{PASSPORT}|4013:220011,{ENP}|0"}, ["78-0002"]),
        ({"identifier": f"{CERTIFICATE}|IV-МЮ:700700"}, ["78-0004"]),
        ({"identifier": [f"{SNILS}|{ALINA.snils}", f"{PASSPORT}|4013:220011"]}, []),
        ({"family": "ветров", "given": "алина"}, ["78-0001", "78-0002"]),
        ({"family": "Ветрова", "given": ["Алина", "Марковна"]}, ["78-0001"]),
        ({"family": "ежикова"}, ["78-0004"]),
        ({"family": "Ветрова", "birthdate": "1991-11"}, ["78-0002"]),
        ({"family": "Ветрова", "birthdate": ["ge1991-06-01", "le1991-12-31"]}, ["78-0002"]),
        ({"family": "Ветрова", "gender": "male"}, []),
        ({"_id": "78-0003"}, ["78-0003"]),
        ({"family": "Никто"}, []),
        ({"family": "Ветрова", "unknown": "x", "birthdate": "1991-05-17"}, ["78-0001"]),
    ],
)
def test_search(index: Served, asked: dict[str, Any], found: list[str]) -> None:
    assert ids(search(index, **asked)) == found
    form = requests.post(f"{base(index)}/Patient/_search", asked, headers=SHOWN, timeout=5)
    assert ids(form) == found


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({}, 400, "required"),
        ({"family": " "}, 400, "required"),
        ({"birthdate": "1991-05-17"}, 400, "required"),
        ({"family": "Ветрова", "birthdate": "17.05.1991"}, 400, "value"),
        ({"identifier": "urn:oid:1.2.3|77"}, 404, "not-found"),
        ({"family": "Толпыгина"}, 400, "too-costly"),
        ({"family": "Ветрова", "_format": "xml"}, 406, "not-supported"),
    ],
)
def test_a_search_that_is_refused(
    index: Served, asked: dict[str, str], status: int, said: str
) -> None:
    assert code(search(index, **asked), status) == said


def test_a_replaced_card_is_read_but_not_found(index: Served) -> None:
    assert "78-0006" not in ids(search(index, family="Ветрова"))
    kept = requests.get(f"{base(index)}/Patient/78-0006", headers=SHOWN, timeout=5).json()
    assert (kept["active"], kept["link"][0]["type"]) == (False, "replaced-by")
    gone = requests.get(f"{base(index)}/Patient/78-9999", headers=SHOWN, timeout=5)
    assert code(gone, 404) == "not-found"


def test_match_grades_and_orders(index: Served) -> None:
    typo = alina(name=[{"family": "Ветрава", "given": ["Алина"]}])
    answer = match(index, typo)
    entries = answer.json()["entry"]
    assert ids(answer)[0] == "78-0001"
    scores = [entry["search"]["score"] for entry in entries]
    assert scores == sorted(scores, reverse=True)
    assert entries[0]["search"]["extension"][0]["url"] == GRADE
    assert entries[0]["search"]["extension"][0]["valueCode"] == "probable"
    assert ids(match(index, typo, onlyCertainMatches=True)) == []
    assert ids(match(index, alina(), onlyCertainMatches=True)) == ["78-0001"]
    assert len(ids(match(index, alina(birthDate="1991-11-02")))) > 1
    assert len(ids(match(index, alina(birthDate="1991-11-02"), count=1))) == 1
    bare = requests.post(f"{base(index)}/Patient/$match", json=alina(), headers=SHOWN, timeout=5)
    assert ids(bare)[0] == "78-0001"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": []},
        {"name": [{"family": " ", "given": ["Алина"]}]},
        {"name": [{"family": "Ветрова", "given": [""]}]},
        {"name": [{"family": "Ветрова"}]},
        {"birthDate": ""},
        {"birthDate": "17.05.1991"},
        {"birthDate": "1900-01-01"},
        {"birthDate": str(datetime.now(UTC).date() + timedelta(2))},
        {"managingOrganization": None},
    ],
)
def test_what_the_real_index_rejects(index: Served, wrong: dict[str, Any]) -> None:
    assert code(match(index, alina(**wrong)), 422) in ("required", "value", "business-rule")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/fhir+json", 400),
        ("[]", "application/fhir+json", 400),
        ('{"resourceType": "Observation"}', "application/json", 400),
        ('{"resourceType": "Parameters"}', "application/json", 400),
        ("{}", "text/plain", 415),
    ],
)
def test_a_body_that_is_no_match(index: Served, body: str, kind: str, status: int) -> None:
    url = f"{base(index)}/Patient/$match"
    headers = SHOWN | {"Content-Type": kind}
    answer = requests.post(url, body.encode(), headers=headers, timeout=5)
    assert answer.status_code == status
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_more_than_twenty_are_not_unique(index: Served) -> None:
    assert len([one for one in OWN if one.family == "Толпыгина"]) > MOST
    assert code(search(index, family="Толпыгина", given="Вера"), 400) == "too-costly"


@pytest.mark.parametrize(
    ("name", "value"), [("PRIYOM_DEMO", "0"), ("PRIYOM_INDEX_AUTHORIZATION", "")]
)
def test_it_cannot_be_started_by_accident(tmp_path: Path, name: str, value: str) -> None:
    env = os.environ | {
        "PRIYOM_DEMO": "1",
        "PRIYOM_INDEX_AUTHORIZATION": "x",
        "PRIYOM_VAR": str(tmp_path),
        name: value,
    }
    command = [sys.executable, "-m", "simulators.index", "--port", "1"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert done.stdout.strip()
