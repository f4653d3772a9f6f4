"""The patient moves and cancels a booking from the home page, until the МО's limit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from priyom.clinics.models import Organisation
from priyom.consultations.actions import begin
from priyom.consultations.models import Consultation
from priyom.schedule.models import Slot
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db


def test_another_time_is_chosen_on_a_page_and_the_old_one_is_free(cast: Cast) -> None:
    first, second = builders.slots(cast.boris.doctor, 2)
    row = cast.consultation(consented=False, at=first)
    anna, url = visit(cast.anna), f"/my/consultations/{row.pk}/reschedule/"
    assert url in anna.get("/my/").content.decode()
    page = anna.get(url).content.decode()
    assert str(second.pk) in page
    assert "Перенести на выбранное время" in page
    nothing = anna.post(url, {}).content.decode()
    assert "Выберите новое время" in nothing
    home = anna.post(url, {"slot": str(second.pk)}, follow=True).content.decode()
    assert "Перенесено. Ждём вас:" in home
    assert Consultation.objects.get().slot_id == second.pk
    assert Slot.objects.get(pk=first.pk).state == "free"


def test_a_time_that_was_taken_meanwhile_is_said_on_the_page(cast: Cast) -> None:
    first, second, third = builders.slots(cast.boris.doctor, 3)
    row = cast.consultation(consented=False, at=first)
    Slot.objects.filter(pk=second.pk).update(state="booked")
    url = f"/my/consultations/{row.pk}/reschedule/"
    page = visit(cast.anna).post(url, {"slot": str(second.pk)}).content.decode()
    assert "Это время только что заняли" in page
    assert str(third.pk) in page


def test_where_nothing_is_free_a_wish_can_be_written(cast: Cast) -> None:
    row = cast.consultation(consented=False)
    page = visit(cast.anna).get(f"/my/consultations/{row.pk}/reschedule/").content.decode()
    assert "Другого свободного времени на две недели вперёд нет" in page
    assert f"/my/consultations/{row.pk}/ask_to_move/" in page


def test_after_the_limit_the_page_says_whom_to_call(cast: Cast, clock: Clock) -> None:
    first, second = builders.slots(cast.boris.doctor, 2)
    row = cast.consultation(consented=False, at=first)
    clock.set(first.starts_at - timedelta(hours=2))
    anna, url = visit(cast.anna), f"/my/consultations/{row.pk}/"
    home = anna.get("/my/").content.decode()
    assert "Перенести или отменить самостоятельно можно было" in home
    assert f"tel:{cast.clinic.phone}" in home
    assert f"{url}cancel/" not in home
    page = anna.get(f"{url}reschedule/").content.decode()
    assert "Позвонить в регистратуру" in page
    assert str(second.pk) not in page
    assert anna.post(f"{url}cancel/", {"reason": "Не смогу"}).status_code == 409
    Organisation.objects.update(change_hours=0)
    assert f"{url}cancel/" in anna.get("/my/").content.decode()


def test_what_goes_on_is_moved_no_more(cast: Cast, clock: Clock) -> None:
    builders.consent(cast.anna.card, cast.clinic)
    row = cast.consultation(consented=False)
    clock.set(row.starts_at)
    begin(cast.boris.actor, row.pk)
    anna, url = visit(cast.anna), f"/my/consultations/{row.pk}/"
    assert "Эту консультацию перенести уже нельзя" in anna.get(f"{url}reschedule/").content.decode()
    assert f"{url}cancel/" in anna.get("/my/").content.decode(), "but ended at any time"


def test_strangers_see_no_times(cast: Cast) -> None:
    row = cast.consultation(consented=False)
    url = f"/my/consultations/{row.pk}/reschedule/"
    gleb = visit(cast.gleb)
    assert gleb.get(url).status_code == 404
    assert gleb.post(url, {"slot": str(row.slot_id)}).status_code == 404
