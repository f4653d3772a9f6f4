"""What happens to a booked consultation happens to its request in the same transaction."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from priyom.clinics.models import Organisation
from priyom.consultations.models import Consultation
from priyom.intake import actions, queries
from priyom.intake.rules import RequestState
from priyom.intake.tests.builders import Scene, doctor_actor
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import Refusal
from priyom.notices.models import Notice
from priyom.schedule.models import Slot
from priyom.schedule.rules import SlotGone, SlotKind, SlotState
from priyom.schedule.tests.builders import doctor_with_times
from priyom.testing import builders
from priyom.testing.clock import Clock

pytestmark = pytest.mark.django_db


def _slots(scene: Scene) -> list[str]:
    return [Slot.objects.get(pk=slot.pk).state for slot in scene.slots]


def _letters(start: str) -> set[str]:
    return {notice.to for notice in Notice.objects.filter(key__startswith=start)}


@pytest.mark.act("consultation.reschedule")
def test_a_registrar_moves_it_and_both_are_told() -> None:
    scene = Scene(times=2)
    key = scene.booked()
    moved = actions.reschedule(scene.vera, key, scene.slots[1].pk)
    assert moved.starts_at == scene.slots[1].starts_at
    assert _slots(scene) == [SlotState.FREE, SlotState.BOOKED]
    assert _letters("moved:") == {"anna@example.ru", scene.doctor.email}
    back = actions.reschedule(scene.vera, key, scene.slots[0].pk)
    assert back.starts_at == scene.slots[0].starts_at
    assert Notice.objects.filter(key__startswith="moved:").count() == 4
    assert scene.now().state == RequestState.SCHEDULED


def test_a_move_to_a_colleague_tells_the_former_doctor_too() -> None:
    scene = Scene(times=1)
    colleague, others = doctor_with_times(1, beside=scene.doctor)
    actions.reschedule(scene.vera, scene.booked(), others[0].pk)
    assert _letters("moved:") == {"anna@example.ru", scene.doctor.email, colleague.email}
    former = Notice.objects.get(to=scene.doctor.email, key__startswith="moved:")
    assert "METHOD:CANCEL" in former.calendar


@pytest.mark.act("consultation.cancel")
def test_the_clinic_cancels_and_the_request_is_back() -> None:
    scene = Scene(times=1)
    key = scene.booked()
    with pytest.raises(Refusal, match=r"request\.reason"):
        actions.cancel(scene.vera, key, "")
    actions.cancel(scene.vera, key, "Врач заболел")
    request = scene.now()
    assert (request.state, request.consultation_id) == (RequestState.NEW, None)
    assert request.reason == "Врач заболел"
    assert _slots(scene) == [SlotState.FREE]
    assert _letters("cancelled:") == {"anna@example.ru", scene.doctor.email}
    scene.booked()


@pytest.mark.act("consultation.return")
@pytest.mark.act("request.send_back")
def test_a_doctors_refusal_brings_the_request_back() -> None:
    scene = Scene(times=1)
    key = scene.booked()
    actions.return_(doctor_actor(scene.doctor), key, "Нужен другой специалист")
    assert scene.now().state == RequestState.NEW
    assert _slots(scene) == [SlotState.FREE]
    assert _letters("cancelled:") == {"anna@example.ru"}
    step = scene.now().steps.get(kind="send_back")
    assert (step.by, step.note) == (scene.doctor.account_id, "Нужен другой специалист")


def test_the_patient_cancels_and_the_request_stays() -> None:
    scene = Scene(times=1)
    actions.cancel_by_patient(scene.anna, scene.booked(), "Не смогу")
    assert scene.now().state == RequestState.SCHEDULED
    assert Consultation.objects.get().state == "cancelled"
    assert _slots(scene) == [SlotState.FREE]


def test_the_patient_moves_it_by_itself_within_the_speciality() -> None:
    scene = Scene(times=2)
    key = scene.booked()
    clinic = scene.doctor.organisation
    other = builders.doctor(("Ким", "Вера", ""), clinic, builders.speciality("x", "кардиолог"))
    (strange,) = builders.slots(other, 1, begins=scene.slots[0].starts_at)
    Slot.objects.filter(pk=scene.slots[1].pk).update(kind=SlotKind.REGISTRAR)
    with pytest.raises(Refusal, match="missing"):
        actions.move_by_patient(scene.anna, key, strange.pk)
    with pytest.raises(SlotGone):
        actions.move_by_patient(scene.anna, key, scene.slots[1].pk)
    assert queries.other_times(scene.anna, key) == ()
    Slot.objects.filter(pk=scene.slots[1].pk).update(kind=SlotKind.PORTAL)
    (shown,) = queries.other_times(scene.anna, key)
    assert [slot.id for day in shown.days for slot in day.slots if slot.is_free] == [
        scene.slots[1].pk
    ]
    moved = actions.move_by_patient(scene.anna, key, scene.slots[1].pk)
    assert moved.slot_id == scene.slots[1].pk
    assert _slots(scene) == [SlotState.FREE, SlotState.BOOKED]
    assert _letters("moved:") == {"anna@example.ru", scene.doctor.email}


def test_after_the_limit_the_patient_is_told_whom_to_call(clock: Clock) -> None:
    scene = Scene(times=2)
    key = scene.booked()
    begins = scene.slots[0].starts_at
    clock.set(begins - timedelta(hours=2))
    for act in (
        partial(actions.cancel_by_patient, scene.anna, key, "Не смогу"),
        partial(actions.move_by_patient, scene.anna, key, scene.slots[1].pk),
        partial(actions.ask_to_move, scene.anna, key, "После 18:00"),
    ):
        with pytest.raises(Refusal, match=r"consultation\.too_late") as late:
            act()
        assert show_phone(scene.doctor.organisation.phone) in late.value.text
    assert Consultation.objects.get().state == "scheduled"
    Organisation.objects.update(change_hours=1)
    actions.cancel_by_patient(scene.anna, key, "Не смогу")
    assert Consultation.objects.get().state == "cancelled"


def test_the_registry_moves_and_cancels_after_the_limit(clock: Clock) -> None:
    scene = Scene(times=2)
    key = scene.booked()
    clock.set(scene.slots[0].starts_at - timedelta(minutes=5))
    actions.reschedule(scene.vera, key, scene.slots[1].pk, "Просит пациент")
    actions.cancel(scene.vera, key, "Просит пациент")
    assert Consultation.objects.get().state == "cancelled"


@pytest.mark.act("consultation.ask_to_move")
def test_the_patient_asks_to_move() -> None:
    scene = Scene(times=1)
    key = scene.booked()
    actions.ask_to_move(scene.anna, key, "После 18:00")
    assert Consultation.objects.get(pk=key).move_wish == "После 18:00"


def test_strangers_move_nothing() -> None:
    scene = Scene(times=2)
    key = scene.booked()
    gleb, nina, foreign, _ = scene.strangers()
    nobody = Actor(ActorKind.PATIENT, uuid7())
    for stranger in (gleb, nina, foreign, nobody):
        for act in (actions.cancel, actions.return_, actions.cancel_by_patient):
            with pytest.raises(Refusal, match="missing"):
                act(stranger, key, "Чужая")
        with pytest.raises(Refusal, match="missing"):
            actions.ask_to_move(stranger, key, "Чужая")
        with pytest.raises(Refusal, match="missing"):
            actions.reschedule(stranger, key, scene.slots[1].pk)
        with pytest.raises(Refusal, match="missing"):
            actions.move_by_patient(stranger, key, scene.slots[1].pk)
        with pytest.raises(Refusal, match="missing"):
            queries.other_times(stranger, key)
    with pytest.raises(Refusal, match="missing"):
        actions.cancel(scene.anna, key, "Не тем путём")
    assert _slots(scene) == [SlotState.BOOKED, SlotState.FREE]


def test_recalls_climb_the_ladder_and_make_up_for_missed_ticks(clock: Clock) -> None:
    scene = Scene(times=1)
    key = scene.booked()
    Consultation.objects.filter(pk=key).update(booked_at=clock.instant - timedelta(days=3))
    assert actions.remind() == 1
    assert actions.remind() == 0
    clock.set(scene.slots[0].starts_at - timedelta(minutes=40))
    assert actions.remind() == 1
    clock.set(scene.slots[0].starts_at - timedelta(minutes=1))
    assert actions.remind() == 1
    assert actions.remind() == 0
    assert _letters("soon:") == {"anna@example.ru"}
