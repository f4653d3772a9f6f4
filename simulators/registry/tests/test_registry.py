"""The simulator takes a right document once and refuses what the real registry refuses."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from simulators.registry.application import Served
from simulators.registry.tests.running import AUTHORIZATION, address, running

PLACE = "1.2.643.5.1.13.13.12.2.78.8595"
ANNA, BORIS = "11223344595", "08765430300"
SECTIONS = "".join(
    f'<component><section><code code="{one}"/></section></component>'
    for one in ("DOCINFO", "ANAM", "LANAM", "RESCONS")
)


def document(number: str, patient: str = ANNA, doctor: str = BORIS, signer: str = BORIS) -> bytes:
    """Return a small СЭМД."""
    return f"""<ClinicalDocument xmlns="urn:hl7-org:v3">
<id root="{PLACE}.100.1.1.51" extension="{number}"/>
<recordTarget><patientRole><id root="1.2.643.100.3" extension="{patient}"/></patientRole>
</recordTarget>
<author><assignedAuthor><id root="1.2.643.100.3" extension="{doctor}"/></assignedAuthor></author>
<custodian><x><id root="{PLACE}"/></x></custodian>
<legalAuthenticator><assignedEntity><id root="1.2.643.100.3" extension="{signer}"/></assignedEntity>
</legalAuthenticator><component><structuredBody>{SECTIONS}</structuredBody></component>
</ClinicalDocument>""".encode()


def told(xml: bytes, **changes: Any) -> dict[str, Any]:
    """Return the envelope of a document."""
    return {
        "kind": "119", "organisation": PLACE, "patient": ANNA, "doctor": BORIS,
        "sha256": hashlib.sha256(xml).hexdigest(), "document": base64.b64encode(xml).decode(),
    } | changes  # fmt: skip


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with running(tmp_path_factory.mktemp("registry")) as served:
        yield served


@pytest.fixture
def number(request: pytest.FixtureRequest) -> str:
    """A document's number that no other test of this run has."""
    return f"N-{request.node.name}"


def put(registry: Served, body: Any, key: str = "", shown: str = AUTHORIZATION) -> Any:
    headers = {"Authorization": shown}
    url = f"{address(registry)}/{key or uuid4()}"
    return requests.put(url, json=body, headers=headers, timeout=5)


def test_a_right_document_is_registered_and_a_repeat_is_answered_as_the_first(
    registry: Served, number: str
) -> None:
    key, body = str(uuid4()), told(document(number))
    first, again = put(registry, body, key), put(registry, body, key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    asked = requests.get(
        f"{address(registry)}/{key}", headers={"Authorization": AUTHORIZATION}, timeout=5
    )
    assert asked.json() == first.json()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (told(b"<ClinicalDocument"), "не является XML"),
        (told(b"<a/>"), "не является СЭМД"),
        (told(b"<!DOCTYPE a><a/>"), "не является СЭМД"),
        (told(document("1").replace(b'"ANAM"', b'"X"')), "нет раздела ANAM"),
        (told(document("1"), sha256="0" * 64), "Контрольная сумма"),
        (told(document("1"), document="?"), "не целиком"),
        (told(document("1"), patient=BORIS), "СНИЛС пациента в документе принадлежит другому"),
        (told(document("1"), doctor=ANNA), "СНИЛС врача в документе принадлежит другому"),
        (told(document("1", patient="11223344596")), "указан с ошибкой"),
        (told(document("1", signer=ANNA)), "Подписал не тот"),
        (told(document("1"), organisation="1.2.3"), "OID организации"),
        (told(document("1"), kind="7"), "Вид документа"),
        ([], "Вид документа"),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(registry: Served, body: Any, reason: str) -> None:
    answer = put(registry, body)
    assert answer.status_code == 422
    assert reason in answer.json()["reason"]


def test_the_same_document_under_another_key_is_a_repeat(registry: Served, number: str) -> None:
    xml = document(number)
    assert put(registry, told(xml)).status_code == 201
    answer = put(registry, told(xml))
    assert answer.status_code == 409
    assert "уже зарегистрирован" in answer.json()["reason"]


def test_another_document_under_a_used_key_is_refused(registry: Served, number: str) -> None:
    key = str(uuid4())
    assert put(registry, told(document(number)), key).status_code == 201
    assert put(registry, told(document(f"{number}-2")), key).status_code == 409


def test_strangers_and_odd_keys_stay_outside(registry: Served, number: str) -> None:
    body = told(document(number))
    assert put(registry, body, shown="").status_code == 401
    assert put(registry, body, shown="other").status_code == 403
    assert put(registry, body, "..%2Fmail").status_code in (400, 404)


def test_a_restart_forgets_nothing(tmp_path: Path, number: str) -> None:
    key, body = str(uuid4()), told(document(number))
    with running(tmp_path) as first:
        before = put(first, body, key).json()
    with running(tmp_path) as second:
        assert put(second, body, key).json() == before


@pytest.mark.parametrize("name", ["registry", "index", "esia"])
@pytest.mark.parametrize("env", [{}, {"PRIYOM_DEMO": "1"}])
def test_it_starts_in_the_demo_only_and_only_with_its_secret(
    name: str, env: dict[str, str]
) -> None:
    plain = {key: value for key, value in os.environ.items() if not key.startswith("PRIYOM_")}
    done = subprocess.run(
        [sys.executable, "-m", f"simulators.{name}"],
        env=plain | env, capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert done.returncode == 1
    assert ("is not set" if env else "PRIYOM_DEMO=1") in done.stdout


def withdraw(registry: Served, document: str, **changes: str) -> Any:
    body = {"key": "w-1", "reason": "Ошибка.", "registered_as": ""} | changes
    url = f"{address(registry)}/{document}/withdrawal"
    return requests.put(url, json=body, headers={"Authorization": AUTHORIZATION}, timeout=5)


def test_a_document_is_withdrawn_once_and_only_when_it_is_known(
    registry: Served, number: str
) -> None:
    key = str(uuid4())
    assert withdraw(registry, key).status_code == 409
    given = put(registry, told(document(number)), key).json()["number"]
    assert withdraw(registry, key, reason=" ").status_code == 422
    assert withdraw(registry, key, registered_as="другой").status_code == 422
    first, again = withdraw(registry, key, registered_as=given), withdraw(registry, key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == {"number": given}
    assert withdraw(registry, key, key="w-2").status_code == 409
    assert put(registry, told(document(number)), key).json()["number"] == given
