"""The strip above the talk and the marks on what was written outside the appointment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from priyom.consultations import actions
from priyom.consultations.models import Consultation
from priyom.consultations.promise import overdue_key
from priyom.consultations.tests.said import said
from priyom.kernel.clock import MOSCOW
from priyom.notices.models import Notice
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(cast: Cast, clock: Clock) -> Consultation:
    """Thursday 26 November 2026, 14:20–14:40 in Moscow; now it is 10:00 of that day."""
    begins = clock.instant.astimezone(MOSCOW).replace(
        year=2026, month=11, day=26, hour=14, minute=20, second=0
    )
    clock.set(begins - timedelta(hours=4, minutes=20))
    made = cast.consultation(at=builders.slots(cast.boris.doctor, begins=begins)[0])
    actions.join(cast.anna.actor, made.pk)
    return made


def strip(browser: Client, row: Consultation, portal: str = "my") -> str:
    answer = browser.get(f"/{portal}/consultations/{row.pk}/band/")
    assert answer.status_code == 200
    page = answer.content.decode().replace("\xa0", " ")
    return page.split("aria-live=")[1].split(">")[1].split("<")[0]


def both(cast: Cast, row: Consultation) -> tuple[str, str]:
    return strip(visit(cast.anna), row), strip(visit(cast.boris), row, "desk")


def test_before_the_appointment(cast: Cast, clock: Clock, row: Consultation) -> None:
    assert both(cast, row) == (
        "Консультация сегодня, 14:20 (МСК). Что пришлёте сейчас, врач увидит с пометкой "
        "«до приёма».",
        "Приём сегодня, 14:20 (МСК). Сообщения до него отмечены «до приёма».",
    )
    said(row, "patient")
    assert both(cast, row) == (
        "Консультация сегодня, 14:20 (МСК). Вы написали до приёма: врач ответит на приёме.",
        "Приём сегодня, 14:20 (МСК). Вопрос задан до приёма, срок пойдёт с его начала.",
    )


def test_data_that_were_asked_for(cast: Cast, clock: Clock, row: Consultation) -> None:
    actions.ask(cast.boris.actor, row.pk, "Пришлите анализ")
    clock.set(row.starts_at - timedelta(hours=6))
    said(row, "patient", "file")
    assert both(cast, row) == (
        "Консультация сегодня, 14:20 (МСК). Врач ответит до 12:20.",
        "Пациент ждёт ответа до 12:20 (МСК).",
    )


def test_during_the_appointment(cast: Cast, clock: Clock, row: Consultation) -> None:
    clock.set(row.starts_at)
    assert both(cast, row) == (
        "Консультация назначена на 14:20 (МСК). Врач отвечает в течение 15 минут.",
        "Приём до 14:40 (МСК). На всё отвечено.",
    )
    actions.begin(cast.boris.actor, row.pk)
    assert both(cast, row)[0] == "Консультация идёт. Врач отвечает в течение 15 минут."
    said(row, "patient")
    assert both(cast, row) == (
        "Консультация идёт. Врач ответит до 14:35 (МСК).",
        "Пациент ждёт ответа до 14:35 (МСК).",
    )
    said(row, "doctor")
    assert both(cast, row)[0] == "Консультация идёт. Врач отвечает в течение 15 минут."


def test_after_the_appointment(cast: Cast, clock: Clock, row: Consultation) -> None:
    clock.set(row.ends_at + timedelta(minutes=1))
    assert both(cast, row)[0] == (
        "Время приёма вышло сегодня, 14:40 (МСК), врач его не начал. Позвоните в регистратуру."
    )
    actions.begin(cast.boris.actor, row.pk)
    assert both(cast, row) == (
        "Консультация идёт. Время приёма вышло сегодня, 14:40 (МСК): вопрос получит пометку "
        "«после приёма».",
        "Время приёма вышло сегодня, 14:40 (МСК). Дальше всё с пометкой «после приёма».",
    )
    clock.forward(hours=3)
    said(row, "patient")
    assert both(cast, row) == (
        "Консультация идёт. Врач ответит до завтра, 09:41 (МСК).",
        "Пациент ждёт ответа до завтра, 09:41 (МСК).",
    )


def test_late_is_said_and_the_head_only_when_true(
    cast: Cast, clock: Clock, row: Consultation
) -> None:
    clock.set(row.starts_at)
    asked = said(row, "patient")
    clock.forward(minutes=16)
    late = "Врач задерживается с ответом: обещали до 14:35 (МСК)."
    assert both(cast, row) == (late, "Ответ просрочен: обещали до 14:35 (МСК).")
    letter = Notice.objects.create(
        organisation=cast.clinic.pk, key=f"{overdue_key(row.pk, asked.seq)}x", message_id="x",
        to="head@clinic.example", about=row.pk, next_attempt_at=clock.instant,
        queued_at=clock.instant,
    )  # fmt: skip
    assert both(cast, row)[0] == late, "a letter that waits has told nobody"
    Notice.objects.filter(pk=letter.pk).update(state="sent", sent_at=clock.instant)
    assert both(cast, row) == (
        f"{late} Мы сообщили заведующему.",
        "Ответ просрочен: обещали до 14:35 (МСК). Заведующий знает.",
    )


def test_a_closed_chat_has_no_strip(cast: Cast, clock: Clock, row: Consultation) -> None:
    actions.cancel(cast.vera.actor, row.pk, "Врач заболел")
    assert visit(cast.anna).get(f"/my/consultations/{row.pk}/band/").status_code == 204


def test_strangers_get_no_strip(cast: Cast, row: Consultation) -> None:
    assert visit(cast.gleb).get(f"/my/consultations/{row.pk}/band/").status_code == 404
    assert visit(cast.darya).get(f"/desk/consultations/{row.pk}/band/").status_code == 404


def test_a_mother_reads_whose_talk_it_is(cast: Cast, clock: Clock) -> None:
    row = cast.consultation(of=cast.petya)
    assert "Пациент: Иванов П. А." in strip(visit(cast.anna), row)


def test_what_was_written_outside_carries_its_mark(
    cast: Cast, clock: Clock, row: Consultation
) -> None:
    for minutes, side in ((-30, "patient"), (5, "patient"), (6, "doctor"), (21, "doctor")):
        said(row, side, at=row.starts_at + timedelta(minutes=minutes))
    clock.set(row.ends_at + timedelta(minutes=5))
    for who, portal in ((cast.anna, "my"), (cast.boris, "desk")):
        page = visit(who).get(f"/{portal}/consultations/{row.pk}/entries/").content.decode()
        marks = [part.split("</span>")[0] for part in page.split('data-part="mark">')[1:]]
        assert marks == [" · до приёма", "", "", " · после приёма"]
