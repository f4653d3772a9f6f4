"""What doctor and head read of the registry, in plain words; nobody else reads anything."""

from __future__ import annotations

import pytest

from priyom.conclusions.tests.talks import Talk
from priyom.patients.models import Patient
from priyom.registry import actions
from priyom.registry.models import Registration
from priyom.testing.doors import visit
from simulators.registry.application import Served


def path(talk: Talk, tail: str = "") -> str:
    return f"/desk/consultations/{talk.id}/registration/{tail}"


def sent(talk: Talk) -> Registration:
    """Sign and send."""
    talk.signed()
    actions.gather()
    actions.sweep()
    return Registration.objects.get()


def test_the_doctor_reads_that_it_is_registered(registry: Served, talk: Talk) -> None:
    doctor = visit(talk.cast.boris)
    assert "в течение минуты" in doctor.get(path(talk)).content.decode()
    row = sent(talk)
    page = doctor.get(path(talk)).content.decode()
    assert "зарегистрировано" in page
    assert row.number in page
    part = doctor.get(path(talk), HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part
    assert row.number in part
    paper = doctor.get(f"/desk/consultations/{talk.id}/conclusion/").content.decode()
    assert f'hx-get="{path(talk)}"' in paper


def test_the_head_sees_what_was_not_taken_and_sends_it_again(registry: Served, talk: Talk) -> None:
    Patient.objects.filter(pk=talk.cast.anna.card.pk).update(snils="99999999999")
    row = sent(talk)
    head = visit(talk.cast.inna)
    page = head.get("/desk/registrations/").content.decode()
    assert f"№ {talk.row.number}" in page
    assert "СНИЛС пациента" in page
    assert "Иванова" not in page
    assert "registration.resend" in head.get(path(talk)).content.decode()
    answer = head.post(path(talk, f"{row.pk}/resend/"), follow=True)
    assert "отправляется ещё раз" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "waiting"
    assert "Всё, что подписано" in head.get("/desk/registrations/").content.decode()


@pytest.mark.parametrize("who", ["darya", "vera", "gleb", "nina", "anna"])
def test_a_stranger_sees_nothing(registry: Served, talk: Talk, who: str) -> None:
    row = sent(talk)
    browser = visit(getattr(talk.cast, who))
    for answer in (
        browser.get(path(talk)), browser.get("/desk/registrations/"),
        browser.post(path(talk, f"{row.pk}/resend/")),
    ):  # fmt: skip
        assert answer.status_code in (302, 404)
        assert row.number not in answer.content.decode()
