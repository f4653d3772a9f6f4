"""The patient's conclusion: what to do, «понятно», a question, a day for the calendar, who read."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from priyom.aftercare import actions
from priyom.aftercare.models import Mark
from priyom.aftercare.tests.conftest import After
from priyom.conclusions.actions import withdraw
from priyom.consultations.models import Entry
from priyom.intake.models import Request
from priyom.kernel import clock, words
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal
from priyom.testing.doors import visit

FIRST = "recommendations:1"


def page(after: After) -> str:
    answer = after.anna.get(after.root)
    assert answer.status_code == 200
    return answer.content.decode()


def asked(question: str, **more: str) -> dict[str, str]:
    return {
        "client_key": str(uuid7()), "question": question, "phone": "921 555-10-20", "email": "",
    } | more  # fmt: skip


def test_what_to_do_comes_first(after: After) -> None:
    text = page(after)
    assert text.index("Что делать") < text.index("Питьё, покой.") < text.index("Жалобы")
    assert text.count("reminder.ics") == 1, "of two advices one names a day"


def test_understood_stays_understood(after: After) -> None:
    for _ in range(2):
        answer = after.anna.post(f"{after.root}understand/", {"place": FIRST})
        assert answer.headers["Location"].endswith("#todo")
    mark = Mark.objects.get()
    assert (mark.place, mark.is_clear, mark.by) == (FIRST, True, after.talk.cast.anna.account.pk)
    assert page(after).count("Не понятно") == 2


def test_the_doctor_learns_what_was_not_understood(after: After) -> None:
    address = f"/desk/consultations/{after.talk.id}/understood/"
    boris = visit(after.talk.cast.boris)
    assert "ещё ничего не отметил" in boris.get(address).content.decode()
    after.anna.post(f"{after.root}understand/", {"place": "recommendations:2"})
    assert "1 из 2" in boris.get(address).content.decode()
    after.anna.post(f"{after.root}question/?place={FIRST}", asked("Сколько пить?\nИ чего?"))
    part = boris.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "понятно не всё" in part
    assert "«Питьё, покой.»" in part
    assert "<br>Сколько пить?<br>И чего?<br>" in part
    assert Request.objects.get(source="portal").number in part
    assert "<html" not in part
    assert address in boris.get(f"/desk/consultations/{after.talk.id}/").content.decode()
    after.anna.post(f"{after.root}understand/", {"place": FIRST})
    assert "2 из 2" in boris.get(address).content.decode(), "it was explained meanwhile"


def test_question_is_a_request_of_its_own_and_not_of_the_closed_chat(after: After) -> None:
    before = Entry.objects.filter(consultation=after.talk.row).count()
    form = asked("Сколько пить?")
    for _ in range(2):  # a double tap
        answer = after.anna.post(f"{after.root}question/?place={FIRST}", form)
        assert answer.status_code == 302
    request = Request.objects.get(source="portal")
    assert request.patient_id == after.talk.row.patient_id
    assert request.doctor_id == after.talk.row.doctor_id
    assert request.complaint.startswith(f"Вопрос по заключению № {after.talk.row.number}")
    assert "«Питьё, покой.»\nСколько пить?" in request.complaint
    assert request.phone == "+79215551020"
    assert Entry.objects.filter(consultation=after.talk.row).count() == before
    assert f"/my/requests/{request.pk}/" in page(after)
    after.anna.post(f"{after.root}understand/", {"place": FIRST})
    mark = Mark.objects.get()
    assert (mark.is_clear, mark.request_id) == (True, request.pk)


def test_question_that_is_none_keeps_what_was_typed(after: After) -> None:
    where = f"{after.root}question/?place={FIRST}"
    answer = after.anna.post(where, asked("?", phone="12"))
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "Это не похоже на телефон" in text
    answer = after.anna.post(where, asked("?", email="anna@mail.ru"))
    assert answer.status_code == 400
    assert "Напишите, что непонятно" in answer.content.decode()
    assert "anna@mail.ru" in answer.content.decode()
    assert not Request.objects.exists()


def test_calendar_names_the_day_and_nothing_else(after: After) -> None:
    answer = after.anna.get(f"{after.root}reminder.ics?place=recommendations:2")
    event = next(iter(Calendar.from_ical(answer.content).walk("VEVENT")))
    signed = words.moscow(after.row.signed_at or clock.now()).date()
    assert event.decoded("dtstart") == signed + timedelta(days=3)
    assert str(event["url"]).endswith(f"{after.root}#todo")
    for word in ("онсультация через", "ОРВИ", "Питьё", "врач"):
        assert word not in answer.content.decode()
    assert after.anna.get(f"{after.root}reminder.ics?place={FIRST}").status_code == 404


def test_patient_sees_who_of_the_staff_read_it(after: After) -> None:
    assert "Кроме вас и врача" in page(after)
    desk = f"/desk/consultations/{after.talk.id}/conclusion/"
    for _ in range(2):
        assert visit(after.talk.cast.inna).get(desk).status_code == 200
    text = page(after)
    assert f"{words.short_name('Громова', 'Инна', 'Викторовна')}, заведующий" in text
    assert re.search(r"за день 2\sраза", text)
    assert "Иванова А." not in text


@pytest.mark.parametrize("place", ["recommendations:9", "diagnosis:1", "", "x" * 400])
def test_there_is_no_other_advice(after: After, place: str) -> None:
    assert after.anna.post(f"{after.root}understand/", {"place": place}).status_code == 404
    assert after.anna.get(f"{after.root}question/?place={place}").status_code == 404
    assert not Mark.objects.exists()


def test_nobody_follows_a_withdrawn_paper(after: After) -> None:
    withdraw(after.talk.cast.inna.actor, after.talk.id, "Ошибка в диагнозе")
    text = page(after)
    assert "Заключение отозвано" in text
    assert 'id="todo"' not in text
    assert "советы из него больше не действуют" in text
    assert f'href="tel:{after.talk.cast.clinic.phone}"' in text
    assert "Показать другому" not in text
    assert after.anna.post(f"{after.root}understand/", {"place": FIRST}).status_code == 404
    assert after.anna.post(f"{after.root}share/", {"days": "1"}).status_code == 404


def test_only_the_patients_side_acts(after: After) -> None:
    cast = after.talk.cast
    for actor in (cast.boris.actor, cast.inna.actor, cast.vera.actor, cast.gleb.actor):
        with pytest.raises(Refusal) as refusal:
            actions.understand(actor, after.talk.id, FIRST)
        assert refusal.value.status == 404
        with pytest.raises(Refusal):
            actions.share(actor, after.talk.id, 1)


def test_page_asks_the_database_little(after: After, django_assert_max_num_queries: Any) -> None:
    after.anna.post(f"{after.root}understand/", {"place": FIRST})
    after.anna.post(f"{after.root}share/", {"days": "1"})
    with django_assert_max_num_queries(15):
        after.anna.get(after.root)
