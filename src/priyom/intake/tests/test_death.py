"""A noted death: no letter to anybody on the patient's side, and the registry sees what to end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from priyom.consultations.models import Consultation
from priyom.intake import actions, queries
from priyom.intake.jobs import pass_on
from priyom.intake.models import Request
from priyom.intake.tests.builders import Scene, data, doctor_actor
from priyom.intake.tests.waiting import Queue
from priyom.kernel import clock as time
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal
from priyom.notices.models import Notice
from priyom.patients.actions import merge, note_death
from priyom.patients.models import Patient
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db


def _dies(scene: Scene, how: str) -> None:
    """Note the death on the card itself, or on the one that it was merged into."""
    card = scene.card
    if how == "merged":
        name = (card.family, card.given, card.patronymic)
        card = builders.patient(name, card.birth_on, card.sex, scene.doctor.organisation)
        merge(scene.vera, card.id, scene.card.id, set())
    note_death(scene.vera, card.id, time.today())


@pytest.mark.parametrize("how", ["itself", "merged"])
def test_no_letter_goes_to_the_patients_side(how: str, clock: Clock) -> None:
    scene = Scene()
    key = scene.booked()
    Consultation.objects.filter(pk=key).update(booked_at=clock.instant - timedelta(days=3))
    Notice.objects.all().delete()
    _dies(scene, how)
    assert actions.remind() == 0
    actions.reschedule(scene.vera, key, scene.slots[1].pk)
    actions.cancel(scene.vera, key, "Отмечена смерть")
    assert {notice.to for notice in Notice.objects.all()} == {scene.doctor.email}
    scene.taken()
    actions.decline(scene.vera, scene.request.pk, "Отмечена смерть")
    assert not Notice.objects.filter(key__startswith="declined").exists()


def test_nothing_new_is_booked_for_the_dead() -> None:
    scene = Scene()
    scene.taken()
    note_death(scene.vera, scene.card.id, time.today())
    with pytest.raises(Refusal, match="дата смерти"):
        actions.book(scene.vera, scene.request.pk, actions.Choice(scene.card.pk, scene.slots[0].pk))
    assert not Consultation.objects.exists()


def test_no_time_is_kept_for_the_dead() -> None:
    queue = Queue()
    first = queue.propose(0)
    dead = Request.objects.get(pk=queue.requests[1]).patient_id
    assert dead is not None
    note_death(queue.vera, dead, time.today())
    page = queries.waiting_page(queue.vera)
    assert queue.requests[1] not in {
        one.request for opening in page.openings for one in opening.best
    }
    with pytest.raises(Refusal, match="дата смерти"):
        queue.propose(1, 1)
    queue.run_out(first)
    pass_on(0)
    following = queue.open()
    assert following is not None
    assert following.request_id == queue.requests[2], "it goes past who died"


def test_nobody_asks_for_the_dead() -> None:
    scene = Scene()
    note_death(scene.vera, scene.card.id, time.today())
    form, doctor = data(scene.doctor, scene.card), doctor_actor(scene.doctor)
    acts: tuple[Callable[[], object], ...] = (
        lambda: actions.ask(scene.anna, form),
        lambda: actions.enter(scene.vera, form),
        lambda: actions.order(doctor, form, has_consent=True),
    )
    for act in acts:
        with pytest.raises(Refusal, match="дата смерти"):
            act()
    assert scene.card.consents.count() == 0


def test_the_page_of_an_order_says_so(cast: Cast) -> None:
    note_death(cast.vera.actor, cast.anna.card.id, time.today())
    sent = {
        "whom": f"s:{cast.boris.doctor.speciality_id}", "complaint": "Кашель", "send": "1",
        "phone": "9215551020", "has_consent": "on", "client_key": str(uuid7()),
    }  # fmt: skip
    said = visit(cast.boris).post(f"/desk/patients/{cast.anna.card.id}/order/", sent)
    assert said.status_code < 500
    assert "дата смерти" in said.content.decode()


def test_the_registry_sees_what_is_to_be_cancelled(cast: Cast) -> None:
    talk, vera = cast.consultation(), visit(cast.vera)
    assert (
        "Назначенных консультаций умерших нет"
        in vera.get("/desk/booked/?only=dead").content.decode()
    )
    note_death(cast.vera.actor, cast.anna.card.id, time.today())
    for page in ("/desk/booked/", "/desk/booked/?only=dead"):
        shown = vera.get(page).content.decode()
        assert "отмечена смерть" in shown
        assert talk.number in shown
    assert "В карте отмечена смерть" in vera.get(f"/desk/booked/{talk.pk}/").content.decode()
    card = vera.get(f"/desk/patients/{cast.anna.card.id}/").content.decode()
    assert "/desk/booked/?only=dead" in card
    Patient.objects.filter(id=cast.anna.card.id).update(died_on=None)
    assert talk.number not in vera.get("/desk/booked/?only=dead").content.decode()
