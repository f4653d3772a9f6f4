"""Two requests of one person become one: nothing that was typed is lost, the other one says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from priyom.intake import actions
from priyom.intake.models import Request, Step
from priyom.intake.rules import RequestState, Urgency
from priyom.intake.tests.builders import Scene, card, data, patient
from priyom.intake.tests.stage import Stage, taken
from priyom.kernel import clock
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db


def _second(scene: Scene) -> Request:
    later = clock.now() + timedelta(days=3)
    wish = ((later, later + timedelta(hours=2)),)
    asked = data(scene.doctor, scene.card, complaint="И ещё болит ухо", intervals=wish)
    return actions.ask(scene.anna, asked)


@pytest.mark.act("request.merge")
def test_the_kept_request_has_the_words_and_times_of_both() -> None:
    scene = Scene()
    other = _second(scene)
    sooner = scene.request.answer_due_at - timedelta(hours=1)
    Request.objects.filter(pk=other.pk).update(urgency=Urgency.URGENT, answer_due_at=sooner)
    scene.taken()
    actions.merge(scene.vera, scene.request.pk, other.pk)
    kept = scene.now()
    assert kept.state == RequestState.TAKEN
    assert "Третий день температура" in kept.complaint
    assert f"Из заявки № {other.number}: И ещё болит ухо" in kept.complaint
    assert kept.intervals.count() == 2
    assert (kept.urgency, kept.answer_due_at) == (Urgency.URGENT, sooner)
    other.refresh_from_db()
    assert (other.state, other.duplicate_of_id) == (RequestState.DUPLICATE, kept.pk)
    assert other.complaint == "И ещё болит ухо"
    assert other.intervals.count() == 1
    assert Step.objects.get(request=kept, kind="merged").note == f"№ {other.number}"
    with pytest.raises(Refusal, match="wrong_state"):
        actions.merge(scene.vera, scene.request.pk, other.pk)
    actions.reopen(scene.vera, other.pk, "Это разные вопросы")
    assert Request.objects.get(pk=other.pk).state == RequestState.NEW


def test_both_may_be_in_ones_own_hands_and_neither_in_a_colleagues() -> None:
    scene = Scene()
    other = _second(scene)
    ella = scene.colleague()
    with pytest.raises(Refusal, match=r"request\.not_taken"):
        actions.merge(scene.vera, scene.request.pk, other.pk)
    scene.taken()
    actions.take(ella, other.pk)
    with pytest.raises(Refusal, match=r"request\.busy"):
        actions.merge(scene.vera, scene.request.pk, other.pk)
    actions.release(ella, other.pk)
    actions.take(scene.vera, other.pk)
    actions.merge(scene.vera, scene.request.pk, other.pk)
    assert Request.objects.get(pk=other.pk).state == RequestState.DUPLICATE


def test_another_persons_request_is_not_merged_and_strangers_find_none() -> None:
    scene = Scene()
    gleb, his = patient(card("Петров", "Глеб"))
    foreign = actions.ask(gleb, data(scene.doctor, his, phone="921 555-99-99"))
    scene.taken()
    for key in (foreign.pk, scene.request.pk):
        with pytest.raises(Refusal, match=r"request\.of"):
            actions.merge(scene.vera, scene.request.pk, key)
    other = _second(scene)
    for stranger in [*scene.strangers(), scene.anna]:
        with pytest.raises(Refusal, match="missing"):
            actions.merge(stranger, scene.request.pk, other.pk)
    with pytest.raises(Refusal, match="missing"):
        actions.merge(scene.vera, scene.request.pk, uuid7())
    assert Request.objects.get(pk=other.pk).state == RequestState.NEW


def test_the_screen_shows_the_other_request_and_merges_it() -> None:
    stage = Stage()
    other = actions.ask(stage.cast.anna.actor, stage.data(stage.cast.anna.card))
    vera = taken(stage)
    page = vera.get(stage.url()).content.decode()
    assert "Есть ещё заявка этого пациента" in page
    assert f'value="{other.pk}"' in page
    vera.post(stage.url("merge/"), {"of": str(other.pk)})
    assert Request.objects.get(pk=other.pk).state == RequestState.DUPLICATE
    assert "Есть ещё заявка" not in vera.get(stage.url()).content.decode()
    assert vera.post(stage.url("merge/"), {"of": "нет"}).status_code == 404
