"""The cast stands where it says it stands."""

from __future__ import annotations

import pytest

from priyom.consultations import actions
from priyom.kernel.refusal import Refusal
from priyom.patients.queries import may_act_for
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock


def test_anna_acts_for_her_son_and_gleb_does_not(cast: Cast) -> None:
    assert may_act_for(cast.anna.actor, cast.petya.pk).id == cast.petya.pk
    with pytest.raises(Refusal):
        may_act_for(cast.gleb.actor, cast.petya.pk)


def test_consultation_can_begin_at_its_time(cast: Cast, clock: Clock) -> None:
    booked = cast.consultation()
    clock.set(booked.starts_at)
    assert actions.begin(cast.boris.actor, booked.pk).state == "in_progress"
    with pytest.raises(Refusal):
        actions.ask(cast.darya.actor, booked.pk, "Пришлите фото горла")


def test_request_stands_in_the_journal(cast: Cast) -> None:
    asked = builders.request(cast.anna.card, cast.clinic, asked_by=cast.anna.account.pk)
    assert asked.source == "portal"


def test_committed_cast_leaves_nothing(committed_db: None, cast: Cast) -> None:
    assert cast.consultation().pk
