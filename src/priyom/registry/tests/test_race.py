"""Many workers, each with its own connection to the database, and one document: it is sent once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import psycopg
import pytest
from django.db import connections

from priyom.conclusions.tests.talks import Talk, begun
from priyom.registry import actions, channels, rules
from priyom.registry.channels import Answer
from priyom.registry.envelope import Envelope
from priyom.registry.models import Registration
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.race import race
from simulators.registry.application import Served

WORKERS = 6


@pytest.fixture
def waiting(committed_db: None, registry: Served, cast: Cast, clock: Clock) -> Talk:
    """A signed version that waits in the outbox, really committed."""
    talk = begun(cast, clock)
    talk.signed()
    assert actions.gather() == 1
    return talk


def test_workers_at_the_same_instant_send_it_once(waiting: Talk, registry: Served) -> None:
    key = Registration.objects.get().pk
    told = race(*[lambda: actions.send(key)] * WORKERS)
    assert sorted(told, key=str) == [False] * (WORKERS - 1) + [True]
    row = Registration.objects.get()
    assert (row.state, row.attempts) == ("accepted", 1)
    assert registry.asked == [("PUT", str(key))]


def test_sweeps_at_the_same_instant_send_it_once(waiting: Talk, registry: Served) -> None:
    told = race(*[actions.sweep] * WORKERS)
    assert sorted(told, key=str) == [0] * (WORKERS - 1) + [1]
    assert len(registry.asked) == 1


def test_a_slow_worker_and_the_next_one_register_one_document(
    waiting: Talk, registry: Served, audit_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is held up past its claim, before the line; the second has sent it meanwhile."""
    key, deliver = Registration.objects.get().pk, channels.Http.deliver
    arrived, go_on = Event(), Event()

    def held_up(self: channels.Http, envelope: Envelope) -> Answer:
        if not arrived.is_set():
            arrived.set()
            assert go_on.wait(30)
        return deliver(self, envelope)

    def first() -> bool:
        try:
            return actions.send(key)
        finally:
            connections.close_all()

    monkeypatch.setattr(channels.Http, "deliver", held_up)
    with ThreadPoolExecutor(1) as worker:
        slow = worker.submit(first)
        try:
            assert arrived.wait(30)
            assert not actions.send(key), "the first one has it"
            waiting.clock.set(waiting.clock.instant + rules.CLAIMED_FOR)
            assert actions.send(key)
            number = Registration.objects.get().number
        finally:
            go_on.set()
        slow.result(30)
    row: Any = Registration.objects.get()
    assert (row.state, row.number) == ("accepted", number)
    assert registry.asked == [("PUT", str(key))] * 2, "the same key: the registry has one document"
    assert len(list(registry.folder.glob(f"{key}.json"))) == 1
    with psycopg.connect(audit_dsn) as auditor:
        kept = auditor.execute(
            "SELECT count(*) FROM audit_event WHERE action = 'registration.accept'"
        ).fetchone()
    assert kept == (1,)
