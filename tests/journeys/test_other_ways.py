"""The other ways of the process: a child, a call, moves, returns, orders, no script, figures."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import (
    steps_archive,
    steps_doctor,
    steps_letters,
    steps_paper,
    steps_registry,
    steps_request,
    steps_talk,
)
from tests.journeys.stage import Stage
from tests.journeys.times import connect, near_time

pytestmark = pytest.mark.journeys

MOTHER, CHILD, MAIL = "Петрова Ольга", "Петров Михаил Андреевич", "olga.petrova@pochta.example"
COUGH = "Сын кашляет третий день, вечером 38,2, пьёт хорошо, сыпи нет."


def test_child_through_the_mother(stage: Stage) -> None:
    mother = stage.patient(MOTHER)
    steps_request.ask(stage, mother, complaint=COUGH, person=CHILD)
    time = near_time(stage.region, "zaytseva")
    registrar = stage.staff("kovaleva")
    steps_registry.take(stage, registrar, COUGH[:20])
    steps_registry.search(registrar, f"{CHILD}", "one").locator("[data-row]").check()
    expect(registrar.locator("#plan-who")).to_contain_text(CHILD)
    steps_registry.book(stage, registrar, doctor=time.doctor, at=time.at, name=CHILD)
    link = steps_letters.check(stage.letter(MAIL, time.at), at=time.at, portal="my")
    mother.goto(link)
    steps_talk.enter(stage, mother)
    expect(mother.get_by_text(re.compile(r"Пациент: Петров\sМ\.\sА\."))).to_be_visible()
    steps_talk.say(mother, "Здравствуйте, я мама Миши. Температура утром 37,4.")
    doctor = stage.staff(time.login)
    doctor.locator(".row.timed", has_text=time.at).click()
    steps_talk.online(doctor)
    steps_talk.hears(doctor, "я мама Миши")
    stage.look(doctor, "workspace-child", full=False)
    doctor.get_by_role("button", name="Начать").click()
    expect(doctor.get_by_role("button", name="Позвонить по видео")).to_be_enabled()
    stranger = stage.patient("Сомов Глеб")
    answer = stranger.goto(link)
    assert answer is not None
    assert answer.status == 404
    stage.look(stranger, "strangers-chat")


def test_a_booking_is_moved_handed_over_returned_and_cancelled(stage: Stage) -> None:
    why = "Месяц болит спина после дачи, таблетки не помогают."
    registrar = stage.staff("kovaleva")
    name, birth = "Смирнов-Волков Алексей Игоревич", _birth(stage, "Смирнов-Волков")
    mail = "a.smirnov-volkov@mail.example"
    steps_registry.phone_call(stage, registrar, name, birth, why)
    at = steps_registry.first_time(registrar, "Соколова", after=4)
    _choose(registrar, name)
    booked = steps_registry.book(stage, registrar, doctor="Соколова", at=at, name=name)
    patient = stage.patient("Смирнов-Волков")
    stage.look(patient, "home-two")
    steps_registry.move(stage, registrar, booked)
    stage.letter(mail, "перенесена")

    number = booked.key
    doctor, colleague = stage.staff("sokolova"), stage.staff("orlov")
    doctor.goto(stage.url(f"/desk/consultations/{number}/"))
    steps_doctor.hand_over(stage, doctor, "Орлов", "Пациент давно наблюдается у вас.")
    colleague.goto(stage.url(f"/desk/consultations/{number}/"))
    steps_talk.online(colleague)
    steps_doctor.give_back(stage, colleague, "Нужен невролог, это его случай.")
    row = steps_registry.see_in_journal(stage, registrar, why[:20])
    expect(row).to_contain_text("Смирнов-Волков")

    steps_registry.take(stage, registrar, why[:20])
    at = steps_registry.first_time(registrar, "Соколова", after=-1)
    _choose(registrar, name)
    booked = steps_registry.book(
        stage, registrar, doctor="Соколова", at=at, name=name, is_last_day=True
    )
    patient.goto(stage.url("/my/"))
    steps_request.ask_to_move(patient, booked, "в четверг вечером")
    stage.look(patient, "home-asked-to-move")
    registrar.goto(stage.url("/desk/booked/?only=moves"))
    expect(registrar.get_by_text("«в четверг вечером»")).to_be_visible()
    stage.look(registrar, "wishes-to-move")
    steps_request.move(stage, patient, booked, "Соколова")
    steps_request.cancel(patient, booked, "Стало лучше.")
    stage.look(patient, "home-cancelled")
    registrar.goto(booked.page)
    expect(registrar.get_by_text("Стало лучше.").first).to_be_visible()


def test_a_new_card_and_a_no_show(stage: Stage) -> None:
    """The time of the booking is set back as the database's role of the web: tests cannot wait."""
    registrar = stage.staff("smirnova")
    name = "Непомнящая Прасковья Ильинична"
    steps_registry.phone_call(
        stage, registrar, name, ("4", "мая", "1951"), "Давление 160, кружится голова."
    )
    registrar.get_by_role("link", name=re.compile("Новая карта")).click()
    registrar.get_by_label("Фамилия").fill(name.split()[0])
    registrar.get_by_label("Имя", exact=True).fill(name.split()[1])
    registrar.get_by_label("Отчество").fill(name.split()[2])
    registrar.locator("#id_birth_on_day").fill("4")
    registrar.locator("#id_birth_on_month").select_option(label="мая")
    registrar.locator("#id_birth_on_year").fill("1951")
    registrar.get_by_label("женский").check()
    stage.look(registrar, "new-card")
    registrar.get_by_role("button", name=re.compile("Создать карту")).click()
    stage.look(registrar, "new-card-made")
    registrar.get_by_role("link", name=re.compile("Вернуться к заявке")).click()
    registrar.get_by_label("Почты нет, сообщу по телефону").check()
    at = steps_registry.first_time(registrar, "Соколова", after=6)
    booked = steps_registry.book(stage, registrar, doctor="Соколова", at=at, name=name)
    expect(registrar.get_by_text("сообщите пациенту по телефону")).to_be_visible()
    registrar.goto(stage.url("/desk/tellings/"))
    stage.look(registrar, "to-be-told")
    row = registrar.locator("li", has_text=name)
    row.get_by_role("button", name="Не дозвонились").click()
    expect(row.get_by_text("Звонили: 1")).to_be_visible()
    row.get_by_role("button", name="Сообщили").click()
    expect(registrar.get_by_text("Записано: сообщили.")).to_be_visible()
    expect(row).to_have_count(0)
    number = booked.key
    with connect(stage.region) as base:
        base.execute(
            "UPDATE consultations_consultation SET starts_at = now() - %s, ends_at = now() "
            "WHERE id = %s",
            (timedelta(minutes=20), number),
        )
    doctor = stage.staff("sokolova")
    doctor.goto(stage.url(f"/desk/consultations/{number}/"))
    steps_doctor.miss(doctor)
    stage.look(doctor, "day-after-no-show")


def test_a_doctor_orders_from_the_card(stage: Stage) -> None:
    why = "Одышка при подъёме на второй этаж, прошу оценить ЭКГ."
    doctor = stage.staff("sokolova")
    steps_doctor.order(stage, doctor, name="Ли Вэй 12.07.1997", why=why)
    registrar = stage.staff("kovaleva")
    row = steps_registry.see_in_journal(stage, registrar, why[:20])
    expect(row).to_contain_text("Врач")


def test_a_closed_talk_is_taken_along(stage: Stage, tmp_path: Path) -> None:
    patient = stage.patient("Смирнов-Волков")
    steps_archive.opened(stage, patient)
    transcript = steps_archive.built(patient, "Переписка для чтения", "Собрать PDF")
    assert transcript.read_bytes().startswith(b"%PDF-")
    archive = steps_archive.built(patient, "Всё вместе", "Собрать ZIP")
    stage.look(patient, "archive-built", quick=True)
    steps_archive.checked(archive, tmp_path)


def test_patients_need_no_script(stage: Stage) -> None:
    patient = stage.patient("Иванова Анна", scripts=False)
    patient.goto(stage.url("/my/requests/new/"))
    patient.get_by_label("Что беспокоит").fill("Не проходит насморк, хочу спросить о каплях.")
    patient.get_by_label("К какому врачу").select_option(label="Терапевт, любой")
    patient.get_by_label("В любое время").check()
    patient.get_by_label(re.compile("Боли в груди")).check()
    patient.get_by_role("button", name="Отправить заявку").click()
    expect(patient.get_by_text("Заявка у регистратуры")).to_be_visible()
    patient.goto(stage.url("/my/"))
    patient.get_by_role("link", name="Открыть чат").first.click()
    words = "Пишу из старого телефона, без скриптов."
    patient.get_by_label("Сообщение врачу").fill(words)
    patient.get_by_role("button", name="Отправить", exact=True).click()
    expect(patient.locator(".bubble.mine", has_text=words)).to_have_count(1)
    photo = patient.locator(".bubble img").first.get_attribute("src")
    assert patient.context.request.get(stage.url(str(photo))).ok
    patient.goto(stage.url("/my/"))
    pdf = patient.get_by_role("link", name=re.compile("PDF: заключение")).first
    answer = patient.context.request.get(stage.url(str(pdf.get_attribute("href"))))
    steps_paper.genuine(stage, answer.body(), "")


def test_head_and_administrator(stage: Stage) -> None:
    head = stage.staff("arkhipov")
    expect(head.get_by_role("heading", name="Показатели")).to_be_visible()
    stage.look(head, "figures")
    tile = head.locator("a.figure", has_text="Ждут ответа регистратуры")
    count = int(tile.locator("b").inner_text())
    tile.click()
    rows = head.locator("tbody tr, ul.rows > li")
    assert min(count, rows.count()) > 0
    stage.look(head, "figures-behind")
    admin = stage.staff("admin")
    admin.goto(stage.url("/admin/"))
    expect(admin.get_by_text("Справочники и учётные записи")).to_be_visible()
    stage.keep(admin, f"{stage.journey}-admin")
    admin.get_by_role("link", name=re.compile("Врачи")).first.click()
    expect(admin.get_by_role("link", name=re.compile("Соколова")).first).to_be_visible()
    stage.keep(admin, f"{stage.journey}-admin-doctors")
    admin.goto(stage.url("/desk/journal/"))
    expect(admin.get_by_role("heading", name="Журнал заявок")).to_have_count(0)
    stage.look(admin, "no-post")


def test_doors_and_quiet_pages(stage: Stage) -> None:
    visitor = stage.visitor()
    for path, name in (("/", "front"), ("/my/sign-in/", "sign-in"), ("/check/", "check-asks")):
        visitor.goto(stage.url(path))
        stage.look(visitor, name)
    visitor.goto(stage.url("/desk/sign-in/"))
    stage.look(visitor, "desk-sign-in")
    visitor.goto(stage.url("/my/nothing-here/"))
    stage.look(visitor, "not-found")
    visitor.goto(stage.url("/my/sign-in/"))
    visitor.get_by_role("button", name="Войти через Госуслуги").click()
    stage.look(visitor, "esia", quick=True)
    patient = stage.patient("Смирнов-Волков")
    patient.goto(stage.url("/my/consents/"))
    stage.look(patient, "consents")
    registrar = stage.staff("kovaleva")
    for path, name in (
        ("/desk/booked/?only=past", "booked-past"),
        ("/desk/schedule/", "schedule"),
        ("/desk/notices/", "letters"),
        ("/desk/patients/search/?q=Иванова+Анна", "index-several"),
    ):
        answer = registrar.goto(stage.url(path))
        assert answer is not None
        assert answer.ok, path
        stage.look(registrar, name)
    registrar.locator("[data-patient]").first.click()
    stage.look(registrar, "card")
    doctor = stage.staff("sokolova")
    # The talk that goes on: the chip says that, or until when the patient waits for an answer.
    doctor.locator(".row", has_text=re.compile("идёт|ответить|обещали")).first.click()
    steps_talk.online(doctor)
    for tab in ("card", "earlier", "files"):
        doctor.goto(f"{doctor.url.split('?')[0]}?tab={tab}")
        stage.look(doctor, f"workspace-{tab}", full=False)


def _choose(page: Page, name: str) -> None:
    """Take the card that the index found for the request."""
    found = page.locator("#found [data-row]").first
    found.check()
    expect(page.locator("#plan-who")).to_contain_text(name)


def _birth(stage: Stage, family: str) -> tuple[str, str, str]:
    """Return day, month in the genitive and year of somebody of the demo."""
    months = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
    with connect(stage.region) as base:
        found = base.execute(
            "SELECT birth_on FROM patients_patient WHERE family = %s AND given = 'Алексей' "
            "AND patronymic = 'Игоревич' ORDER BY made_at LIMIT 1",
            (family,),
        ).fetchone()
    assert found is not None
    born = found[0]
    return str(born.day), months.split()[born.month - 1], str(born.year)
