"""An overdue talk is anybody's of the same speciality: one takes it, the thread stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from priyom.consultations import actions, log, queries
from priyom.consultations.models import Consultation, Entry, Member
from priyom.consultations.tests.said import said
from priyom.consultations.tests.test_log import send
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.race import race


def overdue(cast: Cast, clock: Clock) -> Consultation:
    """Анна asked Борис when the appointment began; that was sixteen minutes ago."""
    row = cast.consultation()
    actions.join(cast.anna.actor, row.pk)
    clock.set(row.starts_at)
    said(row, "patient")
    clock.forward(minutes=16)
    return row


def message(row: Consultation, by: UUID, text: str = "Здравствуйте") -> log.Item:
    return log.Item(row.pk, by, uuid7().hex, "message", text)


@pytest.mark.act("consultation.take_over")
def test_a_colleague_takes_what_is_overdue(cast: Cast, clock: Clock) -> None:
    row = overdue(cast, clock)
    assert [line.id for line in queries.pool(cast.darya.actor)] == [row.pk]
    taken = actions.take_over(cast.darya.actor, row.pk)
    assert (taken.doctor_id, taken.state) == (cast.darya.doctor.pk, "scheduled")
    page = queries.for_doctor(cast.darya.actor, row.pk)
    assert page.may_write
    assert page.promise is not None
    assert page.promise.due_at == clock.instant + timedelta(minutes=15), "promised anew"
    assert page.promise.since == row.starts_at, "the wait is the patient's"
    entry = row.entries.order_by("-seq")[0]
    assert (entry.kind, entry.data["taken"], entry.author) == (
        "handed_over", True, cast.darya.account.pk,
    )  # fmt: skip
    assert queries.pool(cast.boris.actor) == []


def test_the_first_doctor_neither_reads_nor_writes(cast: Cast, clock: Clock) -> None:
    row = overdue(cast, clock)
    said(row, "doctor", at=row.starts_at - timedelta(hours=1))
    assert send(message(row, cast.boris.account.pk))[0].seq
    said(row, "patient", at=row.starts_at)
    actions.take_over(cast.darya.actor, row.pk)
    with pytest.raises(Refusal, match="missing"):
        queries.for_doctor(cast.boris.actor, row.pk)
    assert send(message(row, cast.boris.account.pk))[0].verdict is log.Verdict.STRANGER
    names = {one.name: one.until for one in Member.objects.filter(consultation=row, side="doctor")}
    assert names == {str(cast.boris.doctor): clock.instant, str(cast.darya.doctor): None}
    authors = set(Entry.objects.filter(consultation=row, side="doctor").values_list("author"))
    assert (cast.boris.account.pk,) in authors, "what the first one wrote stays under the name"


def test_nobody_takes_what_is_not_overdue(cast: Cast, clock: Clock) -> None:
    row = cast.consultation()
    clock.set(row.starts_at)
    said(row, "patient")
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            actions.take_over(cast.darya.actor, row.pk)
        assert refused.value.kind is RefusalKind.CONFLICT
        clock.forward(minutes=16)
        said(row, "doctor")
    assert queries.pool(cast.darya.actor) == []


def test_only_a_working_colleague_of_the_same_speciality(cast: Cast, clock: Clock) -> None:
    row = overdue(cast, clock)
    other = builders.speciality("кардиология", "кардиолог")
    heart = builders.doctor(("Ким", "Олег", ""), cast.clinic, other)
    abroad = builders.doctor(("Зимин", "Яков", ""), cast.other_clinic)
    cast.darya.doctor.works = False
    cast.darya.doctor.save()
    doctors = [
        builders.staff_actor(cast.boris.actor.kind, one.account, one.organisation, one)
        for one in (heart, abroad)
    ]
    for actor in (*doctors, cast.darya.actor, cast.boris.actor, cast.vera.actor, cast.anna.actor):
        with pytest.raises(Refusal) as refused:
            actions.take_over(actor, row.pk)
        assert refused.value.kind is RefusalKind.MISSING
    for actor in (*doctors, cast.darya.actor, cast.boris.actor):
        assert queries.pool(actor) == []


def test_closed_is_taken_by_nobody(cast: Cast, clock: Clock) -> None:
    row = overdue(cast, clock)
    actions.cancel(cast.vera.actor, row.pk, "Врач заболел")
    with pytest.raises(Refusal) as refused:
        actions.take_over(cast.darya.actor, row.pk)
    assert refused.value.kind is RefusalKind.CONFLICT


def test_the_pool_shows_no_word_of_the_talk_and_leaves_a_trace(cast: Cast, clock: Clock) -> None:
    overdue(cast, clock)
    (line,) = queries.pool(cast.darya.actor)
    assert line.last_words == ""
    assert line.offers[0].act == "consultation.take_over"


def test_a_weekend_passes_before_working_time_is_over(cast: Cast, clock: Clock) -> None:
    """Asked on Friday evening after the appointment, overdue on Monday, over a hand-over."""
    friday = clock.instant.replace(
        year=2026, month=11, day=27, hour=15, minute=0, second=0, microsecond=0
    )  # 18:00 in Moscow
    clock.set(friday - timedelta(hours=1))
    row = cast.consultation(at=builders.slots(cast.boris.doctor, begins=friday)[0])
    clock.set(friday + timedelta(minutes=30))
    said(row, "patient")
    actions.hand_over(cast.boris.actor, row.pk, cast.darya.doctor.pk, "Смена кончилась")
    due = queries.for_doctor(cast.darya.actor, row.pk).promise
    assert due is not None
    assert f"{due.due_at:%d.%m %H:%M}" == "30.11 07:30", "10:30 on Monday in Moscow"
    for day in (28, 29):
        clock.set(friday.replace(day=day, hour=12))
        assert queries.pool(cast.boris.actor) == []
    clock.set(due.due_at + timedelta(seconds=1))
    assert [line.id for line in queries.pool(cast.boris.actor)] == [row.pk]
    actions.take_over(cast.boris.actor, row.pk)
    anew = queries.for_doctor(cast.boris.actor, row.pk).promise
    assert anew is not None
    assert f"{anew.due_at:%d.%m %H:%M}" == "30.11 11:31"


def test_two_colleagues_one_talk(committed_db: None, cast: Cast, clock: Clock) -> None:
    row = overdue(cast, clock)
    third = builders.doctor(("Юдин", "Марк", "Львович"), cast.clinic)
    actor = builders.staff_actor(cast.boris.actor.kind, third.account, cast.clinic, third)
    outcomes = race(
        lambda: actions.take_over(cast.darya.actor, row.pk),
        lambda: actions.take_over(actor, row.pk),
    )
    refusals = [one for one in outcomes if isinstance(one, Refusal)]
    assert [one.code for one in refusals] == ["consultation.take_over.not_waiting"]
    members = Member.objects.filter(consultation=row, side="doctor", until=None)
    assert members.count() == 1
    assert members.get().account_id == Consultation.objects.get(pk=row.pk).doctor.account_id


def _said_until_settled(row: Consultation, account: UUID, text: str) -> log.Answer:
    """Send as the gateway does: what was busy goes again with the same key."""
    item = message(row, account, text)
    while (answer := send(item)[0]).verdict is log.Verdict.BUSY:
        pass
    return answer


@pytest.mark.parametrize("round_", range(6))
def test_a_message_in_flight_is_before_or_after(
    committed_db: None, cast: Cast, clock: Clock, round_: int
) -> None:
    row = overdue(cast, clock)
    first, patient = cast.boris.account.pk, cast.anna.account.pk
    acts: list[Callable[[], int | log.Answer]] = [
        lambda: actions.take_over(cast.darya.actor, row.pk).last_seq,
        lambda: _said_until_settled(row, first, "Пишу ответ"),
        lambda: _said_until_settled(row, patient, "Вы здесь?"),
    ]
    turn = round_ % 3
    outcomes = race(*acts[turn:], *acts[:turn])
    taken, wrote, asked = (*outcomes[-turn:], *outcomes[:-turn]) if turn else outcomes
    assert isinstance(wrote, log.Answer)
    assert isinstance(asked, log.Answer)
    entries = list(Entry.objects.filter(consultation=row).order_by("seq"))
    assert [one.seq for one in entries] == list(range(1, len(entries) + 1)), "gapless"
    assert asked.verdict is log.Verdict.STORED, "the patient loses nothing"
    moved = [one.seq for one in entries if one.kind == "handed_over"]
    if isinstance(taken, Refusal):  # the answer was first: nothing waits any more
        assert (wrote.verdict, moved) == (log.Verdict.STORED, [])
        return
    assert moved == [taken]
    if wrote.verdict is log.Verdict.STORED:
        assert wrote.seq is not None
        assert wrote.seq < moved[0], "nothing of the first doctor stands after the hand-over"
    else:
        assert wrote.verdict is log.Verdict.STRANGER


def test_the_act_is_in_the_audit(
    committed_db: None, cast: Cast, clock: Clock, audit_dsn: str
) -> None:
    row = overdue(cast, clock)
    queries.pool(cast.darya.actor)
    actions.take_over(cast.darya.actor, row.pk)
    with psycopg.connect(audit_dsn) as reader:
        rows = reader.execute(
            "SELECT action, account, detail FROM audit_event"
            " WHERE action IN ('consultation.pool', 'consultation.take_over') ORDER BY at"
        ).fetchall()
    darya = cast.darya.account.pk
    assert [(action, account) for action, account, _ in rows] == [
        ("consultation.pool", darya), ("consultation.take_over", darya),
    ]  # fmt: skip
    assert rows[0][2] == {"patients": [str(cast.anna.card.pk)]}
