"""What the registrar sees of the journal: kinds, terms, a search, whose it is and how long."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from priyom.intake import actions, queries
from priyom.intake.models import Request
from priyom.intake.queries import Sift
from priyom.intake.rules import Contact, RequestState, Urgency
from priyom.intake.tests.builders import Scene, card, data, patient
from priyom.intake.tests.stage import Stage, taken
from priyom.kernel import clock
from priyom.testing import builders
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db


def _shown(scene: Scene, **asked: Any) -> list[str]:
    """Return the families that Вера's journal shows."""
    found = queries.journal(scene.vera, Sift(**asked))
    return [row.name.split("\N{NO-BREAK SPACE}")[0] for row in found.rows]


def _asks(scene: Scene, family: str, given: str = "Глеб", **changes: object) -> Request:
    person, own = patient(card(family, given))
    return actions.ask(person, data(scene.doctor, own, **changes))


def test_what_colleagues_have_stands_apart() -> None:
    scene = Scene()
    theirs = _asks(scene, "Петров")
    actions.take(scene.colleague(), theirs.pk)
    scene.taken()
    assert _shown(scene, only="others") == ["Петров"]
    assert _shown(scene, only="mine") == ["Иванова"]
    counts = queries.journal(scene.vera).counts
    assert (counts["mine"], counts["others"], counts["new"]) == (1, 1, 0)


def test_the_list_and_its_counts_are_of_one_source_and_speciality() -> None:
    scene = Scene()
    kind = builders.speciality("кардиология", "кардиолог")
    other = _asks(scene, "Петров")
    Request.objects.filter(pk=other.pk).update(source="phone", speciality=kind)
    assert _shown(scene, source="phone") == ["Петров"]
    assert _shown(scene, source="odd") == ["Иванова", "Петров"]
    assert _shown(scene, speciality=kind.pk) == ["Петров"]
    assert queries.journal(scene.vera, Sift(speciality=kind.pk)).counts["all"] == 1


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("семенов", ["Семёнов-Ли"]),
        ("Семёнов-Ли гл", ["Семёнов-Ли"]),
        ("семенов анна", []),
        ("ЧУЖОЙ", []),
    ],
)
def test_a_family_is_sought_among_those_that_wait(words: str, found: list[str]) -> None:
    scene = Scene()
    _asks(scene, "Семёнов-Ли")
    assert _shown(scene, sought=words) == found


def test_a_number_or_a_phone_is_found_in_every_state() -> None:
    scene = Scene()
    scene.booked()
    _asks(scene, "Петров", phone="921 555-99-99")
    for words in (scene.request.number, f"№ {scene.request.number}", "8 (921) 555-10-20"):
        found = queries.journal(scene.vera, Sift(only="new", sought=words)).rows
        assert [(row.id, row.label) for row in found] == [(scene.request.pk, "назначена")]
    for stranger in scene.strangers()[1:2]:
        assert queries.journal(stranger, Sift(sought=scene.request.number)).rows == ()


def test_the_newest_contact_counts() -> None:
    scene = Scene()
    scene.taken()
    actions.contact(scene.vera, scene.request.pk, Contact.NO_ANSWER)
    assert _shown(scene, only="call") == ["Иванова"]
    later = clock.now() + timedelta(hours=2)
    actions.contact(scene.vera, scene.request.pk, Contact.CALL_BACK, "", later)
    (row,) = queries.journal(scene.vera, Sift(only="call")).rows
    assert row.call_back_at == later
    actions.take(scene.vera, scene.request.pk)
    actions.contact(scene.vera, scene.request.pk, Contact.NOTE, "дверь слева")
    assert _shown(scene, only="call") == ["Иванова"]
    actions.contact(scene.vera, scene.request.pk, Contact.CALLED)
    assert _shown(scene, only="call") == []
    assert scene.now().call_back_at is None


def test_a_call_that_was_promised_says_when_its_time_has_come(clock: Clock) -> None:
    scene = Scene()
    scene.taken()
    at = clock.instant + timedelta(hours=2)
    actions.contact(scene.vera, scene.request.pk, Contact.CALL_BACK, "", at)
    due = []
    for minutes in (0, 121):
        clock.forward(minutes=minutes)
        page = queries.journal(scene.vera, Sift(only="call"))
        due.append((page.rows[0].is_call_due, page.digest))
    assert [one for one, _ in due] == [False, True]
    assert due[0][1] != due[1][1], "the list moves by itself"


def test_the_first_answer_is_kept_once() -> None:
    scene = Scene()
    scene.taken()
    actions.contact(scene.vera, scene.request.pk, Contact.NO_ANSWER)
    assert scene.now().answered_at is None
    actions.contact(scene.vera, scene.request.pk, Contact.CALLED)
    first = scene.now().answered_at
    assert first is not None
    choice = actions.Choice(scene.card.pk, scene.slots[0].pk, "anna@example.ru")
    actions.book(scene.vera, scene.request.pk, choice)
    assert scene.now().answered_at == first


def test_what_is_nearly_due_is_said_before_it_is_late() -> None:
    scene = Scene()
    now = clock.now()
    wanted = {timedelta(hours=9): (False, False), timedelta(hours=1): (False, True)}
    wanted[timedelta(minutes=-1)] = (True, False)
    for left, look in wanted.items():
        Request.objects.filter(pk=scene.request.pk).update(
            asked_at=now - timedelta(hours=10), answer_due_at=now + left
        )
        (row,) = queries.journal(scene.vera).rows
        assert (row.is_late, row.is_soon) == look, left
        counts = queries.journal(scene.vera).counts
        assert (counts["late"], counts["soon"]) == look, left
        assert bool(_shown(scene, only="soon")) == look[1]


def test_next_is_an_urgent_one_and_of_the_shown_kind() -> None:
    scene = Scene()
    urgent = _asks(scene, "Петров")
    Request.objects.filter(pk=urgent.pk).update(urgency=Urgency.URGENT, source="phone")
    assert actions.take_next(scene.vera).pk == urgent.pk
    actions.release(scene.vera, urgent.pk)
    assert actions.take_next(scene.vera, source="portal").pk == scene.request.pk
    later = clock.now() + timedelta(hours=2)
    actions.contact(scene.vera, scene.request.pk, Contact.CALL_BACK, "", later)
    Request.objects.filter(pk=scene.request.pk).update(call_back_at=clock.now())
    assert actions.take_next(scene.vera, source="portal").pk == scene.request.pk


def test_pages_of_a_sifted_list_keep_what_was_asked() -> None:
    stage = Stage()
    for _ in range(42):
        actions.ask(stage.cast.anna.actor, stage.data(stage.cast.anna.card))
    vera = visit(stage.cast.vera)
    page = vera.get("/desk/journal/?source=portal&only=new").content.decode()
    more = re.search(r'href="([^"]+after=[^"]+)">Дальше', page)
    assert more is not None
    assert "source=portal" in more[1]
    rest = vera.get(more[1].replace("&amp;", "&")).content.decode()
    assert rest.count('id="row-') == 3
    assert vera.get("/desk/journal/?source=phone").content.decode().count('id="row-') == 0


def test_an_act_leaves_the_list_sifted_as_it_was() -> None:
    stage = Stage()
    vera = visit(stage.cast.vera)
    left = {"Referer": f"http://testserver{stage.url()}?only=new&source=portal&q=x"}
    for path in (stage.url("take/"), stage.url("contact/"), stage.url("book/")):
        sent = {"kind": "note", "note": "да", "patient": str(stage.cast.anna.card.pk)}
        sent |= {"slot": str(stage.slots[0].pk), "email": "anna@example.ru"}
        answer = vera.post(path, sent, headers=left)
        assert answer["Location"] == f"{stage.url()}?only=new&source=portal", path
    foreign = {"Referer": "https://elsewhere.example/?next=//evil.example"}
    other = actions.ask(stage.cast.anna.actor, stage.data(stage.cast.anna.card))
    answer = vera.post("/desk/journal/next/", headers=foreign)
    assert answer["Location"] == f"/desk/requests/{other.pk}/"


def test_work_on_the_page_prolongs_the_hold_and_a_lost_one_is_said() -> None:
    stage = Stage()
    vera = taken(stage)
    Request.objects.filter(pk=stage.request.pk).update(
        taken_until=clock.now() + timedelta(minutes=1)
    )
    assert vera.post(stage.url("stay/")).status_code == 204
    until = Request.objects.get(pk=stage.request.pk).taken_until
    assert until is not None
    assert until > clock.now() + timedelta(minutes=10)
    actions.release(stage.cast.vera.actor, stage.request.pk)
    assert vera.post(stage.url("stay/")).status_code == 409
    assert visit(stage.cast.nina).post(stage.url("stay/")).status_code == 404


def test_a_ready_reason_declines_and_an_own_one_goes_before_it() -> None:
    stage = Stage()
    vera = taken(stage)
    page = vera.get(stage.url()).content.decode()
    assert "Нужен очный осмотр. Запишитесь на приём в поликлинику." in page
    vera.post(stage.url("decline/"), {"ready": "", "reason": " "})
    assert stage.state() == RequestState.TAKEN
    vera.post(stage.url("decline/"), {"ready": "Вопрос решили по телефону.", "reason": ""})
    assert Request.objects.get(pk=stage.request.pk).reason == "Вопрос решили по телефону."


def test_a_call_back_has_a_day() -> None:
    stage = Stage()
    vera = taken(stage)
    on = clock.today() + timedelta(days=5)
    sent = {"kind": "call_back", "call_back_on": f"{on}", "call_back": "10:30"}
    vera.post(stage.url("contact/"), sent)
    at = Request.objects.get(pk=stage.request.pk).call_back_at
    assert at is not None
    assert f"{at.astimezone(clock.MOSCOW):%Y-%m-%d %H:%M}" == f"{on} 10:30"
    assert "Перезвонить" in vera.get("/desk/journal/?only=call").content.decode()
