"""What the patient knows of the wait: the place, what is usual lately, and nothing untrue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from priyom.consultations.models import Consultation
from priyom.intake import actions, queries
from priyom.intake.models import Request
from priyom.intake.pages import Usual
from priyom.intake.queries.waits import ENOUGH, usual
from priyom.intake.rules import RequestData
from priyom.intake.tests.builders import Scene, card, data, patient
from priyom.kernel import clock as clocks
from priyom.kernel.actor import Actor
from priyom.notices.models import Notice
from priyom.testing import builders
from priyom.testing.clock import Clock

pytestmark = pytest.mark.django_db
NBSP = "\u00a0"


def _history(scene: Scene, hours: Sequence[float], *, waits: int = 0) -> None:
    """Let others have asked two days ago and got a time after so many hours; `waits` still do."""
    asked_at = clocks.now() - timedelta(days=2)
    times = builders.slots(
        scene.doctor, len(hours), begins=scene.slots[-1].starts_at + timedelta(days=1)
    )
    who, own = patient(card("Орлова", "Вера"))
    for took, slot in zip(hours, times, strict=True):
        made = actions.ask(who, data(scene.doctor, own))
        actions.take(scene.vera, made.pk)
        booked = actions.book(scene.vera, made.pk, actions.Choice(own.pk, slot.pk, "a@example.ru"))
        Request.objects.filter(pk=made.pk).update(asked_at=asked_at)
        at = asked_at + timedelta(hours=took)
        Consultation.objects.filter(pk=booked.pk).update(booked_at=at)
    for _ in range(waits):
        made = actions.ask(who, data(scene.doctor, own))
        Request.objects.filter(pk=made.pk).update(asked_at=asked_at)


def _words(scene: Scene) -> str:
    page = queries.for_patient(scene.anna, scene.request.pk)
    return " | ".join(f"{mark.title}: {mark.note}" for mark in page.marks)


def test_the_place_counts_who_asked_earlier_in_this_clinic() -> None:
    scene = Scene(times=1)
    assert "вы первые в очереди\nэто ещё не запись" in _words(scene)
    for number in range(2):
        made = actions.ask(*_asks(scene, number))
        earlier = clocks.now() - timedelta(hours=5)
        Request.objects.filter(pk=made.pk).update(asked_at=earlier)
    actions.ask(*_asks(scene, 7))
    foreign = Scene(times=0)
    Request.objects.filter(pk=foreign.request.pk).update(asked_at=clocks.now() - timedelta(days=3))
    assert f"перед вами в очереди 2{NBSP}заявки" in _words(scene)
    urgent = actions.ask(*_asks(scene, 8))
    Request.objects.filter(pk=urgent.pk).update(urgency="urgent")
    assert f"перед вами в очереди 3{NBSP}заявки" in _words(scene), "urgent ones go first"
    (home,) = queries.home(scene.anna)
    assert any("перед вами" in mark.note for mark in home.marks)
    scene.taken()
    assert "Регистратура смотрит заявку: это ещё не запись" in _words(scene)


def _asks(scene: Scene, number: int) -> tuple[Actor, RequestData]:
    who, own = patient(card("Петрова", "Ольга", born=1950 + number))
    return who, data(scene.doctor, own)


def test_of_too_few_nothing_is_said() -> None:
    scene = Scene(times=1)
    _history(scene, [2.0] * (ENOUGH - 1))
    assert usual(scene.now()) is None
    assert "обычно" not in _words(scene)
    assert "не позже:" in _words(scene)


def test_half_and_nine_of_ten() -> None:
    scene = Scene(times=1)
    _history(scene, [*[3.0] * 12, *[10.0] * 7, 40.0])
    assert Usual(9, timedelta(minutes=71), timedelta(hours=5, minutes=1), True).text == (
        f"обычно за 1{NBSP}ч 20{NBSP}мин, в девяти случаях из десяти за 6{NBSP}ч"
    )
    known = usual(scene.now())
    assert known is not None
    assert (known.half, known.most) == (timedelta(hours=3), timedelta(hours=10))
    assert (known.count, known.is_of_speciality) == (20, True)
    assert f"обычно за 3{NBSP}ч, в девяти случаях из десяти за 10{NBSP}ч" in _words(scene)


def test_who_still_waits_is_not_hidden_behind_the_quick() -> None:
    scene = Scene(times=1)
    _history(scene, [1.0] * 20, waits=40)
    known = usual(scene.now())
    assert known is None, "half of them have no time yet: nothing to promise"
    Request.objects.filter(state="new", source="portal").exclude(pk=scene.request.pk).update(
        state="withdrawn"
    )
    known = usual(scene.now())
    assert known is not None
    assert known.half == timedelta(hours=1)


def test_the_whole_clinic_speaks_where_the_speciality_has_too_few() -> None:
    scene = Scene(times=1)
    _history(scene, [2.0] * 20)
    other = builders.doctor(
        ("Ким", "Вера", ""), scene.doctor.organisation, builders.speciality("x", "кардиолог")
    )
    asked = actions.ask(scene.anna, data(other, scene.card))
    known = usual(asked)
    assert known is not None
    assert not known.is_of_speciality


def test_what_was_promised_and_not_kept_is_said(clock: Clock) -> None:
    scene = Scene(times=1)
    _history(scene, [2.0] * 20)
    clock.forward(hours=3)
    assert "ждёт дольше обычного: можно позвонить" in _words(scene)
    clock.set(scene.request.answer_due_at + timedelta(minutes=1))
    assert "Не успели, простите. Можно позвонить" in _words(scene)


@pytest.mark.act("request.reopen")
def test_reopened_the_patient_is_told_and_reads_why() -> None:
    scene = Scene(times=1)
    scene.taken()
    actions.decline(scene.vera, scene.request.pk, "Нужен очный приём")
    actions.reopen(scene.vera, scene.request.pk, "Появилось время")
    assert Notice.objects.filter(key__startswith=f"reopened:{scene.request.pk}").count() == 1
    assert "Заявку вернули в работу: Появилось время" in _words(scene)
    assert "это ещё не запись" in _words(scene)
