"""What the database tells the promise clock, and what the lists make of it."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from priyom.consultations import actions, queries
from priyom.consultations.models import Consultation
from priyom.consultations.promise import WORDS, Word, promise
from priyom.consultations.queries.promises import interval_of, promises, terms_of
from priyom.consultations.tests.said import said
from priyom.kernel.clock import MOSCOW
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock

pytestmark = pytest.mark.django_db
KINDS = ("message", "file", "asked", "call", "handed_over", "begun")


def _row(cast: Cast, row: Consultation) -> Consultation:
    return queries.visible_to(cast.boris.actor).get(pk=row.pk)


def test_the_tail_says_the_same_as_the_whole_log(cast: Cast, clock: Clock) -> None:
    dice = random.Random(4)
    row = cast.consultation()
    clock.set(row.starts_at)
    for _ in range(60):
        clock.forward(minutes=dice.choice((0.5, 3, 200)))
        said(row, dice.choice(("patient", "patient", "doctor")), dice.choice(KINDS))
        fresh = _row(cast, row)
        words = [
            Word(one.seq, one.side, one.kind, one.at)
            for one in row.entries.filter(kind__in=WORDS).order_by("seq")
        ]
        whole = promise(words, interval_of(fresh), terms_of(fresh.organisation), clock.instant)
        assert promises([fresh]).get(row.pk) == whole


def test_nothing_is_promised_in_a_closed_chat(cast: Cast, clock: Clock) -> None:
    row = cast.consultation()
    clock.set(row.starts_at)
    said(row, "patient")
    assert promises([_row(cast, row)])
    actions.cancel(cast.vera.actor, row.pk, "Врач заболел")
    assert not promises([_row(cast, row)])


def test_the_organisation_sets_how_soon(cast: Cast, clock: Clock) -> None:
    row = cast.consultation()
    clock.set(row.starts_at)
    said(row, "patient")
    cast.clinic.reply_minutes = 5
    cast.clinic.save()
    made = promises([_row(cast, row)])[row.pk]
    assert made.due_at == row.starts_at + timedelta(minutes=5)


def test_todays_list_begins_with_what_burns(cast: Cast, clock: Clock) -> None:
    builders.consent(cast.anna.card, cast.clinic)
    times = builders.slots(cast.boris.doctor, 5)
    rows = [cast.consultation(consented=False, at=one) for one in times[:4]]
    clock.set(rows[3].starts_at)
    said(rows[3], "patient")
    said(rows[1], "patient", at=rows[1].starts_at)
    for row in rows[:1]:
        said(row, "patient", at=row.starts_at)
        said(row, "doctor", at=row.starts_at)
    lines = queries.day(cast.boris.actor, clock.instant.astimezone(MOSCOW).date())
    assert [line.id for line in lines[:2]] == [rows[1].pk, rows[3].pk]
    assert [bool(line.awaited) for line in lines] == [True, True, False, False]
    first, second = (line.awaited for line in lines[:2])
    assert first is not None
    assert second is not None
    assert (first.is_overdue, second.is_overdue) == (True, False)


def test_midnight_does_not_hide_the_talk_that_comes_next(cast: Cast, clock: Clock) -> None:
    midnight = (clock.instant + timedelta(days=3)).astimezone(MOSCOW)
    midnight = midnight.replace(hour=0, minute=0, second=0)
    times = builders.slots(cast.boris.doctor, 2, begins=midnight + timedelta(minutes=5))
    row = cast.consultation(at=times[0])
    on = midnight.date()

    def is_shown(*, before: timedelta, day: date) -> bool:
        clock.set(row.starts_at - before)
        return [line.id for line in queries.day(cast.boris.actor, day)] == [row.pk]

    eve = on - timedelta(days=1)
    assert not is_shown(before=timedelta(hours=2), day=eve)
    assert is_shown(before=timedelta(minutes=50), day=eve)
    assert is_shown(before=timedelta(minutes=50), day=on)
    row.starts_at = midnight - timedelta(minutes=20)
    row.save(update_fields=["starts_at"])
    assert is_shown(before=timedelta(minutes=-40), day=on), "it should have begun just before"
    assert not is_shown(before=timedelta(hours=-2), day=on)


def test_data_for_another_day_stand_in_todays_list(cast: Cast, clock: Clock) -> None:
    begins = (clock.instant + timedelta(days=6)).replace(minute=0, second=0)
    row = cast.consultation(at=builders.slots(cast.boris.doctor, begins=begins)[0])
    said(row, "patient")
    today = clock.instant.astimezone(MOSCOW).date()
    assert not queries.day(cast.boris.actor, today), "an early question waits for its day"
    actions.ask(cast.boris.actor, row.pk, "Пришлите анализ")
    assert not queries.day(cast.boris.actor, today)
    said(row, "patient", "file")
    (line,) = queries.day(cast.boris.actor, today)
    assert line.id == row.pk
    assert line.awaited is not None
    assert line.awaited.due_at < begins


def test_patients_and_registry_hear_no_more_than_they_should(cast: Cast, clock: Clock) -> None:
    row = cast.consultation()
    clock.set(row.starts_at)
    said(row, "patient")
    (line,) = queries.at_home(cast.anna.actor)
    assert line.awaited is not None
    (booked,), _ = queries.booked(cast.vera.actor)
    assert booked.promise is None, "the registry knows times and states, not the talk"
