"""A time is offered with one click, accepted by a link, kept 15 minutes, then goes to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import DatabaseError

from priyom.consultations.models import Consultation
from priyom.intake import actions, queries
from priyom.intake.choices import (
    ProposalState,
)
from priyom.intake.jobs import pass_on
from priyom.intake.models import Proposal, Request, Step
from priyom.intake.rules import (
    RequestState,
    Urgency,
)
from priyom.intake.tests.builders import card, data, doctor_actor, patient
from priyom.intake.tests.test_letters import MEDICAL
from priyom.intake.tests.waiting import Queue
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import Refusal
from priyom.notices.models import Notice
from priyom.schedule import actions as schedule
from priyom.schedule.models import Slot
from priyom.schedule.rules import SlotGone, SlotKind, SlotState
from priyom.schedule.tests.builders import registrar_of
from priyom.testing.clock import Clock

pytestmark = pytest.mark.django_db


def test_the_page_ranks_who_waits_with_reasons() -> None:
    queue = Queue()
    actions.take(queue.vera, queue.requests[1])
    actions.hasten(queue.vera, queue.requests[1], is_urgent=True)
    actions.release(queue.vera, queue.requests[1])
    page = queries.waiting_page(queue.vera)
    assert page.waiting == 3
    first = page.openings[0]
    assert first.time.slot == queue.slots[0].pk
    assert [one.request for one in first.best] == [queue.requests[i] for i in (1, 0, 2)]
    assert first.best[0].match.reasons[:2] == ("в удобное время", "срочная")


def test_an_offer_keeps_the_time_and_writes_one_letter() -> None:
    queue = Queue()
    made = queue.propose(0)
    slot = queue.slot()
    assert (slot.state, slot.held_by) == (SlotState.HELD, made.pk)
    assert "в удобное время" in made.why
    letter = Notice.objects.get(key=f"proposed:{made.pk}:patient")
    for text in (letter.text, letter.html, letter.subject):
        assert not MEDICAL.search(text)
    assert f"/my/proposals/{made.pk}/" in letter.text
    with pytest.raises(SlotGone):
        schedule.hold(registrar_of(queue.doctor), slot.pk)
    assert not Consultation.objects.exists(), "nothing is booked silently"
    assert queries.waiting_page(queue.vera).openings[0].time.slot != slot.pk
    assert queries.waiting_page(queue.vera).offered[0].id == made.pk


@pytest.mark.act("proposal.accept")
@pytest.mark.act("request.accept")
def test_the_patient_accepts_and_all_is_made() -> None:
    queue = Queue()
    made = queue.propose(0)
    booked = actions.accept_proposal(queue.people[0], made.pk)
    request = Request.objects.get(pk=queue.requests[0])
    assert (request.state, request.consultation_id) == (RequestState.SCHEDULED, booked.pk)
    assert (queue.slot().state, queue.slot().held_by) == (SlotState.BOOKED, None)
    assert Notice.objects.filter(key__startswith=f"booked:{booked.pk}").count() == 2
    with pytest.raises(Refusal, match="wrong_state"):
        actions.accept_proposal(queue.people[0], made.pk)
    assert Consultation.objects.count() == 1


def test_a_patient_accepts_what_a_registrar_has_just_taken_in_hand() -> None:
    queue = Queue()
    made = queue.propose(0)
    actions.take(registrar_of(queue.doctor), queue.requests[0])
    assert actions.accept_proposal(queue.people[0], made.pk)
    assert Request.objects.get(pk=queue.requests[0]).taken_by is None


@pytest.mark.act("proposal.decline")
def test_declined_it_goes_to_the_next_and_the_request_stays() -> None:
    queue = Queue()
    actions.decline_proposal(queue.people[0], queue.propose(0).pk)
    following = queue.open()
    assert following is not None
    assert following.request_id == queue.requests[1]
    assert following.offered_by_name == "Приём"
    assert queue.slot().held_by == following.pk
    assert Request.objects.get(pk=queue.requests[0]).state == RequestState.NEW
    assert Step.objects.filter(request=queue.requests[0], kind="declined_offer").exists()


@pytest.mark.act("proposal.expire")
def test_not_answered_it_goes_on_until_nobody_is_left() -> None:
    queue = Queue()
    made = queue.propose(0)
    for person in (1, 2):
        queue.run_out(made)
        pass_on(0)
        following = queue.open()
        assert following is not None
        assert following.request_id == queue.requests[person]
        made = following
    queue.run_out(made)
    assert actions.pass_on() == 1
    assert queue.open() is None
    assert queue.slot().state == SlotState.FREE
    assert actions.pass_on() == 0


def test_a_late_answer_is_refused_kindly_and_books_nothing(clock: Clock) -> None:
    queue = Queue()
    made = queue.propose(0)
    clock.forward(minutes=16)
    with pytest.raises(Refusal, match=r"proposal\.late"):
        actions.accept_proposal(queue.people[0], made.pk)
    actions.pass_on()
    with pytest.raises(Refusal, match="wrong_state"):
        actions.accept_proposal(queue.people[0], made.pk)
    assert not Consultation.objects.exists()
    assert queries.proposal(queue.people[0], made.pk).is_open is False


@pytest.mark.act("proposal.withdraw")
def test_withdrawn_it_is_free_and_goes_to_nobody() -> None:
    queue = Queue()
    made = queue.propose(0)
    actions.withdraw_proposal(queue.vera, made.pk)
    assert queue.open() is None
    assert queue.slot().state == SlotState.FREE
    with pytest.raises(Refusal, match="wrong_state"):
        actions.decline_proposal(queue.people[0], made.pk)


def test_one_offer_for_a_time_and_for_a_person() -> None:
    queue = Queue()
    queue.propose(0)
    with pytest.raises(Refusal, match=r"proposal\.offered"):
        queue.propose(0, time=1)
    with pytest.raises(SlotGone):
        queue.propose(1)
    assert queue.slot(1).state == SlotState.FREE


def test_who_cannot_be_written_to_is_called_instead() -> None:
    queue = Queue()
    Request.objects.filter(pk=queue.requests[0]).update(email="")
    with pytest.raises(Refusal, match=r"proposal\.no_address"):
        queue.propose(0)
    assert queue.slot().state == SlotState.FREE
    actions.decline_proposal(queue.people[1], queue.propose(1).pk)
    following = queue.open()
    assert following is not None
    assert following.request_id == queue.requests[2], "the one without an address is passed by"


def test_a_request_settled_meanwhile_lets_its_time_go_on() -> None:
    queue = Queue()
    queue.propose(0)
    actions.withdraw(queue.people[0], queue.requests[0], "Стало лучше")
    assert actions.pass_on() == 1
    following = queue.open()
    assert following is not None
    assert following.request_id == queue.requests[1]


def test_one_offers_trouble_never_stops_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue()
    broken, whole = queue.propose(0), queue.propose(1, time=1)
    for made in (broken, whole):
        queue.run_out(made)
    let_go = schedule.let_go

    def fails(actor: Actor, slot_id: UUID, keeper: UUID) -> bool:
        if keeper == broken.pk:
            raise DatabaseError("no space left")
        return let_go(actor, slot_id, keeper)

    monkeypatch.setattr(schedule, "let_go", fails)
    assert actions.pass_on() == 1
    assert Proposal.objects.get(pk=broken.pk).state == ProposalState.OFFERED
    assert Proposal.objects.get(pk=whole.pk).state == ProposalState.EXPIRED


def test_a_time_kept_for_the_registry_may_be_offered() -> None:
    queue = Queue()
    Slot.objects.update(kind=SlotKind.REGISTRAR)
    assert actions.accept_proposal(queue.people[0], queue.propose(0).pk)


def test_a_freed_time_wakes_the_list() -> None:
    queue = Queue(times=1)
    booked = actions.accept_proposal(queue.people[0], queue.propose(0).pk)
    assert not queries.waiting_page(queue.vera).openings
    actions.cancel_by_patient(queue.people[0], booked.pk, "Не смогу")
    (opening,) = queries.waiting_page(queue.vera).openings
    assert opening.best[0].request == queue.requests[1]


@pytest.mark.act("request.hasten")
def test_urgency_is_marked_and_taken_back() -> None:
    queue = Queue(people=1)
    actions.take(queue.vera, queue.requests[0])
    made = actions.hasten(queue.vera, queue.requests[0], is_urgent=True)
    assert made.urgency == Urgency.URGENT
    assert actions.hasten(queue.vera, queue.requests[0], is_urgent=False).urgency == "planned"
    with pytest.raises(Refusal, match=r"request\.busy"):
        actions.hasten(registrar_of(queue.doctor), queue.requests[0], is_urgent=True)
    actions.decline(queue.vera, queue.requests[0], "Нет")
    with pytest.raises(Refusal, match="wrong_state"):
        actions.hasten(queue.vera, queue.requests[0], is_urgent=True)


def test_strangers_neither_offer_nor_answer() -> None:
    queue, other = Queue(), Queue(people=1)
    made = queue.propose(0)
    gleb, _ = patient(card("Сомов", "Глеб"))
    for who in (gleb, queue.people[1], queue.vera, doctor_actor(queue.doctor)):
        for act in (actions.accept_proposal, actions.decline_proposal, queries.proposal):
            with pytest.raises(Refusal, match="missing"):
                act(who, made.pk)
    for who in (gleb, other.vera, doctor_actor(queue.doctor)):
        acts: list[Callable[[], object]] = [
            partial(actions.propose, who, queue.requests[1], queue.slots[1].pk),
            partial(actions.withdraw_proposal, who, made.pk),
            partial(actions.hasten, who, queue.requests[1], is_urgent=True),
        ]
        for act_ in acts:
            with pytest.raises(Refusal, match="missing"):
                act_()
        if who is not other.vera:
            with pytest.raises(Refusal, match="missing"):
                queries.waiting_page(who)
    assert queries.waiting_page(other.vera).waiting == 1
    assert Proposal.objects.get().state == ProposalState.OFFERED


def test_the_home_page_shows_what_is_kept(clock: Clock) -> None:
    queue = Queue()
    made = queue.propose(0)
    (shown,) = queries.home(queue.people[0])
    assert shown.offered is not None
    assert shown.offered.url == f"/my/proposals/{made.pk}/"
    clock.forward(minutes=16)
    assert queries.home(queue.people[0])[0].offered is None


def test_a_second_request_of_the_same_person_is_another_one() -> None:
    queue = Queue(people=1)
    made = queue.propose(0)
    extra = actions.ask(queue.people[0], data(queue.doctor, made.request.patient))
    wish = timedelta(minutes=1)
    assert extra.pk != made.request_id
    assert queue.slots[1].starts_at > queue.slots[0].starts_at + wish
    assert actions.propose(queue.vera, extra.pk, queue.slots[1].pk).state == "offered"
