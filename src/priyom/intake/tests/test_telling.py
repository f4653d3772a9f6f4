"""Who has no e-mail goes on and is told by phone: the list of calls and what comes of each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from priyom.intake import actions, queries
from priyom.intake.choices import TellingAct, TellingState
from priyom.intake.models import Request, Telling
from priyom.intake.tests.builders import Scene, doctor_actor
from priyom.intake.tests.stage import Stage
from priyom.kernel import clock as clocks
from priyom.kernel import words
from priyom.kernel.refusal import Refusal
from priyom.patients.models import Patient
from priyom.schedule.tests.builders import doctor_with_times, registrar_of
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db


class Quiet(Scene):
    """Анна has no e-mail."""

    def __init__(self, times: int = 3) -> None:
        super().__init__(times)
        Request.objects.filter(pk=self.request.pk).update(email="")

    def called(self) -> Telling:
        """Let Vera book without an address; return what there is to tell."""
        self.taken()
        actions.book(self.vera, self.request.pk, actions.Choice(self.card.pk, self.slots[0].pk))
        return Telling.objects.get(request=self.request, state=TellingState.WAITING)

    def waiting(self) -> list[str]:
        """Return what there is to tell now."""
        rows = Telling.objects.filter(request=self.request, state=TellingState.WAITING)
        return list(rows.values_list("news", flat=True))


@pytest.mark.act("telling.tell")
def test_booked_without_an_address_it_is_to_be_told_by_phone() -> None:
    scene = Quiet()
    made = scene.called()
    (row,) = queries.tellings(scene.vera)
    assert (row.id, row.news, row.name) == (made.pk, "booked", "Иванова Анна Сергеевна")
    assert row.phone_text == "+7 921 555-10-20"
    actions.call(scene.vera, made.pk, TellingAct.TELL)
    assert queries.tellings(scene.vera) == ()
    assert scene.now().steps.filter(kind="called").count() == 1
    with pytest.raises(Refusal, match="wrong_state"):
        actions.call(scene.vera, made.pk, TellingAct.TELL)


@pytest.mark.act("telling.miss")
@pytest.mark.act("telling.call_back")
def test_not_reached_or_later_it_stays_on_the_list() -> None:
    scene = Quiet()
    made = scene.called()
    actions.call(scene.vera, made.pk, TellingAct.MISS)
    at = clocks.now() + timedelta(hours=2)
    for wrong in (None, clocks.now() - timedelta(hours=1)):
        with pytest.raises(Refusal, match=r"telling\.call_back"):
            actions.call(scene.vera, made.pk, TellingAct.CALL_BACK, wrong)
    actions.call(scene.vera, made.pk, TellingAct.CALL_BACK, at)
    (row,) = queries.tellings(scene.vera)
    assert (row.attempts, row.call_back_at, row.is_later) == (2, at, True)
    timeline = [mark.title for mark in queries.for_patient(scene.anna, scene.request.pk).marks]
    assert "Звонили вам и не дозвонились" in timeline


@pytest.mark.act("telling.drop")
def test_newer_news_replace_what_was_not_told_yet() -> None:
    scene = Quiet()
    key = scene.called().consultation_id
    assert key is not None
    actions.reschedule(scene.vera, key, scene.slots[1].pk)
    assert scene.waiting() == ["moved"]
    actions.return_(doctor_actor(scene.doctor), key, "Нужен другой специалист")
    assert scene.waiting() == ["cancelled"]
    (row,) = queries.tellings(scene.vera)
    assert row.reason == "Нужен другой специалист"
    scene.taken()
    actions.decline(scene.vera, scene.request.pk, "Приходите на приём")
    assert scene.waiting() == ["declined"]
    actions.reopen(scene.vera, scene.request.pk, "Появилось время")
    assert scene.waiting() == ["reopened"]
    actions.withdraw(scene.anna, scene.request.pk, "Стало лучше")
    assert scene.waiting() == []


def test_what_the_patient_did_itself_it_knows() -> None:
    scene = Quiet()
    key = scene.called().consultation_id
    assert key is not None
    actions.move_by_patient(scene.anna, key, scene.slots[1].pk)
    assert scene.waiting() == []
    actions.cancel_by_patient(scene.anna, key, "Не смогу")
    assert scene.waiting() == []


def test_who_has_an_address_needs_no_call() -> None:
    scene = Scene()
    scene.booked()
    assert not Telling.objects.exists()


def test_nobody_calls_about_the_dead() -> None:
    scene = Quiet()
    Patient.objects.filter(pk=scene.card.pk).update(died_on=clocks.today())
    scene.taken()
    actions.decline(scene.vera, scene.request.pk, "Пациент умер")
    assert scene.waiting() == []


def test_an_absences_calls_are_worked_through() -> None:
    scene = Quiet(times=1)
    _, others = doctor_with_times(4, beside=scene.doctor, begins_in=timedelta(hours=44))
    first = scene.called()
    on = words.moscow(scene.slots[0].starts_at).date()
    away = actions.Away(scene.doctor.pk, on, on, "Врача не будет")
    absence = actions.prepare_absence(scene.vera, away)
    assert actions.tell_absence(scene.vera, absence.pk) == 1
    assert Telling.objects.get(pk=first.pk).state == TellingState.DROPPED
    (row,) = queries.absence(scene.vera, absence.pk).to_call
    assert row.telling is not None
    assert queries.tellings(scene.vera)[0].url == f"/desk/absences/{absence.pk}/"
    actions.call(scene.vera, row.telling.id, TellingAct.MISS)
    (row,) = queries.absence(scene.vera, absence.pk).to_call
    assert row.telling is not None
    assert row.telling.attempts == 1
    actions.choose_time(scene.vera, row.id, others[0].pk)
    assert scene.waiting() == [], "it was chosen on the phone"


def test_the_clock_keeps_the_calls_true(clock: Clock) -> None:
    silent, handed = Quiet(times=1), Quiet(times=1)
    for scene in (silent, handed):
        scene.called()
        on = words.moscow(scene.slots[0].starts_at).date()
        away = actions.Away(scene.doctor.pk, on, on, "Врача не будет")
        actions.tell_absence(scene.vera, actions.prepare_absence(scene.vera, away).pk)
        assert scene.waiting() == ["displaced"]
    colleague, _ = doctor_with_times(0, beside=handed.doctor)
    key = handed.now().consultation_id
    assert key is not None
    actions.hand_over(doctor_actor(handed.doctor), key, colleague.pk, "Болею")
    clock.set(silent.slots[0].starts_at + timedelta(minutes=1))
    actions.settle_transfers()
    assert silent.waiting() == ["cancelled"], "back in the journal, and to be told so"
    assert handed.waiting() == [], "a colleague receives at the same time"


def test_strangers_call_nobody() -> None:
    scene = Quiet()
    made = scene.called()
    gleb, nina, foreign, own_doctor = scene.strangers()
    for who in (gleb, nina, foreign, own_doctor, scene.anna):
        with pytest.raises(Refusal, match="missing"):
            actions.call(who, made.pk, TellingAct.TELL)
    with pytest.raises(Refusal, match="missing"):
        actions.call(scene.vera, made.pk, TellingAct.DROP)
    for who in (gleb, foreign, own_doctor):
        with pytest.raises(Refusal, match="missing"):
            queries.tellings(who)
    other, _ = doctor_with_times(0)
    assert queries.tellings(registrar_of(other)) == ()


def _booked(stage: Stage) -> tuple[Client, str]:
    vera = visit(stage.cast.vera)
    actions.take(stage.cast.vera.actor, stage.request.pk)
    choice = actions.Choice(stage.cast.anna.card.pk, stage.slots[0].pk)
    return vera, str(actions.book(stage.cast.vera.actor, stage.request.pk, choice).pk)


def test_the_desk_shows_whom_to_call_and_takes_what_came_of_it() -> None:
    stage = Stage()
    vera, key = _booked(stage)
    page = vera.get("/desk/tellings/").content.decode()
    assert "Оповестить по телефону" in page
    assert "назначено время" in page
    booked = vera.get(f"/desk/booked/{key}/").content.decode()
    assert 'data-act="telling.tell"' in booked
    row = Telling.objects.get()
    url = f"/desk/tellings/{row.pk}/"
    later = vera.post(url, {"outcome": "call_back", "call_back": ""}, follow=True)
    assert "Впишите, когда перезвонить" in later.content.decode()
    assert vera.post(url, {"outcome": "odd"}).status_code == 404
    back = vera.post(url, {"outcome": "miss", "booked": key})
    assert back.headers["Location"] == f"/desk/booked/{key}/"
    done = vera.post(url, {"outcome": "tell"}, follow=True).content.decode()
    assert "Звонить некому" in done
    assert visit(stage.cast.boris).get("/desk/tellings/").status_code == 404
