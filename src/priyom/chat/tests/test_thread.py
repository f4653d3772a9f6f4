"""The talk as pages show it: order, days, unread, states, files; and to whom."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from priyom.chat import queries
from priyom.chat.place import Place
from priyom.consultations import log
from priyom.consultations.actions import cancel, join
from priyom.consultations.log import Item, Verdict
from priyom.consultations.models import Consultation
from priyom.kernel.refusal import Refusal
from priyom.testing import builders
from priyom.testing.cast import Cast, Consultant, Visitor, gather
from priyom.testing.clock import Clock
from priyom.testing.doors import visit


@pytest.fixture
def cast(db: None) -> Cast:
    return gather()


@pytest.fixture
def talk(cast: Cast) -> Consultation:
    made = cast.consultation()
    join(cast.anna.actor, made.pk)
    return made


def write(
    talk: Consultation, who: Visitor | Consultant, *bodies: str, refers: int | None = None
) -> None:
    with connection.cursor() as cursor:
        items = [
            Item(talk.pk, who.account.pk, str(uuid4()), "message", body, refers) for body in bodies
        ]
        assert {one.verdict for one in log.append(cursor, items, "test")} == {Verdict.STORED}


def test_each_side_sees_its_own_on_the_right(cast: Cast, talk: Consultation) -> None:
    write(talk, cast.anna, "Кашель")
    write(talk, cast.boris, "Давно?", refers=2)
    opened, hers, his = queries.thread(cast.anna.actor, talk.pk).part.entries
    assert opened.shape == "note"
    assert opened.text.startswith("Чат открыт. Консультация ")
    assert (hers.is_mine, hers.speaker, hers.state) == (True, "Вы", "отправлено")
    assert (his.is_mine, his.speaker, his.state) == (False, "Врач Климов Борис Андреевич", "")
    assert his.quote is not None
    assert (his.quote.author, his.quote.text) == ("Вы", "Кашель")
    _, hers, his = queries.thread(cast.boris.actor, talk.pk).part.entries
    assert (hers.is_mine, his.is_mine) == (False, True)


def test_marks_of_the_other_side_are_the_state(cast: Cast, talk: Consultation) -> None:
    write(talk, cast.anna, "раз", "два", "три")
    with connection.cursor() as cursor:
        log.mark(cursor, talk.pk, cast.boris.account.pk, delivered=3, read=2)
    states = [one.state for one in queries.thread(cast.anna.actor, talk.pk).part.entries]
    assert states == ["", "прочитано", "доставлено", "отправлено"]


def test_unread_and_days_are_marked_once(cast: Cast, talk: Consultation) -> None:
    write(talk, cast.boris, "раз")
    with connection.cursor() as cursor:
        log.mark(cursor, talk.pk, cast.anna.account.pk, delivered=2, read=2)
    write(talk, cast.boris, "два", "три")
    shown = queries.thread(cast.anna.actor, talk.pk)
    assert [one.is_new for one in shown.part.entries] == [False, False, True, False]
    assert [bool(one.day) for one in shown.part.entries] == [True, False, False, False]
    assert shown.part.entries[0].day.startswith("Сегодня, ")
    assert (shown.part.last, shown.read, shown.unread) == (4, 2, 2)


def test_strangers_find_nothing(cast: Cast, talk: Consultation) -> None:
    for actor in (cast.gleb.actor, cast.darya.actor, cast.vera.actor, cast.inna.actor):
        for read in (
            lambda actor=actor: queries.thread(actor, talk.pk),
            lambda actor=actor: queries.lines(actor, talk.pk, Place("after", 0)),
        ):
            with pytest.raises(Refusal) as refused:
                read()
            assert refused.value.code == "missing"


def test_a_consultant_reads_earlier_talks_of_the_same_patient_only(cast: Cast) -> None:
    times = builders.slots(cast.boris.doctor, 3)
    builders.consent(cast.petya, cast.clinic)
    own, now = (cast.consultation(at=times[n], consented=not n) for n in range(2))
    child = cast.consultation(at=times[2], of=cast.petya, consented=False)
    with pytest.raises(Refusal):
        queries.thread(cast.boris.actor, child.pk, through=now.pk)
    with pytest.raises(Refusal):
        queries.thread(cast.darya.actor, own.pk, through=now.pk)
    with pytest.raises(Refusal):
        queries.thread(cast.boris.actor, own.pk, through=now.pk)  # it is not over yet
    Consultation.objects.filter(pk=own.pk).update(
        state="completed", began_at=own.starts_at, ended_at=own.ends_at
    )
    shown = queries.thread(cast.boris.actor, own.pk, through=now.pk)
    assert len(shown.part.entries) >= 1
    assert not shown.is_live


def test_each_read_is_in_the_audit(committed_db: None, audit_dsn: str) -> None:
    cast = gather()
    talk = cast.consultation()
    queries.thread(cast.boris.actor, talk.pk)
    queries.lines(cast.anna.actor, talk.pk, Place("last"))
    with psycopg.connect(audit_dsn) as auditor:
        rows = auditor.execute(
            "SELECT account, patient, result FROM audit_event WHERE action = 'chat.read'"
        ).fetchall()
    assert sorted(rows) == sorted(
        (person.account.pk, cast.anna.card.pk, "read") for person in (cast.boris, cast.anna)
    )


def test_a_closed_talk_stays_readable(cast: Cast, talk: Consultation) -> None:
    write(talk, cast.anna, "Кашель")
    cancel(cast.anna.actor, talk.pk, "Выздоровела")
    shown = queries.thread(cast.anna.actor, talk.pk)
    assert shown.part.entries[-1].text.endswith("Причина: Выздоровела")
    assert not shown.is_live


def test_the_part_is_what_the_page_shows(cast: Cast, talk: Consultation, clock: Clock) -> None:
    write(talk, cast.anna, "Раз <b>жирно</b> https://example.org/a?b=1", "Два")
    address = f"/my/consultations/{talk.pk}/entries/"
    html = visit(cast.anna).get(address, {"after": 1}).content.decode()
    assert "&lt;b&gt;жирно" in html
    assert 'href="https://example.org/a?b=1"' in html
    assert html.count("<li") == 2
    assert 'id="m2" data-seq="2"' in html
    assert "thread-day" not in html, "the day was begun above"
    assert visit(cast.anna).get(address, {"before": 3}).content.decode().count("data-seq") == 2
    assert visit(cast.gleb).get(address).status_code == 404
    assert visit(cast.boris).get(address.replace("/my/", "/desk/")).status_code == 200
