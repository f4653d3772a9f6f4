"""The whole process, walked by three people in three browsers against `./priyom up`."""

from __future__ import annotations

import re
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.journeys import (
    steps_after,
    steps_call,
    steps_letters,
    steps_paper,
    steps_registry,
    steps_request,
    steps_talk,
)
from tests.journeys.stage import Stage
from tests.journeys.times import connect, near_time

pytestmark = pytest.mark.journeys


PATIENT, FULL_NAME, BORN, MAIL = "Ли Вэй", "Ли Вэй", "12.07.1997", "li.wei@inbox.example"
MAIL_OF = {"sokolova": "i.sokolova@p38.example", "orlov": "d.orlov@p38.example"}


def test_from_request_to_conclusion(stage: Stage) -> None:
    patient = stage.patient(PATIENT)
    stage.look(patient, "home-before")
    steps_request.ask(stage, patient)
    stage.look(patient, "request")
    patient.goto(stage.url("/my/"))
    expect(patient.locator("[data-request]").first).to_contain_text("Заявка к терапевту")
    stage.look(patient, "home-asked")

    time = near_time(stage.region, "sokolova", "orlov")
    registrar, colleague = stage.staff("kovaleva"), stage.staff("smirnova")
    stage.look(registrar, "journal")
    address = steps_registry.take(stage, registrar, steps_request.COMPLAINT[:20])
    steps_registry.sees_it_taken(stage, colleague, address, "Ковалёва В. О.")
    steps_registry.find_card(stage, registrar, name=FULL_NAME, born=BORN)
    steps_registry.book(stage, registrar, doctor=time.doctor, at=time.at, name=FULL_NAME)

    link = steps_letters.check(stage.letter(MAIL, time.at), at=time.at, portal="my")
    desk_link = steps_letters.check(
        stage.letter(MAIL_OF[time.login], time.at), at=time.at, portal="desk"
    )
    steps_letters.read(stage, colleague, MAIL, "Консультация назначена")

    doctor = stage.staff(time.login)
    stage.look(doctor, "day")
    doctor.goto(desk_link)
    steps_talk.online(doctor)
    stage.look(doctor, "workspace-waiting", full=False)
    patient.goto(stage.url("/my/"))
    stage.look(patient, "home-booked")
    patient = stage.visitor()  # the letter is opened where nobody has signed in
    patient.goto(link)
    stage.through_esia(patient, PATIENT)
    steps_talk.consent(stage, patient)
    steps_talk.talk(stage, patient, doctor)

    doctor.get_by_role("button", name="Начать").click()
    expect(doctor.get_by_role("button", name="Позвонить по видео")).to_be_enabled()
    steps_talk.online(doctor)
    expect(patient.locator(".chat-head > .band")).to_contain_text("Консультация идёт")
    steps_call.call(stage, doctor, patient)

    steps_paper.write(stage, doctor)
    steps_paper.preview(stage, doctor)
    steps_paper.form(stage, doctor, patient)
    steps_paper.sign(stage, doctor, patient)
    _closed_for_good(stage, patient, UUID(link.rstrip("/").rsplit("/", 1)[1]))
    _kept_for_good(stage, patient, time.doctor.split()[0])


def _kept_for_good(stage: Stage, patient: Page, doctor: str) -> None:
    """The patient is told, reads and shows the paper, and finds it at home."""
    notice = stage.letter(MAIL, "заключение")
    assert not steps_letters.MEDICAL.search(notice["text"]), notice["text"]
    steps_talk.sees_files(patient, "mine")
    pdf = steps_paper.read(stage, patient)
    steps_paper.genuine(stage, pdf, doctor)
    steps_paper.checked(stage, patient, pdf, (PATIENT, "J06.9", "Питьё"))
    steps_after.understood(stage, patient)
    steps_after.shown(stage, patient)
    patient.goto(stage.url("/my/"))
    expect(patient.get_by_role("link", name=re.compile("PDF: заключение")).first).to_be_visible()
    stage.look(patient, "home-after")


def _closed_for_good(stage: Stage, patient: Page, consultation: UUID) -> None:
    """Neither the form without script nor the database itself takes one more word."""
    answer = patient.evaluate(
        """async (address) => {
            const body = new FormData();
            body.set("text", "Ещё одно слово");
            body.set("key", crypto.randomUUID());
            const token = document.querySelector("[data-token]")?.dataset.token ?? "";
            body.set("csrfmiddlewaretoken", token);
            return (await fetch(address, { method: "POST", body })).status;
        }""",
        f"/my/consultations/{consultation}/say/",
    )
    assert answer == 409, answer
    with connect(stage.region) as base, pytest.raises(psycopg.Error, match=r"(?i)clos|закры"):
        base.execute(_COPY_LAST, (consultation,))


_COPY_LAST = """
INSERT INTO consultations_entry
SELECT (jsonb_populate_record(entry, jsonb_build_object(
    'seq', entry.seq + 1000, 'kind', 'message', 'client_key', 'one more'))).*
FROM consultations_entry entry WHERE entry.consultation_id = %s ORDER BY entry.seq DESC LIMIT 1
"""
