"""An address is asked about as it is typed, and confirmed by whoever reads it."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from priyom.intake import actions
from priyom.intake.models import Request, Step
from priyom.intake.tests.stage import Stage, taken
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal
from priyom.notices.models import Notice
from priyom.patients.models import Patient
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db
NEW = "anna.new@mail.ru"


@pytest.fixture
def stage() -> Stage:
    return Stage()


def _sent(stage: Stage, email: str = NEW) -> dict[str, str]:
    return {"email": email, "patient": str(stage.cast.anna.card.pk)}


def _link() -> str:
    """Return the path of the link in the letter."""
    text = Notice.objects.get(to=NEW).text
    found = re.search(r"https?://\S+/my/address/\S+", text)
    assert found is not None, text
    return urlsplit(found[0]).path


def test_a_slip_of_the_domain_is_asked_about_in_place(stage: Stage) -> None:
    vera = taken(stage)
    part = vera.get(stage.url("address/"), _sent(stage, "anna@gmial.com")).content.decode()
    assert "Может быть, <b>anna@gmail.com</b>?" in part
    assert "<html" not in part
    assert "Может быть" not in vera.get(stage.url("address/"), _sent(stage)).content.decode()


@pytest.mark.act("request.ask_address")
def test_the_link_confirms_the_address_on_the_card(stage: Stage) -> None:
    vera = taken(stage)
    asked = {"HX-Request": "true"}
    part = vera.post(stage.url("address/"), _sent(stage), headers=asked).content.decode()
    assert "ждём нажатия" in part
    vera.post(stage.url("address/"), _sent(stage), headers=asked)
    assert Notice.objects.filter(to=NEW).count() == 1
    assert Step.objects.filter(kind="address").exists()
    page = Client().get(_link()).content.decode()
    assert "Это ваш адрес?" in page
    assert NEW not in page
    assert "Иванова" not in page
    assert Patient.objects.get(pk=stage.cast.anna.card.pk).email != NEW
    for _ in range(2):
        assert "адрес подтверждён" in Client().post(_link()).content.decode()
    card = Patient.objects.get(pk=stage.cast.anna.card.pk)
    assert (card.email, card.email_confirmed_at is not None) == (NEW, True)
    part = vera.get(stage.url("address/"), _sent(stage)).content.decode()
    assert "подтверждена" in part
    assert "every 5s" not in part


def test_the_letter_says_nothing_but_whose_address(stage: Stage) -> None:
    taken(stage).post(stage.url("address/"), _sent(stage))
    letter = Notice.objects.get(to=NEW)
    for word in ("Иванова", "Третий день", "терапевт", stage.request.number):
        assert word not in letter.text + letter.html + letter.subject


def test_an_old_or_foreign_link_confirms_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(stage).post(stage.url("address/"), _sent(stage))
    link = _link()
    assert Client().get("/my/address/nonsense/").status_code == 404
    assert Client().get(link[:-3] + "xx/").status_code == 404
    Request.objects.filter(pk=stage.request.pk).update(email="other@mail.ru")
    assert Client().post(link).status_code == 404
    Request.objects.filter(pk=stage.request.pk).update(email=NEW)
    monkeypatch.setattr("priyom.intake.actions.addresses.VALID_FOR", timedelta(seconds=-1))
    assert Client().post(link).status_code == 404
    assert Patient.objects.get(pk=stage.cast.anna.card.pk).email != NEW


def test_only_who_has_the_request_sends_a_link(stage: Stage) -> None:
    vera = taken(stage)
    card = stage.cast.anna.card.pk
    assert visit(stage.cast.nina).post(stage.url("address/"), _sent(stage)).status_code == 404
    with pytest.raises(Refusal, match=r"request\.busy"):
        actions.ask_address(stage.cast.zoya.actor, stage.request.pk, card, NEW)
    with pytest.raises(Refusal, match="missing"):
        actions.ask_address(stage.cast.vera.actor, stage.request.pk, uuid7(), NEW)
    wrong = vera.post(stage.url("address/"), _sent(stage, "anna@"), headers={"HX-Request": "true"})
    assert wrong.status_code == 400
    assert "Проверьте адрес почты" in wrong.content.decode()
    assert not Notice.objects.filter(to__startswith="anna").exists()
