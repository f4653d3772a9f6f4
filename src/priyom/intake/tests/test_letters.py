"""No letter of this room says anything medical, whatever the act."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from priyom.consultations.models import Consultation
from priyom.intake import actions
from priyom.intake.tests.builders import COMPLAINT, Scene, doctor_actor
from priyom.notices.models import Notice
from priyom.testing.clock import Clock

pytestmark = pytest.mark.django_db

MEDICAL = re.compile(
    r"терап|кардио|педиатр|невро|гинек|температур|кашель|жалоб|диагноз|болезн|заболел|лечен|"
    r"врачу-|симптом|анализ|рецепт|осмотр",
    re.IGNORECASE,
)


def _everything(scene: Scene, clock: Clock) -> None:
    """Let every act happen that tells somebody something."""
    key = scene.booked()
    Consultation.objects.filter(pk=key).update(booked_at=clock.instant - timedelta(days=3))
    actions.remind()
    actions.reschedule(scene.vera, key, scene.slots[1].pk)
    actions.return_(doctor_actor(scene.doctor), key, "Нужен осмотр кардиолога")
    actions.cancel(scene.vera, scene.booked(), "Врач заболел")
    actions.cancel_by_patient(scene.anna, scene.booked(), "Температура прошла")


def test_no_letter_holds_a_medical_word(clock: Clock) -> None:
    scene = Scene()
    _everything(scene, clock)
    other = Scene()
    other.taken()
    actions.decline(other.vera, other.request.pk, "Нужен осмотр терапевта")
    notices = list(Notice.objects.all())
    assert {notice.key.split(":")[0] for notice in notices} == {
        "booked", "soon", "moved", "cancelled", "declined",
    }  # fmt: skip
    for notice in notices:
        for part in (notice.subject, notice.text, notice.html, notice.calendar):
            assert not MEDICAL.search(part), (notice.key, MEDICAL.search(part))
            assert COMPLAINT not in part
            assert scene.card.family not in part
            assert scene.card.given not in part
            assert scene.doctor.family not in part


def test_a_letter_says_when_and_where_to_go() -> None:
    scene = Scene()
    key = scene.booked()
    letter = Notice.objects.get(key=f"booked:{key}:patient")
    for part in (letter.text, letter.html):
        assert "(МСК)" in part
        assert f"/my/consultations/{key}/" in part
        assert "Поликлиника" in part
    assert "METHOD:REQUEST" in letter.calendar


def test_a_family_name_injects_no_header() -> None:
    scene = Scene()
    scene.doctor.organisation.short_name = "Поликлиника\r\nBcc: a@b.ru"
    scene.doctor.organisation.save()
    scene.booked()
    assert all("\n" not in notice.subject for notice in Notice.objects.all())
