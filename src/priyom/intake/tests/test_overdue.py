"""The head hears of an overdue answer once, by a letter without a medical word."""

from __future__ import annotations

from datetime import timedelta

from priyom.consultations import actions as consultations
from priyom.consultations.models import Consultation
from priyom.consultations.tests.said import said
from priyom.intake import actions
from priyom.intake.tests.test_letters import MEDICAL
from priyom.notices.models import Notice
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.race import race

HEAD = "head@clinic.example"


def letters(kind: str = "overdue:") -> list[Notice]:
    return list(Notice.objects.filter(key__startswith=kind).order_by("queued_at"))


def asked(cast: Cast, clock: Clock) -> Consultation:
    """Анна's question of this minute in an appointment of this minute; the head has a mailbox."""
    cast.inna.account.email = HEAD
    cast.inna.account.save()
    row = cast.consultation()
    clock.set(row.starts_at)
    said(row, "patient")
    return row


def test_one_letter_for_one_question(cast: Cast, clock: Clock) -> None:
    row = asked(cast, clock)
    assert actions.tell_overdue() == 0
    clock.forward(minutes=16)
    assert [actions.tell_overdue() for _ in range(3)] == [1, 0, 0]
    (letter,) = letters()
    assert (letter.to, letter.about) == (HEAD, row.pk)
    said(row, "patient")
    assert actions.tell_overdue() == 0, "more words are no new question"
    said(row, "doctor")
    clock.forward(minutes=1)
    said(row, "patient")
    clock.forward(hours=30)
    assert actions.tell_overdue() == 1, "an answer later, the next one is"
    assert len(letters()) == 2


def test_a_hand_over_does_not_tell_again(cast: Cast, clock: Clock) -> None:
    row = asked(cast, clock)
    clock.forward(minutes=16)
    actions.tell_overdue()
    actions.take_over(cast.darya.actor, row.pk)
    assert actions.tell_overdue() == 0
    clock.forward(minutes=16)
    assert actions.tell_overdue() == 0
    assert {notice.to for notice in letters("taken-over:")} == {
        cast.anna.card.email, cast.darya.doctor.email, cast.boris.doctor.email,
    }  # fmt: skip


def test_after_downtime_what_is_still_overdue_is_told(cast: Cast, clock: Clock) -> None:
    builders.consent(cast.anna.card, cast.clinic)
    first, second = builders.slots(cast.boris.doctor, 2)
    rows = [cast.consultation(consented=False, at=one) for one in (first, second)]
    cast.inna.account.email = HEAD
    cast.inna.account.save()
    clock.set(second.starts_at)
    for row in rows:
        said(row, "patient")
    clock.forward(days=3)
    said(rows[0], "doctor")
    assert actions.tell_overdue() == 1, "answered meanwhile is nobody's trouble now"
    assert letters()[0].about == rows[1].pk


def test_closed_or_answered_tells_nobody(cast: Cast, clock: Clock) -> None:
    row = asked(cast, clock)
    clock.forward(minutes=16)
    consultations.cancel(cast.vera.actor, row.pk, "Врач заболел")
    assert actions.tell_overdue() == 0


def test_a_head_without_a_mailbox_has_the_list_alone(cast: Cast, clock: Clock) -> None:
    asked(cast, clock)
    cast.inna.account.email = ""
    cast.inna.account.save()
    clock.forward(minutes=16)
    assert actions.tell_overdue() == 0
    assert letters() == []


def test_the_letter_names_no_person_and_no_illness(cast: Cast, clock: Clock) -> None:
    row = asked(cast, clock)
    clock.forward(minutes=16)
    actions.tell_overdue()
    actions.take_over(cast.darya.actor, row.pk)
    for letter in (*letters(), *letters("taken-over:")):
        for part in (letter.subject, letter.text, letter.html):
            assert not MEDICAL.search(part), (letter.key, MEDICAL.search(part))
            for name in (cast.anna.card.family, cast.boris.doctor.family, "чай"):
                assert name not in part
    assert "(МСК)" in letters()[0].text


def test_two_workers_tell_once(committed_db: None, cast: Cast, clock: Clock) -> None:
    asked(cast, clock)
    clock.set(clock.instant + timedelta(minutes=16))
    race(actions.tell_overdue, actions.tell_overdue)
    assert len(letters()) == 1
