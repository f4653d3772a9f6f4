"""Ends before the conclusion: cancelled, returned, moved, not come; the slot follows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from priyom.consultations import actions
from priyom.consultations.models import Consultation, Entry
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.schedule.models import Slot
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock


def slot_state(made: Consultation) -> str:
    """The state of its first slot, from the database."""
    return str(Slot.objects.get(pk=made.slot_id).state)


@pytest.mark.act("consultation.cancel")
@pytest.mark.parametrize("who", ["anna", "vera", "inna"])
def test_cancel_frees_the_slot_and_keeps_the_reason(cast: Cast, who: str) -> None:
    made = cast.consultation()
    ended = actions.cancel(getattr(cast, who).actor, made.pk, " Уже лучше ")
    assert (ended.state, ended.reason, slot_state(made)) == ("cancelled", "Уже лучше", "free")
    assert ended.ended_at is not None
    assert made.entries.order_by("-seq")[0].kind == "cancelled"


def test_cancel_needs_a_reason(cast: Cast) -> None:
    made = cast.consultation()
    with pytest.raises(Refusal) as refused:
        actions.cancel(cast.anna.actor, made.pk, "  ")
    assert (refused.value.kind, refused.value.field) == (RefusalKind.INVALID, "reason")
    assert slot_state(made) == "booked"


def test_strangers_cannot_cancel(cast: Cast) -> None:
    made = cast.consultation()
    for stranger in (cast.gleb, cast.nina, cast.darya, cast.boris):
        with pytest.raises(Refusal) as refused:
            actions.cancel(stranger.actor, made.pk, "x")
        assert refused.value.kind is RefusalKind.MISSING


def test_cancel_twice_is_a_conflict(cast: Cast) -> None:
    made = cast.consultation()
    actions.cancel(cast.anna.actor, made.pk, "x")
    with pytest.raises(Refusal) as refused:
        actions.cancel(cast.anna.actor, made.pk, "x")
    assert refused.value.kind is RefusalKind.CONFLICT


def test_mother_cancels_for_her_child(cast: Cast) -> None:
    made = cast.consultation(of=cast.petya)
    assert actions.cancel(cast.anna.actor, made.pk, "Выздоровел").state == "cancelled"


@pytest.mark.act("consultation.return")
def test_doctor_returns_and_the_slot_is_free(cast: Cast) -> None:
    made = cast.consultation()
    ended = actions.return_(cast.boris.actor, made.pk, "Нужен кардиолог")
    assert (ended.state, slot_state(made)) == ("returned", "free")
    with pytest.raises(Refusal):
        actions.return_(cast.boris.actor, made.pk, "ещё раз")


def test_only_its_consultant_returns(cast: Cast) -> None:
    made = cast.consultation()
    for stranger in (cast.darya, cast.vera, cast.anna):
        with pytest.raises(Refusal) as refused:
            actions.return_(stranger.actor, made.pk, "x")
        assert refused.value.kind is RefusalKind.MISSING


@pytest.mark.act("consultation.miss")
def test_no_show_only_after_ten_minutes(cast: Cast, clock: Clock) -> None:
    made = cast.consultation()
    clock.set(made.starts_at + timedelta(minutes=9))
    with pytest.raises(Refusal, match="можно с"):
        actions.miss(cast.boris.actor, made.pk)
    clock.set(made.starts_at + timedelta(minutes=10))
    assert actions.miss(cast.boris.actor, made.pk).state == "no_show"
    assert slot_state(made) == "booked"
    with pytest.raises(Refusal):
        actions.miss(cast.boris.actor, made.pk)


@pytest.mark.act("consultation.reschedule")
def test_registrar_moves_and_the_old_time_is_free(cast: Cast) -> None:
    made = cast.consultation()
    actions.ask_to_move(cast.anna.actor, made.pk, "лучше вечером")
    new = builders.slots(cast.darya.doctor, begins=made.starts_at + timedelta(hours=5))[0]
    moved = actions.reschedule(cast.vera.actor, made.pk, new.pk, "  Врач не сможет ")
    assert (moved.starts_at, moved.doctor, moved.move_asked_at) == (
        new.starts_at,
        cast.darya.doctor,
        None,
    )
    assert slot_state(made) == "free"
    assert Entry.objects.get(consultation=made, kind="rescheduled").body == "Врач не сможет"
    assert Slot.objects.get(pk=new.pk).state == "booked"
    sides = dict(made.members.filter(side="doctor").values_list("account", "until"))
    assert sides[cast.boris.account.pk] is not None
    assert sides[cast.darya.account.pk] is None


def test_move_to_a_taken_time_moves_nothing(cast: Cast) -> None:
    made = cast.consultation()
    other = builders.slots(cast.boris.doctor, begins=made.starts_at + timedelta(hours=5))[0]
    builders.consultation(cast.vera.actor, cast.gleb.card, cast.boris.doctor, at=other)
    with pytest.raises(Refusal) as refused:
        actions.reschedule(cast.vera.actor, made.pk, other.pk)
    assert refused.value.kind is RefusalKind.CONFLICT
    assert slot_state(made) == "booked"


@pytest.mark.act("consultation.ask_to_move")
def test_only_the_patient_asks_to_move(cast: Cast) -> None:
    made = cast.consultation()
    asked = actions.ask_to_move(cast.anna.actor, made.pk, "после шести")
    assert (asked.move_wish, asked.state) == ("после шести", "scheduled")
    for stranger in (cast.gleb, cast.vera, cast.boris):
        with pytest.raises(Refusal) as refused:
            actions.ask_to_move(stranger.actor, made.pk, "x")
        assert refused.value.kind is RefusalKind.MISSING


def test_nothing_that_was_written_is_cut_off(cast: Cast) -> None:
    made = cast.consultation()
    with pytest.raises(Refusal) as refused:
        actions.cancel(cast.anna.actor, made.pk, "я" * 501)
    assert (refused.value.kind, refused.value.field) == (RefusalKind.INVALID, "reason")
    with pytest.raises(Refusal, match="300 знаков"):
        actions.ask_to_move(cast.anna.actor, made.pk, "я" * 301)
    assert slot_state(made) == "booked"
