"""Absences prepared, undone, told and answered in any order: nobody is lost, closed is closed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from priyom.consultations.models import Consultation
from priyom.consultations.rules import LIVE
from priyom.intake import actions, queries
from priyom.intake.choices import AbsenceState, TransferState
from priyom.intake.models import Absence, Request, Transfer
from priyom.intake.rules import RequestState
from priyom.intake.tests.builders import doctor_actor
from priyom.intake.tests.waiting import Queue
from priyom.kernel import words
from priyom.kernel.refusal import Refusal
from priyom.notices.models import Notice
from priyom.schedule import actions as schedule
from priyom.schedule.models import Slot
from priyom.schedule.rules import SlotState
from priyom.schedule.tests.builders import doctor_with_times, registrar_of

PEOPLE, TIMES, ABSENCES = st.integers(0, 2), st.integers(0, 6), st.integers(0, 2)
SAID = "Врача не будет"


class Absences(RuleBasedStateMachine):
    """Three patients, a doctor with three times, a colleague with four a day later."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue(people=3, times=3)
        self.vera, self.other = self.queue.vera, registrar_of(self.queue.doctor)
        self.colleague, later = doctor_with_times(
            4, beside=self.queue.doctor, begins_in=timedelta(hours=44)
        )
        self.slots = [*self.queue.slots, *later]
        self.on = words.moscow(self.slots[0].starts_at).date()
        self.made: list[UUID] = []
        self.left: set[UUID] = set()
        """Requests whose patient has cancelled: those wait for nothing."""

    def teardown(self) -> None:
        """Leave nothing to the next example: the job looks at all."""
        Transfer.objects.filter(absence__in=self.made).update(state="dropped")
        Slot.objects.filter(pk__in=[one.pk for one in self.slots]).update(
            state="blocked", held_by=None, held_until=None
        )

    def transfer(self, person: int) -> Transfer | None:
        """Return the newest transfer of somebody's consultation."""
        rows = Transfer.objects.filter(consultation__request=self.queue.requests[person])
        return rows.select_related("absence", "consultation").order_by("-pk").first()

    def booked(self, person: int) -> UUID | None:
        row = Request.objects.get(pk=self.queue.requests[person])
        is_live = row.state == RequestState.SCHEDULED and row.pk not in self.left
        return row.consultation_id if is_live else None

    @rule(person=PEOPLE, time=TIMES)
    def book(self, person: int, time: int) -> None:
        key = self.queue.requests[person]
        row = Request.objects.get(pk=key)
        if row.state != RequestState.NEW or row.patient_id is None:
            return
        actions.take(self.vera, key)
        choice = actions.Choice(row.patient_id, self.slots[time].pk, row.email)
        try:
            actions.book(self.vera, key, choice)
        except Refusal:
            actions.release(self.vera, key)

    @rule(time=TIMES)
    def a_colleague_holds(self, time: int) -> None:
        try:
            schedule.hold(self.other, self.slots[time].pk)
        except Refusal:
            return

    @rule()
    def prepare(self) -> None:
        before = dict(Slot.objects.values_list("pk", "state"))
        away = actions.Away(self.queue.doctor.pk, self.on, self.on, SAID)
        made = actions.prepare_absence(self.vera, away)
        self.made.append(made.pk)
        for slot in self.queue.slots:
            is_booked = before[slot.pk] == SlotState.BOOKED
            assert (self.now(slot.pk) == SlotState.BOOKED) == is_booked, "nobody moves by it"

    @rule(absence=ABSENCES)
    def undo(self, absence: int) -> None:
        if absence >= len(self.made):
            return
        row = Absence.objects.get(pk=self.made[absence])
        try:
            actions.undo_absence(self.vera, row.pk)
        except Refusal:
            assert row.state != AbsenceState.PREPARED
        else:
            assert row.state == AbsenceState.PREPARED, "undo until told"

    @rule(absence=ABSENCES)
    def tell(self, absence: int) -> None:
        if absence >= len(self.made):
            return
        row = Absence.objects.get(pk=self.made[absence])
        try:
            actions.tell_absence(self.vera, row.pk)
        except Refusal:
            assert row.state != AbsenceState.PREPARED
            return
        for transfer in row.transfers.filter(state=TransferState.WAITING):
            assert Notice.objects.filter(key=f"displaced:{transfer.pk}:patient").count() == 1

    @rule(person=PEOPLE, place=st.integers(0, 2))
    def choose(self, person: int, place: int) -> None:
        """What the page offers is bookable; who comes second sees the next ones."""
        row = self.transfer(person)
        if row is None or row.absence.state != AbsenceState.TOLD:
            return
        page = queries.transfer(self.queue.people[person], row.pk)
        if place >= len(page.near):
            return
        moved = actions.choose_time(self.queue.people[person], row.pk, page.near[place].slot)
        assert moved.slot_id == page.near[place].slot
        assert Transfer.objects.get(pk=row.pk).state == TransferState.MOVED

    @rule(person=PEOPLE, time=TIMES)
    def choose_anything(self, person: int, time: int) -> None:
        row = self.transfer(person)
        if row is None:
            return
        is_open = row.state == TransferState.WAITING and not row.is_over
        before = row.consultation.slot_id
        try:
            actions.choose_time(self.queue.people[person], row.pk, self.slots[time].pk)
        except Refusal:
            assert Consultation.objects.get(pk=row.consultation_id).slot_id == before
        else:
            assert is_open
            assert row.absence.state == AbsenceState.TOLD, "nobody moves before all were told"

    @rule(person=PEOPLE)
    def give_back(self, person: int) -> None:
        row = self.transfer(person)
        if row is None:
            return
        is_open = row.state == TransferState.WAITING and not row.is_over
        try:
            actions.give_back(self.queue.people[person], row.pk, "Не подходит")
        except Refusal:
            assert not is_open or row.absence.state != AbsenceState.TOLD
        else:
            request = Request.objects.get(pk=self.queue.requests[person])
            assert request.state == RequestState.NEW

    @rule(person=PEOPLE, time=TIMES)
    def move_another_way(self, person: int, time: int) -> None:
        key = self.booked(person)
        if key is None:
            return
        try:
            actions.reschedule(self.vera, key, self.slots[time].pk)
        except Refusal:
            return

    @rule(person=PEOPLE)
    def hand_over(self, person: int) -> None:
        key = self.booked(person)
        if key and Consultation.objects.get(pk=key).doctor_id == self.queue.doctor.pk:
            mine = doctor_actor(self.queue.doctor)
            actions.hand_over(mine, key, self.colleague.pk, "Болею")

    @rule(person=PEOPLE)
    def the_clinic_cancels(self, person: int) -> None:
        key = self.booked(person)
        if key:
            actions.cancel(self.vera, key, SAID)

    @rule(person=PEOPLE)
    def the_patient_cancels(self, person: int) -> None:
        key = self.booked(person)
        if key:
            actions.cancel_by_patient(self.queue.people[person], key, "Стало лучше")
            self.left.add(self.queue.requests[person])

    @rule()
    def the_job_comes(self) -> None:
        actions.settle_transfers()
        rows = Transfer.objects.filter(state=TransferState.WAITING, absence__in=self.made)
        told = rows.filter(absence__state=AbsenceState.TOLD)
        assert not any(one.is_over for one in told.select_related("absence", "consultation"))

    def now(self, slot: UUID) -> str:
        return Slot.objects.get(pk=slot).state

    @invariant()
    def a_booked_time_has_exactly_one_consultation(self) -> None:
        for slot in self.slots:
            live = Consultation.objects.filter(slot=slot, state__in=LIVE).count()
            assert live == (self.now(slot.pk) == SlotState.BOOKED)

    @invariant()
    def an_absent_doctors_time_is_open_to_nobody(self) -> None:
        rows = Absence.objects.filter(pk__in=self.made).exclude(state=AbsenceState.UNDONE)
        if rows.exists():
            for slot in self.queue.slots:
                assert self.now(slot.pk) in (SlotState.BLOCKED, SlotState.BOOKED)
        else:
            for slot in self.queue.slots:
                assert self.now(slot.pk) != SlotState.BLOCKED

    @invariant()
    def nobody_is_lost(self) -> None:
        """Who asked waits in the journal or has one live consultation, unless it left."""
        for key in set(self.queue.requests) - self.left:
            row = Request.objects.get(pk=key)
            live = Consultation.objects.filter(request=row, state__in=LIVE).count()
            assert (row.state, live) in ((RequestState.NEW, 0), (RequestState.SCHEDULED, 1))

    @invariant()
    def a_displaced_one_is_asked_once(self) -> None:
        rows = Transfer.objects.filter(absence__in=self.made, state=TransferState.WAITING)
        asked = list(rows.values_list("consultation_id", flat=True))
        assert len(asked) == len(set(asked))


@pytest.mark.django_db
def test_no_order_of_absences_and_answers_loses_anybody() -> None:
    run_state_machine_as_test(
        Absences, settings=settings(max_examples=15, stateful_step_count=25, deadline=None)
    )
