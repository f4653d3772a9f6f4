"""A call: the doctor rings, the patient's side answers; each act once, by whom it may be."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest

from priyom.calls import actions
from priyom.calls.models import Call
from priyom.calls.queries import living_call
from priyom.calls.rules import LOST_AFTER, RING_FOR
from priyom.consultations import actions as consultations
from priyom.consultations.models import Consultation
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.race import race


@pytest.fixture
def talk(cast: Cast, clock: Clock) -> Consultation:
    """A consultation that has begun; both are members."""
    made = cast.consultation()
    clock.set(made.starts_at)
    consultations.join(cast.anna.actor, made.pk)
    return consultations.begin(cast.boris.actor, made.pk)


def last_entry(talk: Consultation) -> tuple[str, dict[str, object]]:
    """Kind and data of the newest entry."""
    entry = talk.entries.order_by("-seq")[0]
    return entry.kind, entry.data


@pytest.mark.act("call.ring", "call.accept", "call.end")
def test_ring_accept_end_leaves_its_length(cast: Cast, clock: Clock, talk: Consultation) -> None:
    call = actions.ring(cast.boris.actor, talk.pk)
    assert last_entry(talk)[0] == "call"
    clock.forward(minutes=0.5)
    actions.accept(cast.anna.actor, call.pk)
    clock.forward(minutes=7)
    ended = actions.end(cast.boris.actor, call.pk)
    assert ended.state == "ended"
    assert last_entry(talk) == (
        "call_ended",
        {"call": str(call.pk), "outcome": "ended", "seconds": 420},
    )
    assert not ended.presences.filter(left_at=None).exists()


@pytest.mark.act("call.decline")
def test_patient_declines_and_the_chat_goes_on(cast: Cast, talk: Consultation) -> None:
    call = actions.ring(cast.boris.actor, talk.pk)
    assert actions.decline(cast.anna.actor, call.pk).state == "declined"
    assert actions.ring(cast.boris.actor, talk.pk).pk != call.pk


@pytest.mark.act("call.leave", "call.rejoin")
def test_leave_and_come_back(cast: Cast, talk: Consultation) -> None:
    call = actions.ring(cast.boris.actor, talk.pk)
    actions.accept(cast.anna.actor, call.pk)
    actions.leave(cast.anna.actor, call.pk)
    page = living_call(cast.anna.actor, talk.pk, "/my/")
    assert [offer.act for offer in page.offers] == ["call.rejoin"]
    actions.rejoin(cast.anna.actor, call.pk)
    assert living_call(cast.anna.actor, talk.pk, "/my/").is_in
    assert Call.objects.get(pk=call.pk).presences.count() == 3


def test_only_the_consultant_rings_and_only_during_the_talk(cast: Cast) -> None:
    made = cast.consultation()
    consultations.join(cast.anna.actor, made.pk)
    with pytest.raises(Refusal) as refused:
        actions.ring(cast.boris.actor, made.pk)
    assert refused.value.code == "call.only_in_talk"
    for stranger in (cast.anna, cast.darya, cast.vera, cast.gleb):
        with pytest.raises(Refusal) as refused:
            actions.ring(stranger.actor, made.pk)
        assert refused.value.kind is RefusalKind.MISSING


def test_strangers_cannot_touch_a_call(cast: Cast, talk: Consultation) -> None:
    call = actions.ring(cast.boris.actor, talk.pk)
    for act in (actions.accept, actions.decline, actions.leave, actions.rejoin, actions.end):
        for stranger in (cast.gleb, cast.darya, cast.vera):
            with pytest.raises(Refusal) as refused:
                act(stranger.actor, call.pk)
            assert refused.value.kind is RefusalKind.MISSING


def test_caller_cannot_answer_itself_nor_the_patient_end(cast: Cast, talk: Consultation) -> None:
    call = actions.ring(cast.boris.actor, talk.pk)
    with pytest.raises(Refusal):
        actions.accept(cast.boris.actor, call.pk)
    with pytest.raises(Refusal):
        actions.end(cast.anna.actor, call.pk)


def test_accept_twice_and_second_ring_are_conflicts(cast: Cast, talk: Consultation) -> None:
    call = actions.ring(cast.boris.actor, talk.pk)
    with pytest.raises(Refusal) as refused:
        actions.ring(cast.boris.actor, talk.pk)
    assert refused.value.code == "call.already"
    actions.accept(cast.anna.actor, call.pk)
    with pytest.raises(Refusal) as refused:
        actions.accept(cast.anna.actor, call.pk)
    assert refused.value.kind is RefusalKind.CONFLICT


@pytest.mark.act("call.expire")
def test_unanswered_ring_is_a_missed_call(cast: Cast, clock: Clock, talk: Consultation) -> None:
    actions.ring(cast.boris.actor, talk.pk)
    assert actions.expire() == 0
    clock.set(clock.instant + RING_FOR + timedelta(seconds=1))
    assert actions.expire() == 1
    assert last_entry(talk)[1]["outcome"] == "missed"
    assert actions.expire() == 0


def test_call_without_heartbeats_ends(cast: Cast, clock: Clock, talk: Consultation) -> None:
    call = actions.ring(cast.boris.actor, talk.pk)
    actions.accept(cast.anna.actor, call.pk)
    clock.set(clock.instant + LOST_AFTER)
    actions.beat(cast.anna.actor, call.pk)
    clock.forward(minutes=0.5)
    assert actions.expire() == 0
    clock.forward(minutes=2)
    assert actions.expire() == 1


def test_two_windows_ring_at_once(committed_db: None, cast: Cast, clock: Clock) -> None:
    made = cast.consultation()
    clock.set(made.starts_at)
    consultations.begin(cast.boris.actor, made.pk)
    got = race(*[lambda: actions.ring(cast.boris.actor, made.pk) for _ in range(6)])
    assert sum(isinstance(one, Call) for one in got) == 1
    assert all(isinstance(one, Call | Refusal) for one in got)
    assert made.entries.filter(kind="call").count() == 1


def test_call_ends_with_its_consultation(cast: Cast, talk: Consultation) -> None:
    call = actions.ring(cast.boris.actor, talk.pk)
    consultations.cancel(cast.vera.actor, talk.pk, "Врач заболел")
    with pytest.raises(Refusal) as refused:
        actions.accept(cast.anna.actor, call.pk)
    assert refused.value.code == "call.talk_over"
    assert actions.expire() == 1
    assert Call.objects.get(pk=call.pk).state == "missed"


def test_nobody_rings_into_a_chat_that_is_being_closed(cast: Cast, talk: Consultation) -> None:
    consultations.form(cast.boris.actor, talk.pk)
    with pytest.raises(Refusal) as refused:
        actions.ring(cast.boris.actor, talk.pk)
    assert refused.value.code == "call.only_in_talk"


def test_job_and_people_never_wait_for_each_other(
    committed_db: None, cast: Cast, clock: Clock
) -> None:
    made = cast.consultation()
    clock.set(made.starts_at)
    consultations.join(cast.anna.actor, made.pk)
    consultations.begin(cast.boris.actor, made.pk)
    for _ in range(10):
        call = actions.ring(cast.boris.actor, made.pk)
        clock.set(clock.instant + RING_FOR + timedelta(seconds=1))
        got = race(
            actions.expire,
            partial(actions.accept, cast.anna.actor, call.pk),
            partial(actions.beat, cast.boris.actor, call.pk),
        )
        assert all(isinstance(one, int | Call | Refusal) for one in got), got
        with suppress(Refusal):
            actions.end(cast.boris.actor, call.pk)
