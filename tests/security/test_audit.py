"""Whoever is shown a patient's data leaves a trace, also who tried in vain (promise P10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.rows import dict_row
from pytest_django.plugin import DjangoDbBlocker

from tests.security.rule import form
from tests.security.scene import Scene
from tests.security.table import TABLE, address

SHOWING = sorted(route for route, rule in TABLE.items() if rule.get)
SILENT = {route for route in SHOWING if TABLE[route].audit.startswith("- ")}
ACTING = sorted(route for route, rule in TABLE.items() if rule.post)

NO_TRACE = {
    "my/ticket": "the gateway's; its messages are kept by the log",
    "desk/ticket": "the gateway's; its messages are kept by the log",
    "my/consultations/<uuid:consultation_id>/files/permit/": "for minutes; what is sent is kept",
    "desk/consultations/<uuid:consultation_id>/files/permit/": "for minutes; what is sent is kept",
    "ui/vision": "how pages look",
    "ui/theme": "how pages look",
    "my/sign-in/": "leads to ЕСИА; what comes back is kept",
    "check/file/": "a stranger's file, gone within minutes; only what it was is kept, for an hour",
    "desk/requests/<uuid:request_id>/stay/": "a sign of life every few minutes",
    "my/calls/<uuid:call_id>/beat/": "a sign of life every few seconds",
    "desk/calls/<uuid:call_id>/beat/": "a sign of life every few seconds",
}
"""Acts that say nothing of anybody's health."""
WATCHED = sorted(route for route in TABLE if "<uuid:" in route and not route.startswith("shared/"))
"""A link is held by somebody without a session; that it was opened is kept."""
_KEPT = re.compile(r'INSERT INTO "audit_event"|priyom_append_v\d')


@pytest.fixture
def real(scene: Scene, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """The afternoon with pages that commit, so that the auditor's role can read their traces."""
    with django_db_blocker.unblock():
        yield scene
        connection.close()


def traces(dsn: str, answer: Any) -> list[dict[str, Any]]:
    """Return what the audit kept of one request, as its reader sees it."""
    with psycopg.connect(dsn, row_factory=dict_row) as reader:
        return reader.execute(
            "SELECT * FROM audit_event WHERE request_id = %s ORDER BY at",
            [answer.headers["X-Request-ID"]],
        ).fetchall()


def test_each_page_says_how_it_is_audited() -> None:
    assert [route for route in SHOWING if not TABLE[route].audit] == [], "say it in table.py"


@pytest.mark.parametrize("route", [route for route in SHOWING if route not in SILENT])
def test_a_page_with_somebodys_data_leaves_its_trace(
    real: Scene, audit_dsn: str, route: str
) -> None:
    rule = TABLE[route]
    # Глеб and Нина have nothing that could be shown.
    for name in set(rule.get or ()) - {"gleb", "nina"}:
        answer = real.browser(name).get(address(route, real))
        kept = traces(audit_dsn, answer)
        told = (name, answer.status_code, [row["action"] for row in kept])
        assert rule.audit in [row["action"] for row in kept], told
        for row in kept:
            assert row["account"] == getattr(real.cast, name).account.pk
            assert row["session"] is not None
            assert str(row["address"]) == "127.0.0.1"
            assert row["result"] in ("read", "done")
        if "<uuid:" in route:
            assert real.cast.anna.card.pk in {row["patient"] for row in kept}, told


@pytest.mark.parametrize("route", WATCHED)
def test_a_strangers_attempt_is_kept(real: Scene, audit_dsn: str, route: str) -> None:
    rule = TABLE[route]
    everybody = ("gleb",) if route.startswith("my/") else ("darya", "nina")
    for method, allowed in (("get", rule.get), ("post", rule.post)):
        for name in everybody:
            if allowed is None or name in allowed:
                continue
            ask = getattr(real.browser(name), method)
            answer = ask(address(route, real), form(route, real) if method == "post" else None)
            kept = traces(audit_dsn, answer)
            told = (method, name, answer.status_code, [row["action"] for row in kept])
            assert {row["result"] for row in kept} == {"refused"}, told
            assert [row["action"] for row in kept].count("door.refused") == 1, told
            assert kept[0]["account"] == getattr(real.cast, name).account.pk
            assert kept[0]["subject"] in {str(key) for key in real.ids.values()}


@pytest.mark.parametrize("route", [route for route in ACTING if route not in NO_TRACE])
def test_an_act_leaves_its_trace_in_its_own_transaction(
    db: None, scene: Scene, route: str, settings: Any
) -> None:
    settings.DEMO = True
    allowed = TABLE[route].post or ()
    name = "anna" if route.startswith("my/") else "boris" if "boris" in allowed else allowed[0]
    browser = scene.browser(name)
    with (
        transaction.atomic(),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        answer = browser.post(address(route, scene), form(route, scene))
        transaction.set_rollback(True)
    kept = [one["sql"] for one in asked.captured_queries if _KEPT.search(one["sql"])]
    assert kept or answer.status_code >= 400, (answer.status_code, route)


def test_the_web_can_neither_read_nor_change_the_audit(db: None, scene: Scene) -> None:
    for text in (
        "SELECT 1 FROM audit_event",
        "UPDATE audit_event SET result = 'done'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
    ):
        with (
            pytest.raises(Exception, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(text)


def test_no_trace_no_page(db: None, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise psycopg.OperationalError("the audit's disk is full")

    monkeypatch.setattr("priyom.audit.actions.Event.objects.create", fail)
    browser = scene.browser("anna")
    browser.raise_request_exception = False
    answer = browser.get(f"/my/consultations/{scene.ids['live']}/")
    assert answer.status_code == 500
    assert "кашель" not in answer.content.decode(errors="replace")
