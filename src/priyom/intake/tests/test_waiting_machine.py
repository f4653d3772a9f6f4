"""Offers expired, declined, accepted late, two of one time: never two bookings."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from priyom.consultations.models import Consultation
from priyom.consultations.rules import LIVE
from priyom.intake import actions
from priyom.intake.choices import (
    ProposalState,
)
from priyom.intake.models import Proposal, Request
from priyom.intake.rules import (
    RequestState,
)
from priyom.intake.tests.waiting import Queue
from priyom.kernel.refusal import Refusal
from priyom.schedule.models import Slot
from priyom.schedule.rules import SlotState

PEOPLE, TIMES = st.integers(0, 3), st.integers(0, 1)


class WaitingList(RuleBasedStateMachine):
    """Four who wait, two times, a registrar who offers, books and cancels in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue(people=4, times=2)
        self.over: set[object] = set()

    def teardown(self) -> None:
        """Leave nothing to the next example: the job looks at all."""
        Proposal.objects.filter(request__in=self.queue.requests).update(state="withdrawn")
        Slot.objects.filter(doctor=self.queue.doctor).update(
            state="blocked", held_by=None, held_until=None
        )

    def newest(self, person: int) -> Proposal | None:
        rows = Proposal.objects.filter(request=self.queue.requests[person])
        return rows.order_by("-offered_at", "-pk").first()

    @rule(person=PEOPLE, time=TIMES)
    def propose(self, person: int, time: int) -> None:
        was_free = self.queue.slot(time).state == SlotState.FREE
        try:
            made = self.queue.propose(person, time)
        except Refusal:
            return
        assert was_free or self.queue.slot(time).held_by == made.pk

    @rule(person=PEOPLE)
    def accept(self, person: int) -> None:
        row = self.newest(person)
        if row is None:
            return
        try:
            made = actions.accept_proposal(self.queue.people[person], row.pk)
        except Refusal:
            return
        assert row.state == ProposalState.OFFERED
        assert row.pk not in self.over, "what is over is accepted no more"
        assert made.slot_id == row.slot_id

    @rule(person=PEOPLE)
    def decline(self, person: int) -> None:
        row = self.newest(person)
        if row is None:
            return
        if row.state == ProposalState.OFFERED:
            actions.decline_proposal(self.queue.people[person], row.pk)
        else:
            with pytest.raises(Refusal, match="wrong_state"):
                actions.decline_proposal(self.queue.people[person], row.pk)

    @rule(person=PEOPLE)
    def time_passes(self, person: int) -> None:
        row = self.newest(person)
        if row is not None and row.state == ProposalState.OFFERED:
            self.queue.run_out(row)
            self.over.add(row.pk)

    @rule()
    def the_job_comes(self) -> None:
        actions.pass_on()
        assert not Proposal.objects.filter(pk__in=self.over, state="offered").exists()

    @rule(person=PEOPLE)
    def withdraw(self, person: int) -> None:
        row = self.newest(person)
        if row is not None and row.state == ProposalState.OFFERED:
            actions.withdraw_proposal(self.queue.vera, row.pk)

    @rule(person=PEOPLE, time=TIMES)
    def the_registrar_books(self, person: int, time: int) -> None:
        key = self.queue.requests[person]
        request = Request.objects.select_related("patient").get(pk=key)
        if request.state not in (RequestState.NEW, RequestState.TAKEN) or not request.patient:
            return
        actions.take(self.queue.vera, key)
        choice = actions.Choice(request.patient.pk, self.queue.slots[time].pk, request.email)
        try:
            actions.book(self.queue.vera, key, choice)
        except Refusal:
            actions.release(self.queue.vera, key)

    @rule(person=PEOPLE)
    def the_clinic_cancels(self, person: int) -> None:
        row = Request.objects.get(pk=self.queue.requests[person])
        if row.state == RequestState.SCHEDULED and row.consultation_id:
            actions.cancel(self.queue.vera, row.consultation_id, "Врача не будет")

    @invariant()
    def a_time_has_one_consultation_and_a_booked_one_has_exactly_one(self) -> None:
        for slot in Slot.objects.filter(doctor=self.queue.doctor):
            live = Consultation.objects.filter(slot=slot, state__in=LIVE).count()
            assert live == (slot.state == SlotState.BOOKED)

    @invariant()
    def one_offer_for_a_time_and_for_a_person(self) -> None:
        rows = Proposal.objects.filter(request__in=self.queue.requests, state="offered")
        open_ = list(rows.select_related("slot"))
        assert len({row.slot_id for row in open_}) == len({row.request_id for row in open_})
        assert len(open_) == len({row.slot_id for row in open_})
        for row in open_:
            assert row.slot.held_by == row.pk or row.pk in self.over

    @invariant()
    def who_is_scheduled_has_one_live_consultation(self) -> None:
        for row in Request.objects.filter(pk__in=self.queue.requests):
            is_live = Consultation.objects.filter(request=row, state__in=LIVE).count()
            assert is_live == (row.state == RequestState.SCHEDULED)


@pytest.mark.django_db
def test_no_order_of_offers_and_answers_books_twice() -> None:
    run_state_machine_as_test(
        WaitingList, settings=settings(max_examples=15, stateful_step_count=25, deadline=None)
    )
