"""Closed talks are kept for their term, beyond it when they are held, and nothing is deleted."""

from __future__ import annotations

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import IntegrityError, transaction

from priyom.archive import actions
from priyom.archive.models import Hold, Term
from priyom.archive.queries import retention
from priyom.archive.queries.retention import due
from priyom.archive.rules import Keeping
from priyom.conclusions.tests.talks import Talk
from priyom.consultations.models import Consultation
from priyom.kernel.refusal import Refusal
from priyom.testing.doors import visit

DOCUMENT, TALK = Keeping.DOCUMENT, Keeping.TALK
NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 30, tzinfo=ZoneInfo("Europe/Moscow"))


def closed(talk: Talk, at: datetime = NEW_YEARS_EVE) -> Talk:
    talk.signed()
    Consultation.objects.filter(pk=talk.id).update(ended_at=at)
    return talk


def due_on(talk: Talk, on: date, keeping: Keeping = DOCUMENT) -> list[str]:
    return [row.number for row in due(talk.row.organisation_id, keeping, on)]


def test_a_document_is_due_after_twenty_five_whole_years(talk: Talk) -> None:
    closed(talk)
    assert due_on(talk, date(2051, 12, 31)) == []
    assert due_on(talk, date(2052, 1, 1)) == [talk.row.number]
    assert due_on(talk, date(2052, 1, 1), TALK) == []


def test_the_year_is_moscows(talk: Talk) -> None:
    closed(talk, NEW_YEARS_EVE.replace(hour=0, minute=30, day=1, month=1, year=2027))
    assert due_on(talk, date(2052, 1, 1)) == []
    assert due_on(talk, date(2053, 1, 1)) == [talk.row.number]


def test_a_longer_term_of_the_place_counts(talk: Talk) -> None:
    closed(talk)
    actions.set_term(talk.cast.inna.actor, DOCUMENT, "50")
    assert due_on(talk, date(2052, 1, 1)) == []
    assert due_on(talk, date(2077, 1, 1)) == [talk.row.number]


@pytest.mark.parametrize("years", ["24", "101", "", "сто", "-30", "9999"])
def test_no_term_is_shorter_than_the_least(talk: Talk, years: str) -> None:
    with pytest.raises(Refusal) as refused:
        actions.set_term(talk.cast.inna.actor, DOCUMENT, years)
    assert refused.value.code == "archive.term"


def test_the_database_refuses_a_shorter_term_too(talk: Talk) -> None:
    row = actions.set_term(talk.cast.inna.actor, DOCUMENT, "25")
    with pytest.raises(IntegrityError), transaction.atomic():
        Term.objects.filter(pk=row.pk).update(years=1)


def test_what_is_held_is_never_due(talk: Talk) -> None:
    closed(talk)
    inna = talk.cast.inna.actor
    actions.hold(inna, talk.id, "Запрос суда № 1")
    assert due_on(talk, date(2100, 1, 1)) == []
    with pytest.raises(Refusal, match="уже изменили"):
        actions.hold(inna, talk.id, "Ещё раз")
    actions.lift(inna, talk.id, "Суд завершён")
    assert due_on(talk, date(2100, 1, 1)) == [talk.row.number]
    with pytest.raises(Refusal, match="уже изменили"):
        actions.lift(inna, talk.id, "Ещё раз")
    row = Hold.objects.get()
    assert (row.reason, row.lift_reason) == ("Запрос суда № 1", "Суд завершён")


def test_a_hold_needs_a_reason_and_the_head(talk: Talk) -> None:
    closed(talk)
    with pytest.raises(Refusal, match="Напишите, почему"):
        actions.hold(talk.cast.inna.actor, talk.id, "  ")
    for who in (talk.cast.boris, talk.cast.vera, talk.cast.anna, talk.cast.nina):
        with pytest.raises(Refusal) as refused:
            actions.hold(who.actor, talk.id, "Причина")
        assert refused.value.status == 404
        with pytest.raises(Refusal) as refused:
            retention(who.actor)
        assert refused.value.status == 404


def test_the_head_sees_and_sets_it_on_pages(talk: Talk) -> None:
    closed(talk)
    browser = visit(talk.cast.inna)
    root = f"/desk/consultations/{talk.id}/archive/"
    assert f'href="{root}"' in browser.get(f"/desk/booked/{talk.id}/").content.decode()
    assert "Запретить уничтожение" in browser.get(root).content.decode()
    browser.post(f"{root}hold/", {"reason": "Запрос суда", "wanted": "1"})
    assert "Снять запрет" in browser.get(root).content.decode()
    page = browser.get("/desk/archive/").content.decode()
    assert talk.row.number in page
    assert "Запрос суда" in page
    browser.post("/desk/archive/", {"keeping": "document", "years": "30"})
    assert "30\N{NO-BREAK SPACE}лет" in browser.get("/desk/archive/").content.decode()
    said = browser.post("/desk/archive/", {"keeping": "document", "years": "3"}, follow=True)
    assert "от 25 до 100 лет" in said.content.decode()
    assert "Запрет" not in visit(talk.cast.boris).get(root).content.decode()


MAY_GO = {
    "archive_": set(),
    "audit_": set(),
    "calls_": set(),
    "conclusions_": {
        *("conclusions_template", "conclusions_inspection", "conclusions_obstacle"),
        *("conclusions_revocationlist", "conclusions_revoked"),
    },
    "consultations_": set(),
    "files_blob": set(),
    "intake_request": set(),
    "patients_change": set(),
    "patients_patient": set(),
    "registry_": set(),
}  # type: dict[str, set[str]]
"""Beginnings of the names of what is kept, and what of it may go: a doctor's own texts, a
stranger's file, why a signature is missing, an authority's list."""


def test_no_screen_can_delete_what_is_kept(django_db_setup: None) -> None:
    """Whatever a view, an action or a job does: the role of the web has no right to."""
    with psycopg.connect(os.environ["PRIYOM_DATABASE_URL"]) as web:
        rows = web.execute(
            "SELECT relname, has_table_privilege(oid, 'DELETE') OR"
            " has_table_privilege(oid, 'TRUNCATE') FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    kept = [
        (name, may)
        for name, may in rows
        for begin, free in MAY_GO.items()
        if name.startswith(begin) and name not in free
    ]
    assert len(kept) > 15
    assert [name for name, may in kept if may] == []
