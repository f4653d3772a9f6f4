"""The region's index beside this base: asked for a person, never waited for, taken over once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from time import monotonic
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from priyom.kernel.refusal import Refusal
from priyom.patients import actions, outside, pdqm, queries
from priyom.patients.models import Alias, Patient
from priyom.patients.outside import State
from priyom.patients.pdqm import Stranger
from priyom.patients.rules import NumberTaken
from priyom.patients.tests.cast import BORIS, VERA, account, card
from priyom.patients.understand import understand
from priyom.testing.builders import organisation
from priyom.testing.cast import Cast
from priyom.testing.doors import visit
from priyom.testing.race import race
from simulators.index.application import Served
from simulators.index.tests.running import AUTHORIZATION, base, running

SOURCE = "urn:oid:1.2.643.2.69.1.2.109"
ALINA = Stranger(
    "78-0001", "Ветрова", "Алина", "Марковна", date(1991, 5, 17), "f", "16012345612",
    "7812340000000011", "4012:104455", "+79215551101", "Санкт-Петербург, Лиговский пр., 10",
)  # fmt: skip
PAGE = "/desk/patients/outside/"


@pytest.fixture
def index(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(outside, "_PATIENCE", {})
    with running(tmp_path) as served:
        settings.INDEX_URL = base(served)
        settings.INDEX_AUTHORIZATION = AUTHORIZATION
        settings.INDEX_SYSTEM = SOURCE
        yield served


def _find(text: str) -> outside.Answer:
    return outside.current().find(understand(text), "1.2.643.5")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ветрова алина 17.05.1991", ["78-0001"]),
        ("ветрава алина марковна 17.05.1991", ["78-0001"]),  # $match takes a typo
        ("ветрова алина 1991", ["78-0001", "78-0002"]),
        ("ежикова роза 2020", ["78-0004"]),
        ("160-123-456 12", ["78-0001"]),
        ("7812340000000011", ["78-0001"]),
        ("4012 104455", ["78-0001"]),
        ("IV-МЮ 700700", ["78-0004"]),
        ("никто такой 1990", []),
    ],
)
def test_whom_the_index_knows(index: Served, text: str, found: list[str]) -> None:
    answer = _find(text)
    assert (answer.state, [one.number for one in answer.strangers][: len(found) or None]) == (
        State.ANSWERED, found,
    )  # fmt: skip


def test_a_card_is_read_clean(index: Served) -> None:
    assert _find("160-123-456 12").strangers == (ALINA,)
    assert outside.current().read("78-0001") == ALINA
    for number in ("78-0006", "78-9999", "../metadata", "a b?c"):
        assert outside.current().read(number) is None


@pytest.mark.parametrize("text", ["", "ветрова", "ветрова алина", "ветрова а 1991", "5551101"])
def test_it_is_not_asked_while_somebody_types(index: Served, text: str) -> None:
    assert _find(text).state is State.NOT_ASKED
    assert index.asked == []


def test_too_many_are_said_to_be_too_many(index: Served) -> None:
    assert _find("толпыгина вера 1980").state is State.TOO_MANY


@pytest.mark.parametrize("fault", ["error_500", "slow", "silent", "garbage", "drip"])
def test_whatever_it_does_nobody_waits_longer_than_two_seconds(index: Served, fault: str) -> None:
    index.faults.add(fault)
    begun = monotonic()
    assert _find("ветрова алина 1991").state is State.SILENT
    assert monotonic() - begun < outside.LIMIT.total_seconds() + 1


def test_a_head_that_trickles_is_not_waited_for(settings: Any) -> None:
    """No single byte is late, and the client's own time-outs never end."""
    stop = Event()

    class Trickle(BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(b"HTTP/1.1 200 OK\r\n")
            while not stop.wait(0.2):
                self.request.sendall(b"X-More: x\r\n")

    with ThreadingTCPServer(("127.0.0.1", 0), Trickle) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings.INDEX_URL = f"http://127.0.0.1:{server.server_address[1]}"
        begun = monotonic()
        assert _find("ветрова алина 1991").state is State.SILENT
        assert monotonic() - begun < outside.LIMIT.total_seconds() + 1
        stop.set()
        server.shutdown()


def test_after_three_failures_it_is_left_alone_for_a_while(
    index: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.faults.add("error_500")
    for _ in range(5):
        assert _find("ветрова алина 1991").state is State.SILENT
    assert len(index.asked) == outside.FAILURES
    index.faults.clear()
    assert _find("ветрова алина 1991").state is State.SILENT
    later = monotonic() + outside.PAUSE.total_seconds() + 1
    monkeypatch.setattr(outside, "monotonic", lambda: later)
    assert _find("ветрова алина 1991").state is State.ANSWERED
    assert _find("ветрова алина 1991").state is State.ANSWERED


def test_a_refusal_of_one_question_is_no_failure_of_the_index(index: Served) -> None:
    for _ in range(outside.FAILURES + 1):
        assert _find("толпыгина вера 1980").state is State.TOO_MANY
    assert _find("ветрова алина 1991").state is State.ANSWERED


def test_who_is_not_let_in_says_so_in_the_log(
    index: Served, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.INDEX_AUTHORIZATION = "N3 other"
    assert _find("ветрова алина 1991").state is State.SILENT
    assert "status 403, forbidden" in caplog.text


@pytest.mark.parametrize("fault", ["", "error_500", "silent", "garbage"])
def test_no_name_stands_in_an_address_or_a_log(
    index: Served, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    index.faults |= {fault} - {""}
    for text in ("ветрова алина 17.05.1991", "ветрова алина 1991", "160-123-456 12"):
        _find(text)
    said = caplog.text + str(index.asked)
    for word in ("етров", "%D0", "16012345612", "1991"):
        assert word not in said


def test_nobody_there_is_silence_too(settings: Any) -> None:
    settings.INDEX_URL = "http://127.0.0.1:9/mpi/fhir"
    assert _find("ветрова алина 1991").state is State.SILENT


@given(st.binary(max_size=200) | st.from_regex(r'\{"resourceType": ?"(Bundle|Patient)".*\}'))
def test_no_answer_breaks_the_reader(text: bytes | str) -> None:
    raw = text if isinstance(text, bytes) else text.encode()
    for read in (pdqm.found, pdqm.patient):
        try:
            read(raw)
        except pdqm.Unreadable:
            continue
    assert isinstance(pdqm.issue(raw), str)


@pytest.mark.django_db
def test_a_stranger_becomes_a_card_once() -> None:
    made = actions.adopt(VERA, SOURCE, ALINA)
    assert actions.adopt(VERA, SOURCE, replace(ALINA, phone="")).id == made.id
    made.refresh_from_db()
    assert (made.snils, made.phone, made.is_temporary) == (ALINA.snils, ALINA.phone, False)
    assert [row.id for row in queries.find(VERA, "ветрова алина 1991").rows] == [made.id]
    shown = queries.card(VERA, made.id)
    assert shown.aliases == ("78-0001",)
    assert shown.changes[0].label == "Номер в другом индексе"
    other = actions.adopt(VERA, "urn:oid:other", replace(ALINA, snils="", enp=""))
    assert other.id != made.id


@pytest.mark.django_db
def test_who_is_here_already_gets_the_number_and_stays_as_it_is() -> None:
    here = card(family="ВЕТРОВА", given="Алина", birth_on=ALINA.birth_on, snils=ALINA.snils)
    assert actions.adopt(VERA, SOURCE, ALINA).id == here.id
    here.refresh_from_db()
    assert (here.family, here.enp) == ("ВЕТРОВА", None)
    stays = card(family="Ветрова", given="Алина", birth_on=date(1991, 5, 18))
    actions.merge(VERA, stays.id, here.id, set())
    assert actions.adopt(VERA, SOURCE, ALINA).id == stays.id


@pytest.mark.django_db
@pytest.mark.parametrize("other", [{"family": "Другая"}, {"birth_on": date(1990, 1, 1)}])
def test_another_persons_number_is_refused(other: dict[str, Any]) -> None:
    known = {"family": "Ветрова", "given": "Алина", "birth_on": ALINA.birth_on}
    card(**{**known, "snils": ALINA.snils, **other})
    with pytest.raises(NumberTaken):
        actions.adopt(VERA, SOURCE, ALINA)
    assert (Alias.objects.count(), Patient.objects.count()) == (0, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"sex": ""}, {"given": ""}, {"family": " "}, {"birth_on": date(1900, 1, 1)}]
)
def test_what_makes_no_card_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        actions.adopt(VERA, SOURCE, replace(ALINA, **wrong))
    assert refused.value.kind == "invalid"


@pytest.mark.django_db
def test_only_a_registrar_asks_and_takes() -> None:
    for actor in (BORIS, account(snils="08765430200")[1]):
        for act in (
            lambda a=actor: actions.adopt(a, SOURCE, ALINA),
            lambda a=actor: queries.beside(a, "ветрова алина 1991"),
            lambda a=actor: queries.stranger(a, "78-0001"),
        ):
            with pytest.raises(Refusal, match="missing"):
                act()
        assert not queries.asks_outside(actor, "ветрова алина 1991")


def test_racing_registrars_take_one_card(committed_db: None) -> None:
    done = race(*[lambda: actions.adopt(VERA, SOURCE, ALINA)] * 6)
    assert {getattr(one, "id", one) for one in done} == {Patient.objects.get().id}
    assert Alias.objects.count() == 1


def _hidden(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


@pytest.mark.django_db
def test_a_registrar_finds_somebody_outside_and_takes_the_card(cast: Cast, index: Served) -> None:
    vera = visit(cast.vera)
    request = str(UUID(int=7))
    asked = {"q": "ветрова алина 17.05.1991", "request": request}
    own = vera.get("/desk/patients/search/", asked).content.decode()
    assert "Мы не нашли карту" in own
    assert f"{PAGE}?q=%D0%B2%D0%B5%D1%82" in own
    assert index.asked == []  # the page stands before anybody outside is asked
    part = vera.get(PAGE, asked, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Ветрова Алина Марковна" in part
    assert "Региональный индекс" in part
    assert ALINA.snils not in part
    assert "<html" in vera.get(PAGE, asked).content.decode()
    sent = {"number": _hidden(part, "number"), "request": request}
    done = vera.post(f"{PAGE}adopt/", sent, follow=True)
    page = done.content.decode()
    made = Patient.objects.get(family="Ветрова")
    assert f"/desk/patients/{made.id}/" in str(done.redirect_chain)
    assert f"/desk/requests/{request}/?patient={made.id}" in page
    assert "78-0001" in page
    again = vera.get(PAGE, asked).content.decode()
    assert "Уже в этой базе" in again
    assert "Взять карту: Ветрова Алина Марковна" not in again


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/desk/patients/search/", "/desk/patients/new/"])
def test_without_an_outside_index_nothing_is_asked(cast: Cast, page: str) -> None:
    text = visit(cast.vera).get(page, {"q": "ветрова алина 1991"}).content.decode()
    assert PAGE not in text


@pytest.mark.django_db
def test_a_new_card_is_begun_with_a_look_outside(cast: Cast, index: Served) -> None:
    asked = {"q": "ветрова алина 1991"}
    assert PAGE in visit(cast.vera).get("/desk/patients/new/", asked).content.decode()
    assert PAGE not in visit(cast.vera).get("/desk/patients/new/").content.decode()
    assert PAGE not in visit(cast.boris).get("/desk/patients/search/", asked).content.decode()


@pytest.mark.django_db
def test_silence_is_said_and_the_own_cards_stand(cast: Cast, index: Served) -> None:
    index.faults.add("error_500")
    vera = visit(cast.vera)
    said = vera.get(PAGE, {"q": "ветрова алина 1991"}).content.decode()
    assert "Региональный индекс не отвечает, показаны карты этой базы" in said
    taken = vera.post(f"{PAGE}adopt/", {"number": "78-0001"}, follow=True).content.decode()
    assert "Региональный индекс не отвечает. Попробуйте через минуту" in taken
    assert vera.get("/desk/patients/search/", {"q": "иванова анна"}).status_code == 200


@pytest.mark.django_db
def test_others_have_no_such_page(cast: Cast, index: Served) -> None:
    for person in (cast.boris, cast.inna):
        assert visit(person).get(PAGE, {"q": "ветрова алина 1991"}).status_code == 404
        assert visit(person).post(f"{PAGE}adopt/", {"number": "78-0001"}).status_code == 404
    assert index.asked == []


def test_the_audit_keeps_how_many_not_whom(
    committed_db: None, audit_dsn: str, index: Served
) -> None:
    vera = replace(VERA, organisation=organisation().pk)
    queries.beside(vera, "ветрова алина 1991")
    actions.adopt(vera, SOURCE, ALINA)
    with psycopg.connect(audit_dsn) as audit:
        rows = audit.execute("SELECT action, detail::text FROM audit_event ORDER BY at").fetchall()
    kept: dict[str, str] = dict(rows)
    assert '"found": 2' in kept["patients.outside"]
    assert "patients.adopt" in kept
    assert "етров" not in str(rows)
