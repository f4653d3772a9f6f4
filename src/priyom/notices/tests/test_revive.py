"""A worker that dies in a job takes nobody's lock with it."""

from __future__ import annotations

from typing import Any

from django.db import connection

from priyom.notices import actions

_WORKER = """
INSERT INTO procrastinate_workers (last_heartbeat)
VALUES (now() - %s * interval '1 minute') RETURNING id
"""
_JOB = """
INSERT INTO procrastinate_jobs
    (queue_name, task_name, lock, queueing_lock, args, status, worker_id, attempts)
VALUES ('default', 'a.task', 'a lock', %s, '{}', %s, %s, %s) RETURNING id
"""


def asked(text: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchone()


def begun(worker: int | None, by_clock: str | None = None, attempts: int = 0) -> int:
    return int(asked(_JOB, by_clock, "doing", worker, attempts)[0])


def state(job: int) -> str:
    return str(asked("SELECT status FROM procrastinate_jobs WHERE id = %s", job)[0])


def fetched() -> Any:
    """Return the job that a worker would take now."""
    return asked("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", asked(_WORKER, 0)[0])[0]


def test_a_dead_workers_job_is_begun_anew(db: None) -> None:
    lost = begun(asked(_WORKER, 3)[0])
    waits = int(asked(_JOB, None, "todo", None, 0)[0])
    assert fetched() is None, "the lock is the dead worker's"
    assert actions.revive() == 1
    assert (fetched(), state(waits)) == (lost, "todo")
    assert actions.revive() == 0


def test_a_living_workers_job_is_left_alone(db: None) -> None:
    job = begun(asked(_WORKER, 1)[0])
    assert actions.revive() == 0
    assert state(job) == "doing"


def test_what_the_clock_brings_is_given_up_for_its_next_time(db: None) -> None:
    job = begun(None, by_clock="by the clock")
    waits = int(asked(_JOB, "by the clock", "todo", None, 0)[0])
    assert actions.revive() == 1
    assert state(job) == "failed"
    assert fetched() == waits


def test_what_kills_each_worker_is_given_up(db: None) -> None:
    job = begun(None, attempts=actions.MOST)
    assert actions.revive() == 1
    assert state(job) == "failed"
