"""Anybody may ask whether a paper is genuine, and learns nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from priyom.conclusions import actions, queries, rules
from priyom.conclusions.models import Conclusion
from priyom.conclusions.tests.talks import Talk
from priyom.conclusions.tests.updates import updated
from priyom.files import actions as files
from priyom.files import store
from priyom.kernel.words import exact, unbroken


def ask(code: str) -> tuple[int, str]:
    answer = Client().get(f"/check/{code}/")
    return answer.status_code, answer.content.decode()


def overwrite(row: Conclusion, body: bytes) -> None:
    place = store.path(settings.FILES_ROOT, row.signed_pdf_id or "")
    place.chmod(0o600)
    place.write_bytes(body)


def test_genuine_paper_says_who_and_when(talk: Talk) -> None:
    row = talk.signed()
    status, page = ask(rules.shown_code(row.check_code))
    assert status == 200
    assert "Документ подлинный" in page
    for part in (
        talk.row.number,
        row.signer,
        (row.signed_pdf_id or "?")[:32],
        unbroken(talk.cast.clinic.name),
    ):
        assert part in page
    assert "юридической силы не имеет" in page


def test_check_page_names_neither_patient_nor_illness(talk: Talk) -> None:
    row = talk.signed()
    _, page = ask(row.check_code)
    for word in ("Иванова", "Анна", "J06", "ОРВИ", "Кашель", "Питьё", "терапевт", "1986"):
        assert word not in page


@pytest.mark.parametrize("state", ["written", "formed"])
def test_unsigned_paper_is_not_found(talk: Talk, state: str) -> None:
    getattr(talk, state)()
    status, page = ask(Conclusion.objects.get().check_code)
    assert status == 404
    assert "Документ не найден" in page


def test_code_is_found_as_people_type_it(talk: Talk) -> None:
    code = rules.shown_code(talk.signed().check_code)
    for typed in (code.lower(), code.replace("-", ""), code.replace("-", " ")):
        assert queries.genuine(typed) is not None
    answer = Client().get("/check/", {"code": code.lower()})
    assert Client().get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("code", ["-", "A" * 20, "нет", "%00", "x" * 300, "' OR 1=1"])
def test_unknown_code_is_not_found(db: None, code: str) -> None:
    assert ask(code)[0] == 404


def test_empty_page_asks_for_the_code(db: None) -> None:
    answer = Client().get("/check/")
    assert answer.status_code == 200
    assert 'name="code"' in answer.content.decode()


def test_one_changed_byte_in_the_store_is_told(talk: Talk) -> None:
    row = talk.signed()
    assert row.signed_pdf is not None
    body = bytearray(files.read(row.signed_pdf))
    body[len(body) // 2] ^= 1
    overwrite(row, bytes(body))
    assert "Подлинность не подтверждена" in ask(row.check_code)[1]


def test_shadow_update_in_the_store_is_told(talk: Talk) -> None:
    row = talk.signed()
    assert row.signed_pdf is not None
    overwrite(row, updated(files.read(row.signed_pdf)))
    assert "Подлинность не подтверждена" in ask(row.check_code)[1]


def test_lost_file_is_told(talk: Talk) -> None:
    row = talk.signed()
    store.path(settings.FILES_ROOT, row.signed_pdf_id or "").unlink()
    assert "Подлинность не подтверждена" in ask(row.check_code)[1]


def test_replaced_and_withdrawn_papers_say_so(talk: Talk) -> None:
    first = talk.signed()
    actions.amend(talk.doctor, talk.id, "Опечатка")
    second = talk.signed(complaints="Иное")
    assert "заменён новой версией" in ask(first.check_code)[1]
    assert "Документ подлинный" in ask(second.check_code)[1]
    actions.withdraw(talk.cast.inna.actor, talk.id, "Не тот пациент")
    page = ask(second.check_code)[1]
    assert "Документ отозван" in page
    assert exact(talk.clock.instant) in page, "since when it may not be used"
    assert "Не тот пациент" not in page


def test_without_a_signer_nothing_is_confirmed(talk: Talk, settings: Any) -> None:
    row = talk.signed()
    settings.DEMO = False
    assert "Подлинность не подтверждена" in ask(row.check_code)[1]


def test_check_page_is_not_kept_or_indexed(talk: Talk) -> None:
    answer = Client().get(f"/check/{talk.signed().check_code}/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_who_asks_too_often_waits_a_minute(talk: Talk) -> None:
    code = talk.signed().check_code
    for _ in range(rules.CHECKS):
        assert ask(code)[0] == 200
    status, page = ask(code)
    assert status == 429
    assert "Подождите минуту" in page
    assert Client().get(f"/check/{code}/", REMOTE_ADDR="192.0.2.7").status_code == 200
    assert Client().get("/check/").status_code == 200, "the empty form is nobody's question"
    talk.clock.forward(minutes=1)
    assert ask(code)[0] == 200
