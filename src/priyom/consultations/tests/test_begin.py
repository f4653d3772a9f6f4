"""The doctor begins: in time, with consent, once, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from priyom.consultations import actions
from priyom.consultations.models import Consultation
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock


def due(cast: Cast, clock: Clock, *, consented: bool = True) -> Consultation:
    """A booked consultation whose time has come."""
    made = cast.consultation(consented=consented)
    clock.set(made.starts_at)
    return made


@pytest.mark.act("consultation.begin")
def test_consultant_begins_and_the_start_is_kept(cast: Cast, clock: Clock) -> None:
    made = due(cast, clock)
    begun = actions.begin(cast.boris.actor, made.pk)
    assert (begun.state, begun.began_at) == ("in_progress", made.starts_at)
    assert [e.kind for e in made.entries.order_by("seq")][-1] == "begun"


def test_too_early_says_from_when(cast: Cast, clock: Clock) -> None:
    made = due(cast, clock)
    clock.set(made.starts_at - timedelta(minutes=16))
    with pytest.raises(Refusal, match="можно с"):
        actions.begin(cast.boris.actor, made.pk)


def test_without_consent_is_refused_kindly(cast: Cast, clock: Clock) -> None:
    made = due(cast, clock, consented=False)
    with pytest.raises(Refusal) as refused:
        actions.begin(cast.boris.actor, made.pk)
    assert refused.value.code == "consultation.consent_needed"


@pytest.mark.parametrize("state", ["in_progress", "concluding", "completed"])
def test_database_itself_refuses_without_consent(cast: Cast, clock: Clock, state: str) -> None:
    made = due(cast, clock, consented=False)
    with pytest.raises(DatabaseError, match="consent"), transaction.atomic():
        Consultation.objects.filter(pk=made.pk).update(
            state=state, began_at=made.starts_at, ended_at=made.starts_at
        )


def test_consent_to_another_organisation_does_not_count(cast: Cast, clock: Clock) -> None:
    made = due(cast, clock, consented=False)
    actions.give_consent(cast.anna.actor, cast.anna.card.pk, cast.other_clinic.pk)
    with pytest.raises(Refusal) as refused:
        actions.begin(cast.boris.actor, made.pk)
    assert refused.value.code == "consultation.consent_needed"


def test_strangers_are_told_it_does_not_exist(cast: Cast, clock: Clock) -> None:
    made = due(cast, clock)
    for stranger in (cast.darya, cast.vera, cast.nina, cast.anna, cast.gleb):
        with pytest.raises(Refusal) as refused:
            actions.begin(stranger.actor, made.pk)
        assert refused.value.kind is RefusalKind.MISSING


def test_second_begin_is_a_conflict(cast: Cast, clock: Clock) -> None:
    made = due(cast, clock)
    actions.begin(cast.boris.actor, made.pk)
    with pytest.raises(Refusal) as refused:
        actions.begin(cast.boris.actor, made.pk)
    assert refused.value.kind is RefusalKind.CONFLICT
    assert made.entries.filter(kind="begun").count() == 1
