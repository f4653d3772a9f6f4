"""A patient says yes on the spot by a code from a letter: once, soon, to this doctor."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from priyom.consultations.models import Consent
from priyom.files.actions import receive
from priyom.intake import actions
from priyom.intake.models import ConsentCode, Request
from priyom.intake.tests.stage import Stage, form
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal
from priyom.notices.models import Notice
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db
MAIL = "anna@example.ru"


@pytest.fixture
def stage() -> Stage:
    return Stage()


def _code() -> str:
    """Return the newest code, as the patient reads it."""
    letter = Notice.objects.filter(key__startswith="code:").order_by("-queued_at", "-pk").first()
    assert letter is not None
    found = re.search(r"Код: (\d{6})", letter.text)
    assert found is not None
    assert found[1] not in letter.subject
    return found[1]


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def _order(stage: Stage, code: str, *, by: str = "boris") -> Request:
    doctor = getattr(stage.cast, by).actor
    return actions.order(doctor, stage.data(stage.cast.anna.card), code=code)


def test_the_code_is_the_consent(stage: Stage) -> None:
    actions.send_code(stage.cast.boris.actor, stage.cast.anna.card.pk, MAIL)
    code = _code()
    assert code not in ConsentCode.objects.get().digest
    _order(stage, code)
    given = Consent.objects.get(patient=stage.cast.anna.card)
    assert (given.method, given.get_method_display()) == ("code", "кодом из письма, у врача")
    with pytest.raises(Refusal, match=r"request\.code"):
        _order(stage, code)


def test_a_wrong_code_is_no_consent_and_five_are_the_end(stage: Stage) -> None:
    actions.send_code(stage.cast.boris.actor, stage.cast.anna.card.pk, MAIL)
    code = _code()
    for _ in range(5):
        with pytest.raises(Refusal, match=r"request\.code"):
            _order(stage, _wrong(code))
    with pytest.raises(Refusal, match=r"request\.code"):
        _order(stage, code)
    assert not Consent.objects.exists()
    assert not Request.objects.filter(source="doctor").exists()


def test_an_old_a_replaced_and_a_colleagues_code_are_none(stage: Stage, clock: Clock) -> None:
    boris, card = stage.cast.boris.actor, stage.cast.anna.card.pk
    actions.send_code(boris, card, MAIL)
    first = _code()
    with pytest.raises(Refusal, match="too_soon"):
        actions.send_code(boris, card, MAIL)
    with pytest.raises(Refusal, match=r"request\.code"):
        _order(stage, first, by="darya")
    clock.forward(minutes=2)
    actions.send_code(boris, card, MAIL)
    second = _code()
    if first != second:
        with pytest.raises(Refusal, match=r"request\.code"):
            _order(stage, first)
    clock.forward(minutes=16)
    with pytest.raises(Refusal, match=r"request\.code"):
        _order(stage, second)
    assert not Consent.objects.exists()


def test_only_doctors_send_codes_to_an_address(stage: Stage) -> None:
    card = stage.cast.anna.card.pk
    for person in (stage.cast.vera, stage.cast.inna, stage.cast.anna):
        with pytest.raises(Refusal, match="missing"):
            actions.send_code(person.actor, card, MAIL)
    with pytest.raises(Refusal, match="missing"):
        actions.send_code(stage.cast.boris.actor, uuid7(), MAIL)
    with pytest.raises(Refusal, match=r"request\.email"):
        actions.send_code(stage.cast.boris.actor, card, "anna@")
    assert not Notice.objects.filter(key__startswith="code:").exists()


def test_the_page_sends_the_code_and_keeps_what_was_typed(stage: Stage) -> None:
    boris = visit(stage.cast.boris)
    address = f"/desk/patients/{stage.cast.anna.card.pk}/order/"
    typed = form(stage, whom=f"d:{stage.cast.boris.doctor.pk}", times=[], complaint="Контроль")
    page = boris.post(address, typed | {"send_code": "1"}).content.decode()
    assert "Контроль" in page
    assert "Код отправлен" in page
    refused = boris.post(address, typed | {"send": "1"})
    assert "впишите код или снимите лист" in refused.content.decode()
    done = boris.post(address, typed | {"send": "1", "code": f" {_code()} "})
    assert done.status_code == 302
    assert Consent.objects.get().method == "code"
    assert Request.objects.filter(source="doctor", complaint="Контроль").exists()


def test_the_letter_names_nobody_and_no_illness(stage: Stage) -> None:
    actions.send_code(stage.cast.boris.actor, stage.cast.anna.card.pk, MAIL)
    letter = Notice.objects.get(key__startswith="code:")
    for word in ("Иванова", "Третий день", "терапевт"):
        assert word not in letter.text + letter.html
    assert ConsentCode.objects.get().expires_at > letter.queued_at + timedelta(minutes=14)


def _sheet(colour: str = "teal") -> SimpleUploadedFile:
    """Return a photograph of a signed sheet."""
    out = io.BytesIO()
    Image.new("RGB", (800, 600), colour).save(out, "JPEG")
    return SimpleUploadedFile("согласие.jpg", out.getvalue(), "image/jpeg")


def test_a_photographed_sheet_is_the_consent_and_is_kept(stage: Stage) -> None:
    boris, card = visit(stage.cast.boris), stage.cast.anna.card
    address = f"/desk/patients/{card.pk}/order/"
    typed = form(stage, whom=f"d:{stage.cast.boris.doctor.pk}", times=[], send="1")
    wrong = boris.post(address, typed | {"scan": SimpleUploadedFile("a.exe", b"MZ" * 200)})
    assert "Такой файл отправить нельзя" in wrong.content.decode()
    empty = boris.post(address, typed | {"scan": SimpleUploadedFile("a.jpg", b"")})
    assert empty.status_code == 400
    assert boris.post(address, typed | {"scan": _sheet()}).status_code == 302
    given = Consent.objects.get()
    assert (given.method, given.scan_id is not None) == ("paper", True)
    page = visit(stage.cast.anna).get("/my/consents/").content.decode()
    assert f"/my/consents/{given.pk}/scan/" in page


def test_only_whom_the_sheet_concerns_open_it(stage: Stage) -> None:
    blob, _ = receive(io.BytesIO(_sheet("navy").read()), "лист.jpg")
    actions.order(stage.cast.boris.actor, stage.data(stage.cast.anna.card), scan=blob)
    given = Consent.objects.get()
    for person in (stage.cast.boris, stage.cast.vera, stage.cast.inna):
        answer = visit(person).get(f"/desk/consents/{given.pk}/scan/")
        assert answer.status_code == 302, person
        assert "/f/" in answer["Location"] or "://" in answer["Location"]
    assert visit(stage.cast.anna).get(f"/my/consents/{given.pk}/scan/").status_code == 302
    for person in (stage.cast.darya, stage.cast.nina):
        assert visit(person).get(f"/desk/consents/{given.pk}/scan/").status_code == 404, person
    assert visit(stage.cast.gleb).get(f"/my/consents/{given.pk}/scan/").status_code == 404
    Consent.objects.update(scan=None)
    assert visit(stage.cast.vera).get(f"/desk/consents/{given.pk}/scan/").status_code == 404
