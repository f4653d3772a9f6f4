"""One confirmation makes the consultation, all or nothing."""

from __future__ import annotations

import pytest

from priyom.consultations.models import Consultation, Entry
from priyom.intake import actions, letters
from priyom.intake.models import Step
from priyom.intake.rules import RequestState
from priyom.intake.tests.builders import Scene, card
from priyom.kernel.refusal import Refusal
from priyom.notices.models import Notice
from priyom.patients.models import Patient
from priyom.schedule.models import Slot
from priyom.schedule.rules import SlotGone, SlotState
from priyom.schedule.tests.builders import doctor_with_times
from priyom.testing.builders import speciality
from priyom.testing.jobs import deferred

pytestmark = pytest.mark.django_db


def _choice(scene: Scene, slot: int = 0, email: str = "anna@example.ru") -> actions.Choice:
    return actions.Choice(scene.card.pk, scene.slots[slot].pk, email)


@pytest.mark.act("request.book")
def test_one_confirmation_does_it_all() -> None:
    scene = Scene()
    key = scene.booked()
    request, consultation = scene.now(), Consultation.objects.get(pk=key)
    assert (request.state, request.consultation_id) == (RequestState.SCHEDULED, key)
    assert request.taken_by is None
    assert consultation.complaint == request.complaint
    assert Slot.objects.get(pk=scene.slots[0].pk).state == SlotState.BOOKED
    assert Entry.objects.get(consultation=consultation).kind == "opened"
    assert {notice.to for notice in Notice.objects.filter(about=key)} == {
        "anna@example.ru",
        scene.doctor.email,
    }
    assert len(deferred("notices.send")) == 2
    assert Patient.objects.get(pk=scene.card.pk).email_confirmed_at is not None


def test_booking_twice_makes_one() -> None:
    scene = Scene()
    scene.booked()
    with pytest.raises(Refusal, match="wrong_state"):
        actions.book(scene.vera, scene.request.pk, _choice(scene, 1))
    assert Slot.objects.get(pk=scene.slots[1].pk).state == SlotState.FREE


def test_a_taken_time_leaves_the_request_and_offers_others() -> None:
    scene, rival = Scene(), Scene()
    Slot.objects.filter(pk=scene.slots[0].pk).update(state=SlotState.BOOKED)
    scene.taken()
    with pytest.raises(SlotGone) as gone:
        actions.book(scene.vera, scene.request.pk, _choice(scene))
    assert len(gone.value.nearest) == 3
    assert scene.now().state == RequestState.TAKEN
    assert rival.now().state == RequestState.NEW


def test_a_letter_that_cannot_be_written_undoes_all(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    scene.taken()

    def broken(*_: object) -> None:
        raise RuntimeError("template")

    monkeypatch.setattr(letters, "compose", broken)
    with pytest.raises(RuntimeError):
        actions.book(scene.vera, scene.request.pk, _choice(scene))
    assert scene.now().state == RequestState.TAKEN
    assert not Consultation.objects.exists()
    assert not Notice.objects.exists()
    assert Slot.objects.get(pk=scene.slots[0].pk).state == SlotState.FREE
    assert Patient.objects.get(pk=scene.card.pk).email_confirmed_at is None


def test_without_an_address_the_patient_is_told_by_phone() -> None:
    scene = Scene()
    scene.taken()
    actions.book(scene.vera, scene.request.pk, _choice(scene, email=""))
    assert [notice.to for notice in Notice.objects.all()] == [scene.doctor.email]


def test_a_wrong_address_is_refused_beside_its_field() -> None:
    scene = Scene()
    scene.taken()
    with pytest.raises(Refusal) as refused:
        actions.book(scene.vera, scene.request.pk, _choice(scene, email="anna@"))
    assert refused.value.field == "email"
    assert scene.now().state == RequestState.TAKEN


def test_a_request_that_timed_out_meanwhile_can_still_be_booked() -> None:
    scene = Scene()
    assert actions.book(scene.vera, scene.request.pk, _choice(scene))
    assert list(Step.objects.filter(kind="book").values_list("by", flat=True)) == [
        scene.vera.account
    ]


def test_a_colleague_and_strangers_cannot_book() -> None:
    scene = Scene()
    scene.taken()
    with pytest.raises(Refusal, match=r"request\.busy"):
        actions.book(scene.colleague(), scene.request.pk, _choice(scene))
    for stranger in [*scene.strangers(), scene.anna]:
        with pytest.raises(Refusal, match="missing"):
            actions.book(stranger, scene.request.pk, _choice(scene))


def test_a_slot_of_another_clinic_is_not_found() -> None:
    scene, other = Scene(), Scene()
    scene.taken()
    with pytest.raises(Refusal, match="missing"):
        actions.book(scene.vera, scene.request.pk, actions.Choice(scene.card.pk, other.slots[0].pk))


def _childrens_time(scene: Scene) -> Slot:
    """Return a free time of a children's doctor beside the scene's."""
    kind = speciality("педиатрия", "педиатр")
    kind.is_for_children = True
    kind.save()
    _, slots = doctor_with_times(1, beside=scene.doctor)
    doctor = slots[0].doctor
    doctor.speciality = kind
    doctor.save()
    return slots[0]


def test_a_childrens_doctor_sees_no_adults() -> None:
    scene = Scene()
    time = _childrens_time(scene)
    scene.taken()
    with pytest.raises(Refusal, match="Педиатр принимает только детей"):
        actions.book(scene.vera, scene.request.pk, actions.Choice(scene.card.pk, time.pk))
    child = card("Иванова", "Мария", born=2020)
    choice = actions.Choice(child.pk, time.pk, is_sure=True)
    assert actions.book(scene.vera, scene.request.pk, choice)


def test_an_adult_is_not_moved_to_a_childrens_doctor() -> None:
    scene = Scene()
    time = _childrens_time(scene)
    key = scene.booked()
    with pytest.raises(Refusal, match="Педиатр принимает только детей"):
        actions.reschedule(scene.vera, key, time.pk)
    assert Slot.objects.get(pk=time.pk).state == "free"
