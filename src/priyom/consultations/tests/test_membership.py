"""Joining the patient's side, and leaving it when the right to the card has ended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from priyom.consultations import actions, jobs, log
from priyom.consultations.models import Consultation, Member
from priyom.consultations.tests.test_log import send
from priyom.kernel import clock as time
from priyom.kernel.refusal import Refusal
from priyom.patients.actions import end_representative
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock

pytestmark = pytest.mark.django_db


def _member(row: Consultation, cast: Cast) -> Member:
    return Member.objects.get(consultation=row, account=cast.anna.account)


def _grow_up(cast: Cast, clock: Clock) -> None:
    cast.petya.birth_on = date(clock.instant.year - 15, 1, 1)
    cast.petya.save()


def test_joining_twice_is_once(cast: Cast) -> None:
    row = cast.consultation()
    first, again = (actions.join(cast.anna.actor, row.pk) for _ in range(2))
    assert first.pk == again.pk


def test_stranger_and_doctor_do_not_join(cast: Cast) -> None:
    row = cast.consultation()
    for actor in (cast.gleb.actor, cast.darya.actor, cast.vera.actor):
        with pytest.raises(Refusal) as refused:
            actions.join(actor, row.pk)
        assert refused.value.code == "missing"


def test_joining_needs_the_consent(cast: Cast) -> None:
    row = cast.consultation(consented=False)
    with pytest.raises(Refusal, match="consent_needed"):
        actions.join(cast.anna.actor, row.pk)


def test_a_mother_leaves_when_the_child_is_fifteen(cast: Cast, clock: Clock) -> None:
    hers, childs = cast.consultation(), _of_child(cast)
    for row in (hers, childs):
        actions.join(cast.anna.actor, row.pk)
    assert actions.end_memberships() == 0
    _grow_up(cast, clock)
    assert actions.end_memberships() == 1
    assert _member(childs, cast).until == clock.instant
    assert _member(hers, cast).until is None
    assert actions.end_memberships() == 0


def test_the_line_is_deaf_to_who_has_left(cast: Cast, clock: Clock) -> None:
    row = _of_child(cast)
    actions.join(cast.anna.actor, row.pk)
    _grow_up(cast, clock)
    actions.end_memberships()
    said = log.Item(row.pk, cast.anna.account.pk, "1", "message", "ещё")
    assert send(said)[0].verdict is log.Verdict.STRANGER
    with connection.cursor() as cursor:
        assert log.replay(cursor, row.pk, cast.anna.account.pk) is None


def test_who_may_again_comes_back(cast: Cast, clock: Clock) -> None:
    row = _of_child(cast)
    actions.join(cast.anna.actor, row.pk)
    born = cast.petya.birth_on
    _grow_up(cast, clock)
    actions.end_memberships()
    with pytest.raises(Refusal, match="missing"):
        actions.join(cast.anna.actor, row.pk)
    cast.petya.birth_on = born
    cast.petya.save()
    assert actions.join(cast.anna.actor, row.pk).until is None
    assert Member.objects.filter(consultation=row, side="patient").count() == 1


def test_who_was_set_free_of_a_right_leaves_within_minutes(cast: Cast, clock: Clock) -> None:
    row = _of_child(cast)
    actions.join(cast.anna.actor, row.pk)
    jobs.end_ended(0)
    assert _member(row, cast).until is None
    bond = cast.petya.representatives.get()
    end_representative(cast.vera.actor, bond.pk, "решение суда")
    jobs.end_ended(0)
    assert _member(row, cast).until == clock.instant


def test_the_minutes_job_looks_at_nobody_else(cast: Cast, clock: Clock) -> None:
    """A birthday is the hourly job's."""
    row = _of_child(cast)
    actions.join(cast.anna.actor, row.pk)
    _grow_up(cast, clock)
    jobs.end_ended(0)
    assert _member(row, cast).until is None


def _of_child(cast: Cast) -> Consultation:
    begins = (time.now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    at = builders.slots(cast.boris.doctor, begins=begins)[0]
    return cast.consultation(of=cast.petya, at=at)
