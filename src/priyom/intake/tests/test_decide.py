"""How a request ends without a consultation, and how it comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from priyom.intake import actions
from priyom.intake.models import Interval, Request
from priyom.intake.rules import RequestState
from priyom.intake.tests.builders import Scene, card, data, patient, working_day_after
from priyom.kernel import clock
from priyom.kernel.refusal import Refusal
from priyom.notices.models import Notice
from priyom.testing.clock import Clock

pytestmark = pytest.mark.django_db


@pytest.mark.act("request.decline")
def test_a_refusal_needs_a_reason_that_the_patient_sees() -> None:
    scene = Scene()
    scene.taken()
    with pytest.raises(Refusal, match=r"request\.reason"):
        actions.decline(scene.vera, scene.request.pk, "  ")
    request = actions.decline(scene.vera, scene.request.pk, "Нужен очный осмотр")
    assert (request.state, request.reason) == (RequestState.DECLINED, "Нужен очный осмотр")
    assert "осмотр" not in Notice.objects.get().text
    with pytest.raises(Refusal, match="wrong_state"):
        actions.decline(scene.vera, scene.request.pk, "Ещё раз")


def test_only_the_holder_refuses() -> None:
    scene = Scene()
    with pytest.raises(Refusal, match="wrong_state"):
        actions.decline(scene.vera, scene.request.pk, "Не взята")
    scene.taken()
    with pytest.raises(Refusal, match=r"request\.busy"):
        actions.decline(scene.colleague(), scene.request.pk, "Чужая")
    for stranger in [*scene.strangers(), scene.anna]:
        with pytest.raises(Refusal, match="missing"):
            actions.decline(stranger, scene.request.pk, "Чужая")


@pytest.mark.act("request.withdraw")
@pytest.mark.parametrize("is_taken", [False, True])
def test_the_patient_withdraws(is_taken: bool) -> None:
    scene = Scene()
    if is_taken:
        scene.taken()
    request = actions.withdraw(scene.anna, scene.request.pk, "Стало лучше")
    assert (request.state, request.taken_by) == (RequestState.WITHDRAWN, None)
    with pytest.raises(Refusal, match="wrong_state"):
        actions.withdraw(scene.anna, scene.request.pk, "Стало лучше")


def test_nobody_else_withdraws() -> None:
    scene = Scene()
    for stranger in [*scene.strangers(), scene.vera]:
        with pytest.raises(Refusal, match="missing"):
            actions.withdraw(stranger, scene.request.pk, "Чужая")


@pytest.mark.act("request.mark_duplicate")
def test_a_repeat_names_the_first() -> None:
    scene = Scene()
    again = actions.ask(scene.anna, data(scene.doctor, scene.card))
    actions.take(scene.vera, again.pk)
    actions.mark_duplicate(scene.vera, again.pk, scene.request.number)
    kept = Request.objects.get(pk=again.pk)
    assert (kept.state, kept.duplicate_of_id) == (RequestState.DUPLICATE, scene.request.pk)


def test_a_repeat_of_nothing_or_of_another_person_is_refused() -> None:
    scene = Scene()
    gleb, his = patient(card("Петров", "Глеб"))
    his.phone = ""
    other = actions.ask(gleb, data(scene.doctor, his, phone="921 000-00-00"))
    scene.taken()
    for number in ("", "нет", scene.request.number, other.number):
        with pytest.raises(Refusal, match=r"request\.of"):
            actions.mark_duplicate(scene.vera, scene.request.pk, number)
    assert scene.now().state == RequestState.TAKEN


@pytest.mark.act("request.reopen")
def test_an_ended_request_comes_back_with_a_new_term(clock: Clock) -> None:
    scene = Scene()
    actions.withdraw(scene.anna, scene.request.pk, "Стало лучше")
    clock.forward(days=3)
    with pytest.raises(Refusal, match=r"request\.reason"):
        actions.reopen(scene.vera, scene.request.pk, "")
    request = actions.reopen(scene.colleague(), scene.request.pk, "Пациентка передумала")
    assert request.state == RequestState.NEW
    assert request.answer_due_at == working_day_after(clock.instant)
    with pytest.raises(Refusal, match="wrong_state"):
        actions.reopen(scene.vera, scene.request.pk, "Ещё раз")
    for stranger in [*scene.strangers(), scene.anna]:
        with pytest.raises(Refusal, match="missing"):
            actions.reopen(stranger, scene.request.pk, "Чужая")


@pytest.mark.act("request.expire")
def test_a_request_ends_when_its_last_wished_day_is_over() -> None:
    scene = Scene()
    untouched = actions.ask(scene.anna, data(scene.doctor, scene.card))
    long_ago = clock.now() - timedelta(days=2)
    Interval.objects.filter(request=scene.request).update(
        starts_at=long_ago, ends_at=long_ago + timedelta(hours=1)
    )
    assert actions.expire() == 1
    assert actions.expire() == 0
    assert scene.now().state == RequestState.EXPIRED
    assert Request.objects.get(pk=untouched.pk).state == RequestState.NEW
    assert Notice.objects.get().about == scene.request.pk


def test_a_request_in_work_does_not_expire() -> None:
    scene = Scene()
    scene.taken()
    long_ago = clock.now() - timedelta(days=2)
    Interval.objects.update(starts_at=long_ago, ends_at=long_ago + timedelta(hours=1))
    assert actions.expire() == 0
