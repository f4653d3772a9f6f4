"""The pages of an absence: the registry's, and the one where the patient chooses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from priyom.consultations.models import Consultation
from priyom.intake.models import Absence, Transfer
from priyom.intake.tests.stage import Stage
from priyom.kernel import words
from priyom.schedule.models import Slot
from priyom.testing import builders
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    made = Stage()
    made.cast.consultation(consented=False, at=made.slots[0])
    later = made.slots[0].starts_at + timedelta(days=1)
    builders.slots(made.cast.darya.doctor, 3, begins=later)
    return made


def _prepare(stage: Stage, browser: Client, **changes: str) -> str:
    on = str(words.moscow(stage.slots[0].starts_at).date())
    sent = {"doctor": str(stage.cast.boris.doctor.pk), "first": on, "last": on, "reason": "Учёба"}
    return browser.post("/desk/absences/new/", sent | changes, follow=True).content.decode()


def _told(stage: Stage) -> Transfer:
    vera = visit(stage.cast.vera)
    _prepare(stage, vera)
    absence = Absence.objects.get()
    done = vera.post(f"/desk/absences/{absence.pk}/tell/", follow=True).content.decode()
    assert "Письма уйдут сами" in done
    return Transfer.objects.get()


def test_the_registry_sees_whom_it_moves_before_anybody_is_told(stage: Stage) -> None:
    vera = visit(stage.cast.vera)
    day = vera.get(f"/desk/schedule/?doctor={stage.cast.boris.doctor.pk}").content.decode()
    assert "/desk/absences/" in day
    page = _prepare(stage, vera)
    assert "Иванова Анна Сергеевна" in page
    assert "пациенты ещё не знают" in page
    assert "Лебедева" in page
    assert "Учёба" in vera.get("/desk/absences/").content.decode()
    absence = Absence.objects.get()
    done = vera.post(f"/desk/absences/{absence.pk}/undo/", follow=True).content.decode()
    assert "Снова свободно: 3" in done.replace(words.NBSP, " ")
    assert "Напишите причину" in _prepare(stage, vera, reason="")
    assert "Выберите врача и дни" in _prepare(stage, vera, first="")


def test_the_registry_books_what_was_chosen_on_the_phone(stage: Stage) -> None:
    transfer = _told(stage)
    vera = visit(stage.cast.vera)
    slot = Slot.objects.filter(doctor=stage.cast.darya.doctor).order_by("starts_at")[0]
    sent = {"absence": str(transfer.absence_id), "slot": str(slot.pk)}
    done = vera.post(f"/desk/transfers/{transfer.pk}/choose/", sent, follow=True).content.decode()
    assert "Перенесено: " in done
    assert Consultation.objects.get().slot_id == slot.pk
    again = vera.post(
        f"/desk/transfers/{transfer.pk}/give_back/", sent | {"reason": "Нет"}, follow=True
    )
    assert "сейчас «перенесено»" in again.content.decode()
    nothing = vera.post(f"/desk/transfers/{transfer.pk}/choose/", sent | {"slot": ""}, follow=True)
    assert "Выберите одно из предложенных" in nothing.content.decode()


def test_the_patient_chooses_by_the_link(stage: Stage) -> None:
    transfer = _told(stage)
    anna, address = visit(stage.cast.anna), f"/my/transfers/{transfer.pk}/"
    page = anna.get(address).content.decode()
    assert "Нужно другое время" in page
    slot = Slot.objects.filter(doctor=stage.cast.darya.doctor).order_by("starts_at")[1]
    assert f'value="{slot.pk}"' in page
    assert "Выберите одно из" in anna.post(f"{address}choose/", follow=True).content.decode()
    Slot.objects.filter(pk=slot.pk).update(state="booked")
    late = anna.post(f"{address}choose/", {"slot": str(slot.pk)}, follow=True).content.decode()
    assert "Это время только что заняли. Ниже следующие ближайшие." in late
    Slot.objects.filter(pk=slot.pk).update(state="free")
    done = anna.post(f"{address}choose/", {"slot": str(slot.pk)})
    assert done["Location"] == f"/my/consultations/{transfer.consultation_id}/"
    assert "Время выбрано" in anna.get(address).content.decode()


def test_the_patients_home_says_it_and_leads_to_the_choice(stage: Stage) -> None:
    vera, anna = visit(stage.cast.vera), visit(stage.cast.anna)
    _prepare(stage, vera)
    said = "Врач не сможет принять вас в это время"
    assert said not in anna.get("/my/").content.decode(), "nobody was told yet"
    absence = Absence.objects.get()
    vera.post(f"/desk/absences/{absence.pk}/tell/")
    home = anna.get("/my/").content.decode()
    assert said in home
    assert f"/my/transfers/{Transfer.objects.get().pk}/" in home
    assert said not in visit(stage.cast.gleb).get("/my/").content.decode()


def test_the_patient_says_that_nothing_fits(stage: Stage) -> None:
    transfer = _told(stage)
    anna, address = visit(stage.cast.anna), f"/my/transfers/{transfer.pk}/"
    wrong = anna.post(f"{address}give_back/", {"reason": ""}, follow=True).content.decode()
    assert "Напишите причину" in wrong
    done = anna.post(f"{address}give_back/", {"reason": "Вечером"}, follow=True).content.decode()
    assert "Регистратура подберёт другое время" in done
    assert "Подбираем другое время" in anna.get(address).content.decode()
    Transfer.objects.update(state="dropped")
    assert "Выбирать уже не нужно" in anna.get(address).content.decode()


def test_strangers_find_no_page(stage: Stage) -> None:
    transfer = _told(stage)
    desk = f"/desk/absences/{transfer.absence_id}/"
    for person in (stage.cast.nina, stage.cast.boris):
        assert visit(person).get(desk).status_code == 404
        assert visit(person).post(f"{desk}tell/").status_code == 404
        assert (
            visit(person).post(f"/desk/transfers/{transfer.pk}/choose/", {"slot": str(transfer.pk)})
        ).status_code == 404
    gleb, mine = visit(stage.cast.gleb), f"/my/transfers/{transfer.pk}/"
    assert gleb.get(mine).status_code == 404
    assert gleb.post(f"{mine}choose/", {"slot": str(transfer.pk)}).status_code == 404
    assert gleb.post(f"{mine}give_back/", {"reason": "Чужая"}).status_code == 404
    assert _prepare(stage, visit(stage.cast.nina)).count("не найдена") >= 1
