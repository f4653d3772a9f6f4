"""What was signed stays as it is, whoever asks the database."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, transaction

from priyom.conclusions import actions
from priyom.conclusions.models import Conclusion
from priyom.conclusions.tests.talks import Talk

CONTENT = {
    "complaints": "иное", "diagnosis_code": "Z00.0", "recommendations": "иное", "version": 9,
    "signer": "Другой", "certificate_serial": "00", "check_code": "X" * 20, "revision": 99,
    "is_preliminary": False, "signed_at": None,
}  # fmt: skip


def refused(**changes: Any) -> bool:
    try:
        with transaction.atomic():
            Conclusion.objects.update(**changes)
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize("field", CONTENT)
def test_nothing_of_a_signed_version_changes(talk: Talk, field: str) -> None:
    talk.signed()
    assert refused(**{field: CONTENT[field]})


@pytest.mark.parametrize("field", ["complaints", "recommendations", "formed_pdf"])
def test_formed_version_waits_unchanged(talk: Talk, field: str) -> None:
    talk.formed()
    assert refused(**{field: None if field == "formed_pdf" else "иное"})


@pytest.mark.parametrize("state", ["draft", "formed"])
def test_signed_version_never_goes_back(talk: Talk, state: str) -> None:
    talk.signed()
    assert refused(state=state)


def test_withdrawn_version_stays_withdrawn(talk: Talk) -> None:
    talk.signed()
    actions.withdraw(talk.cast.inna.actor, talk.id, "Ошибка")
    assert refused(state="signed")


def test_draft_is_not_signed_past_the_paper(talk: Talk) -> None:
    talk.written()
    assert refused(state="signed")


def test_program_may_not_delete(talk: Talk) -> None:
    talk.signed()
    with pytest.raises(DatabaseError), transaction.atomic():
        Conclusion.objects.all().delete()


def test_owner_does_not_change_it_by_mistake(committed_talk: Talk, owner_connection: Any) -> None:
    committed_talk.signed()
    for command in (
        "UPDATE conclusions_conclusion SET diagnosis = 'иное'",
        "DELETE FROM conclusions_conclusion",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            owner_connection.execute(command)
