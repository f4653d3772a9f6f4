"""A doctor is away: nothing moves until the patient chooses, nobody is lost, each is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import DatabaseError
from pytest_django.fixtures import DjangoAssertNumQueries

from priyom.clinics.models import Doctor
from priyom.consultations.models import Consultation
from priyom.intake import actions, queries
from priyom.intake.actions.moving import send_back
from priyom.intake.choices import (
    AbsenceState,
    ProposalState,
    TransferState,
)
from priyom.intake.jobs import settle_transfers
from priyom.intake.models import Absence, Proposal, Request, Transfer
from priyom.intake.rules import (
    RequestState,
)
from priyom.intake.tests.builders import Scene, doctor_actor
from priyom.intake.tests.test_letters import MEDICAL
from priyom.intake.tests.waiting import Queue
from priyom.kernel import words
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import Refusal
from priyom.notices.models import Notice
from priyom.schedule.models import Deviation, Slot
from priyom.schedule.rules import SlotGone, SlotKind, SlotState
from priyom.schedule.tests.builders import doctor_with_times
from priyom.testing import builders
from priyom.testing.clock import Clock

pytestmark = pytest.mark.django_db
SAID = "Врача не будет"


class Gone:
    """Анна is booked with a doctor who will be away; a colleague has times a day later."""

    def __init__(self, times: int = 3) -> None:
        self.scene = Scene(times)
        self.colleague, self.others = doctor_with_times(
            4, beside=self.scene.doctor, begins_in=timedelta(hours=44)
        )
        self.key = self.scene.booked()
        on = words.moscow(self.scene.slots[0].starts_at).date()
        self.away = actions.Away(self.scene.doctor.pk, on, on, SAID)

    def prepared(self) -> Absence:
        return actions.prepare_absence(self.scene.vera, self.away)

    def told(self) -> Transfer:
        absence = self.prepared()
        actions.tell_absence(self.scene.vera, absence.pk)
        return Transfer.objects.get(absence=absence)

    def consultation(self) -> Consultation:
        return Consultation.objects.get(pk=self.key)

    def states(self) -> list[str]:
        return [Slot.objects.get(pk=slot.pk).state for slot in self.scene.slots]


def _letters(start: str) -> list[Notice]:
    return list(Notice.objects.filter(key__startswith=start))


@pytest.mark.act("slot.block")
def test_preparing_closes_the_days_and_moves_nobody() -> None:
    gone = Gone()
    absence = gone.prepared()
    assert gone.states() == ["booked", "blocked", "blocked"]
    page = queries.absence(gone.scene.vera, absence.pk)
    (row,) = page.rows
    assert (row.patient, row.state) == (str(gone.scene.card), TransferState.WAITING)
    assert [one.slot for one in row.near] == [slot.pk for slot in gone.others[:3]]
    assert [offer.act for offer in page.offers] == ["absence.tell", "absence.undo"]
    assert gone.consultation().state == "scheduled"
    assert not _letters("displaced:")


@pytest.mark.act("absence.undo")
@pytest.mark.act("transfer.drop")
def test_it_is_undone_until_somebody_was_told() -> None:
    gone = Gone()
    absence = gone.prepared()
    assert actions.undo_absence(gone.scene.vera, absence.pk) == 2
    assert gone.states() == ["booked", "free", "free"]
    assert Transfer.objects.get().state == TransferState.DROPPED
    assert not Deviation.objects.exists()
    again = gone.prepared()
    actions.tell_absence(gone.scene.vera, again.pk)
    for act in (actions.undo_absence, actions.tell_absence):
        with pytest.raises(Refusal, match="wrong_state"):
            act(gone.scene.vera, again.pk)


@pytest.mark.act("absence.tell")
def test_telling_writes_to_who_has_an_address_and_lists_the_rest() -> None:
    gone = Gone()
    absence = gone.prepared()
    assert actions.tell_absence(gone.scene.vera, absence.pk) == 0
    (letter,) = _letters("displaced:")
    transfer = Transfer.objects.get()
    for text in (letter.text, letter.html):
        assert f"/my/transfers/{transfer.pk}/" in text
        assert words.clock_time(gone.others[0].starts_at) in text
        assert not MEDICAL.search(text)
    other = Gone()
    Request.objects.filter(pk=other.scene.request.pk).update(email="")
    quiet = other.prepared()
    assert actions.tell_absence(other.scene.vera, quiet.pk) == 1
    page = queries.absence(other.scene.vera, quiet.pk)
    assert [row.phone_text for row in page.to_call] == ["+7 921 555-10-20"]
    assert len(_letters("displaced:")) == 1


@pytest.mark.act("transfer.choose")
@pytest.mark.parametrize("by", ["anna", "vera"])
def test_the_patient_chooses_by_the_link_or_on_the_phone(by: str) -> None:
    gone = Gone()
    transfer = gone.told()
    who = getattr(gone.scene, by)
    moved = actions.choose_time(who, transfer.pk, gone.others[1].pk)
    assert (moved.doctor_id, moved.starts_at) == (gone.colleague.pk, gone.others[1].starts_at)
    assert gone.states() == ["blocked"] * 3, "the lost time is closed as the others are"
    assert Slot.objects.get(pk=gone.others[1].pk).state == SlotState.BOOKED
    assert Transfer.objects.get().state == TransferState.MOVED
    told = {notice.to for notice in _letters("moved:")}
    assert told == {"anna@example.ru", gone.scene.doctor.email, gone.colleague.email}
    with pytest.raises(Refusal, match="wrong_state"):
        actions.choose_time(who, transfer.pk, gone.others[0].pk)
    assert gone.scene.now().state == RequestState.SCHEDULED


def test_a_time_taken_meanwhile_is_said_with_the_next_ones() -> None:
    gone = Gone()
    transfer = gone.told()
    Slot.objects.filter(pk=gone.others[0].pk).update(state=SlotState.BOOKED)
    with pytest.raises(SlotGone) as refused:
        actions.choose_time(gone.scene.anna, transfer.pk, gone.others[0].pk)
    assert len(refused.value.nearest) == 3
    assert gone.consultation().slot_id == gone.scene.slots[0].pk
    assert Transfer.objects.get().state == TransferState.WAITING


def test_nobody_moves_before_the_people_were_told() -> None:
    gone = Gone()
    gone.prepared()
    transfer = Transfer.objects.get()
    with pytest.raises(Refusal, match=r"transfer\.not_told"):
        actions.choose_time(gone.scene.vera, transfer.pk, gone.others[0].pk)
    with pytest.raises(Refusal, match=r"transfer\.not_told"):
        actions.give_back(gone.scene.vera, transfer.pk, SAID)
    with pytest.raises(Refusal, match="missing"):
        queries.transfer(gone.scene.anna, transfer.pk)


@pytest.mark.act("transfer.give_back")
@pytest.mark.parametrize("by", ["anna", "vera"])
def test_none_fits_and_the_request_is_in_the_journal(by: str) -> None:
    gone = Gone()
    transfer = gone.told()
    with pytest.raises(Refusal, match=r"request\.reason"):
        actions.give_back(getattr(gone.scene, by), transfer.pk, " ")
    actions.give_back(getattr(gone.scene, by), transfer.pk, "Только по вечерам")
    assert gone.scene.now().state == RequestState.NEW
    assert gone.scene.now().reason == "Только по вечерам"
    assert gone.consultation().state == "cancelled"
    assert gone.states() == ["blocked"] * 3
    assert Transfer.objects.get().state == TransferState.RETURNED


def test_the_silent_go_back_to_the_journal_when_their_time_comes(clock: Clock) -> None:
    gone = Gone()
    transfer = gone.told()
    settle_transfers(0)
    assert Transfer.objects.get().state == TransferState.WAITING
    clock.set(transfer.starts_at + timedelta(minutes=1))
    settle_transfers(0)
    assert Transfer.objects.get().state == TransferState.RETURNED
    assert gone.scene.now().state == RequestState.NEW
    assert actions.settle_transfers() == 0


def test_ones_trouble_never_stops_the_next(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, other = Gone(), Gone()
    first, second = gone.told(), other.told()
    clock.set(second.starts_at + timedelta(minutes=1))

    def fails(actor: Actor, consultation_id: UUID, said: str) -> Consultation:
        if consultation_id == first.consultation_id:
            raise DatabaseError("no space left")
        return send_back(actor, consultation_id, said)

    monkeypatch.setattr("priyom.intake.actions.absences.send_back", fails)
    assert actions.settle_transfers() == 1
    assert Transfer.objects.get(pk=first.pk).state == TransferState.WAITING
    assert Transfer.objects.get(pk=second.pk).state == TransferState.RETURNED


def _moved(gone: Gone) -> None:
    actions.reschedule(gone.scene.vera, gone.key, gone.others[3].pk)


def _cancelled(gone: Gone) -> None:
    actions.cancel(gone.scene.vera, gone.key, SAID)


def _handed_over(gone: Gone) -> None:
    actions.hand_over(doctor_actor(gone.scene.doctor), gone.key, gone.colleague.pk, SAID)


OTHER_WAYS = [_moved, _cancelled, _handed_over]


@pytest.mark.parametrize("another_way", OTHER_WAYS)
def test_what_changed_another_way_is_moved_no_more(another_way: Callable[[Gone], None]) -> None:
    gone = Gone()
    transfer = gone.told()
    another_way(gone)
    before = gone.consultation()
    for who in (gone.scene.anna, gone.scene.vera):
        with pytest.raises(Refusal, match=r"transfer\.over"):
            actions.choose_time(who, transfer.pk, gone.others[0].pk)
        with pytest.raises(Refusal, match=r"transfer\.over"):
            actions.give_back(who, transfer.pk, SAID)
    now = gone.consultation()
    assert (now.slot_id, now.state) == (before.slot_id, before.state)
    assert queries.transfer(gone.scene.anna, transfer.pk).state == TransferState.DROPPED
    assert actions.settle_transfers() == 1
    assert Transfer.objects.get().state == TransferState.DROPPED


@pytest.mark.parametrize("another_way", OTHER_WAYS)
def test_what_changed_before_the_telling_is_not_told(another_way: Callable[[Gone], None]) -> None:
    gone = Gone()
    absence = gone.prepared()
    another_way(gone)
    assert actions.tell_absence(gone.scene.vera, absence.pk) == 0
    assert not _letters("displaced:")
    assert Transfer.objects.get().state == TransferState.DROPPED


def test_moved_into_another_absence_it_is_asked_about_again() -> None:
    gone = Gone()
    gone.told()
    _moved(gone)
    on = words.moscow(gone.others[3].starts_at).date()
    away = replace(gone.away, doctor=gone.colleague.pk, first=on, last=on)
    (again,) = actions.prepare_absence(gone.scene.vera, away).transfers.all()
    assert (again.consultation_id, again.state) == (gone.key, TransferState.WAITING)


def test_a_patient_chooses_among_the_same_speciality_and_what_is_for_patients() -> None:
    gone = Gone()
    transfer = gone.told()
    far, clinic = timedelta(hours=66), gone.scene.doctor.organisation
    other = builders.doctor(("Ким", "Вера", ""), clinic, builders.speciality("Кардиолог"))
    (strange,) = builders.slots(other, 1, begins=gone.others[0].starts_at)
    retired, (theirs,) = doctor_with_times(1, beside=gone.scene.doctor, begins_in=far)
    Doctor.objects.filter(pk=retired.pk).update(works=False)
    for slot in (strange, theirs):
        with pytest.raises(Refusal, match="missing"):
            actions.choose_time(gone.scene.anna, transfer.pk, slot.pk)
    Slot.objects.filter(pk=gone.others[0].pk).update(kind=SlotKind.REGISTRAR)
    with pytest.raises(SlotGone):
        actions.choose_time(gone.scene.anna, transfer.pk, gone.others[0].pk)
    assert gone.consultation().slot_id == gone.scene.slots[0].pk
    moved = actions.choose_time(gone.scene.vera, transfer.pk, strange.pk)
    assert moved.slot_id == strange.pk, "the registry may agree with the patient on any"


def test_whoever_leaves_the_absent_doctors_time_stays_closed() -> None:
    gone = Gone()
    absence = gone.prepared()
    actions.cancel_by_patient(gone.scene.anna, gone.key, "Стало лучше")
    assert gone.states() == ["blocked"] * 3
    actions.undo_absence(gone.scene.vera, absence.pk)
    assert gone.states() == ["free"] * 3


def test_what_was_offered_to_somebody_closes_with_the_absence() -> None:
    queue = Queue(people=2, times=1)
    made = queue.propose(0)
    on = words.moscow(queue.slots[0].starts_at).date()
    actions.prepare_absence(queue.vera, actions.Away(queue.doctor.pk, on, on, SAID))
    assert queries.proposal(queue.people[0], made.pk).is_closed
    with pytest.raises(SlotGone):
        actions.accept_proposal(queue.people[0], made.pk)
    assert actions.pass_on() == 1
    assert Proposal.objects.get(pk=made.pk).state == ProposalState.EXPIRED
    assert queue.open() is None, "a closed time goes to nobody"


def test_what_moved_another_way_needs_no_choice() -> None:
    gone = Gone()
    gone.told()
    actions.reschedule(gone.scene.vera, gone.key, gone.others[3].pk)
    assert actions.settle_transfers() == 1
    assert Transfer.objects.get().state == TransferState.DROPPED
    assert gone.scene.now().state == RequestState.SCHEDULED


def test_two_absences_over_one_day_ask_once() -> None:
    gone = Gone()
    gone.told()
    assert not actions.prepare_absence(gone.scene.vera, gone.away).transfers.exists()


def test_odd_days_and_no_reason_are_refused(clock: Clock) -> None:
    gone = Gone()
    for wrong in (
        replace(gone.away, last=gone.away.first - timedelta(days=1)),
        replace(gone.away, first=gone.away.first - timedelta(days=9)),
        replace(gone.away, last=gone.away.first + timedelta(days=90)),
        replace(gone.away, reason=""),
    ):
        with pytest.raises(Refusal):
            actions.prepare_absence(gone.scene.vera, wrong)
    assert not Absence.objects.exists()


def test_strangers_find_no_absence() -> None:
    gone = Gone()
    transfer = gone.told()
    absence = transfer.absence_id
    gleb, nina, foreign, own_doctor = gone.scene.strangers()
    for who in (gleb, nina, foreign, own_doctor, doctor_actor(gone.colleague)):
        acts: list[Callable[[], object]] = [
            partial(actions.choose_time, who, transfer.pk, gone.others[0].pk),
            partial(actions.give_back, who, transfer.pk, SAID),
        ]
        if who is not gleb:
            acts += [
                partial(actions.prepare_absence, who, gone.away),
                partial(actions.tell_absence, who, absence),
                partial(actions.undo_absence, who, absence),
                partial(queries.absence, who, absence),
            ]
        acts.append(partial(queries.transfer, who, transfer.pk))
        for act in acts:
            with pytest.raises(Refusal, match="missing"):
                act()
    assert gone.consultation().slot_id == gone.scene.slots[0].pk
    assert Absence.objects.get().state == AbsenceState.TOLD


def test_a_registry_reads_absences_in_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    gone = Gone(times=6)
    absence = gone.prepared()
    with django_assert_max_num_queries(6):
        queries.absence(gone.scene.vera, absence.pk)
    assert queries.absences(gone.scene.vera)[0].pk == absence.pk
