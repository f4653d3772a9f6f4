"""Who planned while the tables were empty must not read the whole log when it has grown."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from priyom.consultations import log
from priyom.consultations.log import Item
from priyom.consultations.tests.scene import Scene, scene

CHATS, ENTRIES = 150, 10
TURNS = 12
"""More than the five that PostgreSQL plans anew before it keeps a plan."""
TABLES = ["consultations_entry", "consultations_consultation", "consultations_member"]
READ = """
SELECT t.relname, (t.seq_tup_read + coalesce(sum(i.idx_tup_read), 0))::integer
FROM pg_stat_user_tables t LEFT JOIN pg_stat_user_indexes i USING (relid)
WHERE t.relname = ANY (%s) GROUP BY t.relname, t.seq_tup_read
"""
Link = psycopg.Connection[tuple[object, ...]]
Act = Callable[[Link, list[Scene]], None]


def words(place: Scene) -> Item:
    return Item(place.consultation, place.patient, uuid4().hex, "message", "Кашель")


def append(link: Link, places: list[Scene]) -> None:
    """What is ordinary: all in one statement."""
    log.append(link.cursor(), [words(place) for place in places], "plan")


def append_alone(link: Link, places: list[Scene]) -> None:
    """What is ordinary, each by itself."""
    for place in places:
        log.append(link.cursor(), [words(place)], "plan")


def append_exactly(link: Link, places: list[Scene]) -> None:
    """With a stranger among them, each is judged by itself."""
    odd = Item(places[0].consultation, places[0].stranger, uuid4().hex, "message", "Кто здесь")
    log.append(link.cursor(), [*[words(place) for place in places], odd], "plan")


def behind(link: Link, places: list[Scene]) -> None:
    known = [
        {"c": str(place.consultation), "a": str(place.patient), "after": 0} for place in places
    ]
    link.execute(log.BEHIND.encode(), [json.dumps(known)]).fetchall()


def replay(link: Link, places: list[Scene]) -> None:
    asked = [log.asked(place.consultation, place.patient, 0, 1) for place in places]
    link.execute(log.REPLAY.encode(), [json.dumps(asked)]).fetchall()


def news(link: Link, places: list[Scene]) -> None:
    asked = [log.asked(place.consultation, place.patient, 0, 1) for place in places]
    link.execute(log.NEWS.encode(), [json.dumps(asked)]).fetchall()


def mark(link: Link, places: list[Scene]) -> None:
    rows = [log.seen(place.consultation, place.patient, 1, 1) for place in places]
    link.execute(log.MARK.encode(), [json.dumps(rows)]).fetchall()


def read(*links: Link) -> dict[str, int]:
    """Return how many rows of each table were read so far, whole tables and indexes too."""
    for link in links:
        flush(link.execute)
    with connection.cursor() as cursor:
        flush(cursor.execute)
        cursor.execute(READ, [TABLES])
        return dict(cursor.fetchall())


def flush(execute: Callable[[str], object]) -> None:
    """Let a connection's counts be seen: they go out when it is idle next."""
    execute("SELECT pg_stat_force_next_flush()")
    execute("SELECT 1")


@pytest.fixture
def unwatched(committed_db: None) -> Iterator[Link]:
    """The owner's line; no autovacuum looks at the tables: what it finds throws plans away.

    They are as young as on the first day: pages that earlier rows have left make other plans.
    """
    with psycopg.connect(os.environ["PRIYOM_OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("TRUNCATE consultations_consultation CASCADE")
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        yield owner
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} RESET (autovacuum_enabled)")


def grown(act: Act, dsn: str, places: list[Scene]) -> dict[str, int]:
    """Return how many rows one act reads by a plan that is older than the log."""
    with psycopg.connect(dsn, autocommit=True, options=log.BY_KEYS) as link:
        for _ in range(TURNS):
            act(link, places[:1])
        places = [*places, *(scene() for _ in range(CHATS - len(places)))]
        with psycopg.connect(os.environ["PRIYOM_DATABASE_URL"], autocommit=True) as other:
            for place in places:
                log.append(other.cursor(), [words(place) for _ in range(ENTRIES)], "fill")
            before = read(link, other)
        for _ in range(3):
            act(link, places[-2:])
        after = read(link)
    return {table: (after[table] - before[table]) // 3 for table in TABLES}


@pytest.mark.parametrize("chats", [1, CHATS], ids=["one chat", "chats without words"])
@pytest.mark.parametrize("act", [append, append_alone, append_exactly, behind, replay, news, mark])
def test_an_old_plan_reads_single_rows(
    unwatched: Link, gateway_dsn: str, act: Act, chats: int
) -> None:
    places = [scene() for _ in range(chats)]
    for table in TABLES:
        unwatched.execute(f"VACUUM (ANALYZE) {table}")
    rows = grown(act, gateway_dsn, places)
    assert max(rows.values()) < 40, rows
