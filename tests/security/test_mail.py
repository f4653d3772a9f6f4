"""Words of an illness go through the whole house, and never into a letter or a log
(reliability 3: abuses 20 and 30; promise P16)."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from priyom.clinics.models import Speciality
from priyom.consultations.models import Consultation
from priyom.intake.models import Request
from priyom.notices import actions as notices
from priyom.notices.models import Notice
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit
from tests.security.scene import photo

CANARIES = (
    "канарейкажалоба",
    "канарейкаслова",
    "канарейкафайл",
    "канарейкадиагноз",
    "канарейкасовет",
    "канарейкология",
)
"""In the complaint, a message, a file's name, the conclusion twice, the doctor's speciality."""
COMPLAINT, WORDS, FILE, ANAMNESIS, ADVICE, SPECIALITY = CANARIES


class House:
    """Everybody's browser; each step is a form that a person sends."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.people: dict[str, Client] = {}
        self.sign_in()

    def sign_in(self) -> None:
        """Let everybody in again, as on another day."""
        for name in ("anna", "boris", "vera", "inna", "gleb"):
            self.people[name] = visit(getattr(self.cast, name))

    def post(self, name: str, path: str, **fields: Any) -> Any:
        """Send a form; it must not fail."""
        answer = self.people[name].post(path, fields)
        assert "/sign-in/" not in answer.headers.get("Location", ""), path
        assert answer.status_code < 400, (path, answer.status_code, answer.content.decode()[-900:])
        return answer


def _book(house: House) -> Consultation:
    """Анна asks, Вера takes and books: the letters of the booking go out."""
    cast = house.cast
    asked = builders.request(
        cast.anna.card,
        cast.clinic,
        asked_by=cast.anna.account.pk,
        complaint=f"У меня {COMPLAINT}",
        speciality=cast.boris.doctor.speciality,
    )
    house.post("anna", f"/my/requests/{asked.pk}/add/", text=f"и ещё {COMPLAINT}")
    house.post("vera", f"/desk/requests/{asked.pk}/take/")
    slot = builders.slots(cast.boris.doctor, 3)[0]
    house.post(
        "vera",
        f"/desk/requests/{asked.pk}/book/",
        patient=str(cast.anna.card.pk),
        slot=str(slot.pk),
        email="anna@mail.example",
    )
    booked = Request.objects.get(pk=asked.pk).consultation
    assert booked is not None
    return booked


def _talk(house: House, row: Consultation) -> None:
    my, desk = f"/my/consultations/{row.pk}/", f"/desk/consultations/{row.pk}/"
    house.post("anna", f"{my}consent/")
    house.post("anna", f"{my}say/", text=f"Думаю, {WORDS}")
    sent = SimpleUploadedFile(f"{FILE}.jpg", photo(), "image/jpeg")
    house.post("anna", f"{my}say/", text=WORDS, file=sent)
    house.post("boris", f"{desk}begin/")
    house.post("boris", f"{desk}ask/", reason=f"Пришлите {WORDS}")
    house.post("boris", f"{desk}say/", text=f"Вижу {WORDS}")


def _conclude(house: House, row: Consultation) -> None:
    desk = f"/desk/consultations/{row.pk}/conclusion/"
    house.post(
        "boris",
        f"{desk}form/",
        revision="0",
        complaints=COMPLAINT,
        anamnesis=ANAMNESIS,
        diagnosis="J06.9 ОРВИ",
        recommendations=ADVICE,
    )
    page = house.people["boris"].get(f"{desk}review/").content.decode()
    assert ADVICE in page
    pdf = page.split('name="pdf" value="')[1].split('"')[0]
    house.post("boris", f"{desk}sign/", pdf=pdf)
    house.post("boris", f"{desk}amend/", reason=f"Забыл {ADVICE}")
    house.post("inna", f"{desk}withdraw/", reason=f"Чужой {ANAMNESIS}")


def _refused(house: House, row: Consultation) -> None:
    """What goes wrong is logged, too."""
    house.people["gleb"].post(f"/my/consultations/{row.pk}/say/", {"text": WORDS})
    house.people["anna"].post(f"/my/consultations/{row.pk}/say/", {"text": f"поздно {WORDS}"})
    house.people["nobody"] = Client()
    house.people["nobody"].get(f"/check/{COMPLAINT}/")


def _name_speciality(cast: Cast) -> None:
    Speciality.objects.filter(pk=cast.boris.doctor.speciality_id).update(
        code="7", name=SPECIALITY, doctor=f"{SPECIALITY}-врач", to_doctor=f"{SPECIALITY}-врачу"
    )
    cast.boris.doctor.refresh_from_db()


def _letters() -> list[str]:
    """Let the worker's act send everything; return the letters as they leave the house."""
    for key in Notice.objects.filter(state="queued").values_list("pk", flat=True):
        assert notices.deliver(key)
    return [letter.message().as_string() + str(letter.body) for letter in mail.outbox]


def test_no_medical_word_leaves_by_letter_or_log(
    cast: Cast,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    settings: Any,
) -> None:
    settings.DEMO = True
    caplog.set_level(logging.DEBUG)
    for noise in ("django.db.backends", "PIL", "fontTools"):
        caplog.set_level(logging.INFO, noise)
    _name_speciality(cast)
    house = House(cast)
    row = _book(house)
    clock.set(row.starts_at)
    house.sign_in()
    _talk(house, row)
    _conclude(house, row)
    _refused(house, row)
    letters = _letters()
    assert len(letters) >= 4
    kept = [
        f"{one.subject}{one.text}{one.html}{one.calendar}{one.key}" for one in Notice.objects.all()
    ]
    for text in letters + kept:
        assert [word for word in CANARIES if word in text.lower()] == []
        for name in ("Иванова", "Климов", "терап"):
            assert name not in text
    for record in caplog.records:
        line = f"{record.getMessage()} {record.exc_text or ''}"
        if "/check/" in line:  # a made-up code in an address: not a word of the house
            continue
        assert [word for word in CANARIES if word in line.lower()] == [], record.name
        assert str(cast.anna.card.snils) not in line
        assert "Иванова" not in line
