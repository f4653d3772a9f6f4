"""Many press at once: real threads, real commits."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from priyom.consultations.models import Consultation
from priyom.intake import actions
from priyom.intake.choices import TellingAct
from priyom.intake.models import Proposal, Request, Step, Telling
from priyom.intake.rules import RequestData
from priyom.intake.tests.builders import Scene, data
from priyom.intake.tests.waiting import Queue
from priyom.kernel import clock, words
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal
from priyom.schedule import actions as schedule
from priyom.schedule.models import Slot
from priyom.schedule.rules import SlotGone
from priyom.schedule.tests.builders import doctor_with_times, registrar_of
from priyom.testing.cast import Cast
from priyom.testing.race import race


def test_twenty_registrars_take_one_request(committed_db: None) -> None:
    scene = Scene(times=0)
    people = [scene.colleague() for _ in range(20)]
    outcomes = race(*(partial(actions.take, one, scene.request.pk) for one in people))
    won = [one for one in outcomes if isinstance(one, Request)]
    lost = [one for one in outcomes if isinstance(one, Refusal)]
    assert (len(won), len(lost)) == (1, 19)
    assert all(one.text.startswith("Сейчас эту заявку ведёт ") for one in lost)
    assert Step.objects.filter(kind="take").count() == 1


def test_twenty_registrars_take_the_next_ones(committed_db: None) -> None:
    scene = Scene(times=0)
    for _ in range(9):
        actions.ask(scene.anna, data(scene.doctor, scene.card))
    people = [scene.colleague() for _ in range(20)]
    outcomes = race(*(partial(actions.take_next, one) for one in people))
    won = [one.pk for one in outcomes if isinstance(one, Request)]
    assert len(won) == len(set(won)) == 10


def test_fifty_bookings_of_one_time(committed_db: None) -> None:
    scene = Scene(times=4)
    requests = [actions.ask(scene.anna, data(scene.doctor, scene.card)) for _ in range(50)]
    choice = actions.Choice(scene.card.pk, scene.slots[0].pk, "anna@example.ru")
    acts = []
    for request in requests:
        registrar = scene.colleague()
        actions.take(registrar, request.pk)
        acts.append(partial(actions.book, registrar, request.pk, choice))
    outcomes = race(*acts)
    assert sum(isinstance(one, Consultation) for one in outcomes) == 1
    lost = [one for one in outcomes if isinstance(one, SlotGone)]
    assert len(lost) == 49
    assert all("Ближайшие: " in one.text and len(one.nearest) == 3 for one in lost)
    assert Consultation.objects.count() == 1


def test_one_form_sent_ten_times_makes_one_request(committed_db: None) -> None:
    scene = Scene(times=0)
    form = data(scene.doctor, scene.card)
    outcomes = race(*(partial(actions.ask, scene.anna, form) for _ in range(10)))
    assert len({one.pk for one in outcomes if isinstance(one, Request)}) == 1
    assert Request.objects.filter(client_key=form.client_key).count() == 1


def test_one_order_sent_four_times_makes_one_request(committed_db: None, cast: Cast) -> None:
    asked = RequestData(
        client_key=uuid7(),
        organisation=cast.clinic.pk,
        speciality=cast.boris.doctor.speciality_id,
        complaint="Кашель неделю",
        phone="+79215551020",
        patient=cast.anna.card.pk,
    )
    order = partial(actions.order, cast.boris.actor, asked, has_consent=True)
    outcomes = race(*[order] * 4)
    assert {one.pk for one in outcomes if isinstance(one, Request)} == set(
        Request.objects.values_list("pk", flat=True)
    )
    assert all(isinstance(one, Request) for one in outcomes), outcomes


def test_a_displaced_patient_gets_one_time_whoever_presses(committed_db: None) -> None:
    scene = Scene(times=1)
    _, others = doctor_with_times(3, beside=scene.doctor, begins_in=timedelta(hours=44))
    key = scene.booked()
    on = words.moscow(scene.slots[0].starts_at).date()
    away = actions.Away(scene.doctor.pk, on, on, "Врача не будет")
    absence = actions.prepare_absence(scene.vera, away)
    actions.tell_absence(scene.vera, absence.pk)
    transfer = absence.transfers.get().pk
    outcomes = race(
        *(
            partial(actions.choose_time, who, transfer, slot.pk)
            for who in (scene.anna, scene.vera)
            for slot in others
        ),
        partial(actions.give_back, scene.anna, transfer, "Не подходит"),
    )
    assert sum(not isinstance(one, Exception) for one in outcomes) == 1, outcomes
    assert all(isinstance(one, Refusal) for one in outcomes if isinstance(one, Exception))
    now = Consultation.objects.get(pk=key)
    booked = list(Slot.objects.filter(state="booked").values_list("pk", flat=True))
    assert booked == ([now.slot_id] if now.state == "scheduled" else [])


def test_an_absence_a_cancelling_and_a_move_at_once_leave_the_times_closed(
    committed_db: None,
) -> None:
    for _ in range(10):
        scene = Scene(times=2)
        _, others = doctor_with_times(1, beside=scene.doctor, begins_in=timedelta(hours=44))
        first = scene.booked()
        scene.request = actions.ask(scene.anna, data(scene.doctor, scene.card))
        second = scene.booked(1)
        on = words.moscow(scene.slots[0].starts_at).date()
        away = actions.Away(scene.doctor.pk, on, on, "Врача не будет")
        outcomes = race(
            partial(actions.prepare_absence, scene.vera, away),
            partial(actions.cancel, scene.colleague(), first, "Просит пациент"),
            partial(actions.reschedule, scene.colleague(), second, others[0].pk),
        )
        odd = [one for one in outcomes if isinstance(one, Exception)]
        assert not odd
        states = Slot.objects.filter(doctor=scene.doctor).values_list("state", flat=True)
        assert list(states) == ["blocked", "blocked"]


def test_a_call_and_newer_news_do_not_wait_in_a_ring(committed_db: None) -> None:
    for _ in range(10):
        scene = Scene(times=1)
        Request.objects.filter(pk=scene.request.pk).update(email="")
        scene.taken()
        choice = actions.Choice(scene.card.pk, scene.slots[0].pk)
        key = actions.book(scene.vera, scene.request.pk, choice).pk
        telling = Telling.objects.get(request=scene.request).pk
        outcomes = race(
            partial(actions.call, scene.vera, telling, TellingAct.MISS),
            partial(actions.call, scene.colleague(), telling, TellingAct.TELL),
            partial(actions.cancel, scene.colleague(), key, "Врача не будет"),
        )
        odd = [one for one in outcomes if isinstance(one, Exception)]
        assert all(isinstance(one, Refusal) for one in odd), odd
        news = Telling.objects.filter(request=scene.request, state="waiting")
        assert [one.news for one in news] == ["cancelled"]


def test_two_offers_of_one_time_and_a_booking_make_one_of_them(committed_db: None) -> None:
    queue = Queue(people=3, times=1)
    slot = queue.slots[0].pk
    request = Request.objects.select_related("patient").get(pk=queue.requests[2])
    assert request.patient is not None
    actions.take(queue.vera, request.pk)
    choice = actions.Choice(request.patient.pk, slot, request.email)
    outcomes = race(
        partial(actions.propose, registrar_of(queue.doctor), queue.requests[0], slot),
        partial(actions.propose, registrar_of(queue.doctor), queue.requests[1], slot),
        partial(actions.book, queue.vera, request.pk, choice),
    )
    assert sum(not isinstance(one, Exception) for one in outcomes) == 1, outcomes
    assert all(isinstance(one, Refusal) for one in outcomes if isinstance(one, Exception))
    offered = Proposal.objects.filter(state="offered").count()
    assert offered + Consultation.objects.count() == 1


def test_an_answer_and_the_end_of_the_quarter_of_an_hour_at_once(committed_db: None) -> None:
    for _ in range(6):
        queue = Queue(people=2, times=1)
        made = queue.propose(0)
        queue.run_out(made)
        Proposal.objects.filter(pk=made.pk).update(expires_at=clock.now() + timedelta(seconds=1))
        first, slot = queue.people[0], queue.slots[0].pk
        outcomes = race(
            partial(actions.accept_proposal, first, made.pk),
            partial(actions.accept_proposal, first, made.pk),
            partial(actions.decline_proposal, first, made.pk),
            partial(actions.withdraw_proposal, queue.vera, made.pk),
            partial(actions.propose, registrar_of(queue.doctor), queue.requests[1], slot),
            actions.pass_on,
            schedule.release_expired,
        )
        odd = [one for one in outcomes if isinstance(one, Exception)]
        assert all(isinstance(one, Refusal) for one in odd), odd
        live = Consultation.objects.filter(slot=queue.slots[0]).count()
        assert live == (queue.slot().state == "booked") <= 1


def test_an_offer_that_ends_and_a_new_one_of_its_time_do_not_wait_in_a_ring(
    committed_db: None,
) -> None:
    queue = Queue(people=3, times=1)
    for _ in range(15):
        made = queue.propose(0)
        queue.run_out(made)
        slot, others = queue.slots[0].pk, [registrar_of(queue.doctor) for _ in range(2)]
        outcomes = race(
            partial(actions.withdraw_proposal, queue.vera, made.pk),
            *(
                partial(actions.propose, who, request, slot)
                for who, request in zip(others, queue.requests[1:], strict=True)
            ),
        )
        odd = [one for one in outcomes if isinstance(one, Exception)]
        assert all(isinstance(one, Refusal) for one in odd), odd
        for row in Proposal.objects.filter(state="offered"):
            actions.withdraw_proposal(queue.vera, row.pk)
        assert queue.slot().state == "free"
