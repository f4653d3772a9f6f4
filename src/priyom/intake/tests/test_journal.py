"""The journal: one registrar has a request, lets it go, calls, is silent too long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from priyom.intake import actions
from priyom.intake.models import Request, Step
from priyom.intake.rules import Contact, RequestState
from priyom.intake.tests.builders import Scene, data
from priyom.kernel import clock
from priyom.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db


def _let_run_out(scene: Scene) -> None:
    """Move the end of the registrar's time into the past: the database's clock decides it."""
    Request.objects.filter(pk=scene.request.pk).update(
        taken_until=clock.now() - timedelta(minutes=1)
    )


@pytest.mark.act("request.take")
def test_a_registrar_takes_and_the_next_hears_who_has_it() -> None:
    scene = Scene()
    request = scene.taken()
    assert (request.state, request.taken_by) == (RequestState.TAKEN, scene.vera.account)
    with pytest.raises(Refusal) as refused:
        actions.take(scene.colleague(), scene.request.pk)
    assert refused.value.text.startswith("Сейчас эту заявку ведёт Смирнова\u00a0Е.\u00a0И. (")
    assert refused.value.status == 409


def test_taking_ones_own_again_prolongs_it() -> None:
    scene = Scene()
    scene.taken()
    _let_run_out(scene)
    until = scene.taken().taken_until
    assert until is not None
    assert until > clock.now()
    assert Step.objects.filter(kind="take").count() == 1


def test_a_stranger_cannot_take() -> None:
    scene = Scene()
    for stranger in [*scene.strangers(), scene.anna]:
        with pytest.raises(Refusal, match="missing"):
            actions.take(stranger, scene.request.pk)


def test_a_booked_request_cannot_be_taken() -> None:
    scene = Scene()
    scene.booked()
    with pytest.raises(Refusal, match="wrong_state"):
        actions.take(scene.vera, scene.request.pk)


def test_next_is_the_one_that_waits_longest() -> None:
    scene = Scene()
    younger = actions.ask(scene.anna, data(scene.doctor, scene.card))
    actions.contact(
        scene.vera, scene.request.pk, Contact.CALL_BACK, "", clock.now() + timedelta(hours=1)
    )
    assert actions.take_next(scene.vera).pk == younger.pk
    with pytest.raises(Refusal, match=r"request\.none"):
        actions.take_next(scene.colleague())


@pytest.mark.act("request.release")
def test_only_the_holder_lets_go() -> None:
    scene = Scene()
    scene.taken()
    with pytest.raises(Refusal, match=r"request\.busy"):
        actions.release(scene.colleague(), scene.request.pk)
    assert actions.release(scene.vera, scene.request.pk).state == RequestState.NEW
    assert scene.now().taken_by is None
    with pytest.raises(Refusal, match="wrong_state"):
        actions.release(scene.vera, scene.request.pk)


@pytest.mark.act("request.time_out")
def test_a_silent_registrar_loses_the_request() -> None:
    scene = Scene()
    scene.taken()
    assert actions.time_out() == 0
    _let_run_out(scene)
    assert actions.time_out() == 1
    assert scene.now().state == RequestState.NEW
    assert Step.objects.filter(kind="time_out").count() == 1


def test_a_colleague_takes_what_was_left_alone_before_the_job_came() -> None:
    scene = Scene()
    scene.taken()
    _let_run_out(scene)
    ella = scene.colleague()
    assert actions.take(ella, scene.request.pk).taken_by == ella.account


@pytest.mark.act("request.contact")
@pytest.mark.parametrize("kind", [Contact.CALLED, Contact.NO_ANSWER, Contact.NOTE])
def test_a_call_is_written_and_changes_no_state(kind: Contact) -> None:
    scene = Scene()
    scene.taken()
    actions.contact(scene.vera, scene.request.pk, kind, "занято")
    assert scene.now().state == RequestState.TAKEN
    assert Step.objects.filter(kind=kind).get().note == "занято"


def test_to_call_back_puts_it_into_the_journal_until_then() -> None:
    scene = Scene()
    scene.taken()
    with pytest.raises(Refusal, match=r"request\.call_back"):
        actions.contact(scene.vera, scene.request.pk, Contact.CALL_BACK)
    later = clock.now() + timedelta(hours=2)
    actions.contact(scene.vera, scene.request.pk, Contact.CALL_BACK, "на работе", later)
    assert scene.now().state == RequestState.NEW
    assert Step.objects.filter(kind="call_back").get().call_back_at == later


def test_strangers_and_colleagues_write_no_calls() -> None:
    scene = Scene()
    scene.taken()
    for stranger in scene.strangers():
        with pytest.raises(Refusal, match="missing"):
            actions.contact(stranger, scene.request.pk, Contact.CALLED)
    with pytest.raises(Refusal, match=r"request\.busy"):
        actions.contact(scene.colleague(), scene.request.pk, Contact.CALLED)
