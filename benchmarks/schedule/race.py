"""Two hundred clients, twenty times, 32 connections: who gets one, how soon all know."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

from priyom.cli import console
from priyom.cli.database import APP, OWNER, Cluster
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.schedule import actions
from priyom.schedule.actions import booking
from priyom.schedule.models import Slot
from priyom.schedule.rules import SlotGone, Sought
from priyom.testing import builders

CLIENTS, TIMES, LINES = 200, 20, 32
HOLD = timedelta(milliseconds=40)
LEAVES = 3
"""Each third client holds a time and walks away, in the races with holds."""

BARE_TABLE = """
CREATE TABLE IF NOT EXISTS bench_slot (
    id uuid PRIMARY KEY, state text NOT NULL, held_by uuid, held_until timestamptz);
GRANT SELECT, INSERT, UPDATE, DELETE ON bench_slot TO {}
"""
TAKE = "UPDATE bench_slot SET state = 'booked', held_by = %s WHERE id = %s AND state = 'free'"
HOLD_BARE = """
UPDATE bench_slot SET state = 'held', held_by = %s, held_until = now() + interval '40 ms'
WHERE id = %s AND (state = 'free' OR state = 'held' AND held_until < now())
"""
BOOK_BARE = """
UPDATE bench_slot SET state = 'booked'
WHERE id = %s AND (state = 'free' OR state = 'held' AND (held_by = %s OR held_until < now()))
"""

WARM: list[UUID] = []
"""Times far ahead, one for each connection, on which it warms up."""

Client = Callable[[int], UUID | None]
"""A client of that number: the time that it booked, or None."""


@dataclass
class Way:
    """One way of booking over the rounds."""

    title: str
    took: list[float] = field(default_factory=list)
    doubled: int = 0
    lost: int = 0
    """Times that nobody got."""


@dataclass
class Race:
    """What the ways did."""

    ways: dict[str, Way]
    deadlocks: int = 0

    def ratio(self, name: str, to: str) -> float:
        """Return the median of the rounds' ratios: neighbours of one round are compared."""
        both = zip(self.ways[name].took, self.ways[to].took, strict=True)
        return statistics.median(one / other for one, other in both)

    def line(self) -> dict[str, float]:
        """Return what the last line says of the race."""
        return {
            "double_booked": sum(way.doubled for way in self.ways.values()),
            "deadlocks": self.deadlocks,
            "race_ratio_update": self.ratio("ours", "bare"),
            "race_ratio_holds": self.ratio("ours, holds", "bare, holds"),
            "lost": sum(way.lost for way in self.ways.values()),
        }

    def rows(self) -> dict[str, Any]:
        """Return every round in milliseconds."""
        return {name: [round(one * 1000, 1) for one in way.took] for name, way in self.ways.items()}

    def show(self) -> None:
        """Print the table."""
        console.say()
        title = "the race is over after, ms"
        console.say(f"{title:52}{'median':>8}{'worst':>8}{'double':>8}{'lost':>6}{'ratio':>8}")
        for name, way in self.ways.items():
            to = "bare, holds" if name.endswith("holds") else "bare"
            took = [one * 1000 for one in way.took]
            console.say(
                f"{way.title:52}{statistics.median(took):8.0f}{max(took):8.0f}"
                f"{way.doubled:8}{way.lost:6}{self.ratio(name, to):8.2f}"
            )
        console.say(f"deadlocks in all of it: {self.deadlocks}")


def run(cluster: Cluster, rounds: int) -> Race:
    """Run all ways in turn, round by round, on one database."""
    with psycopg.connect(cluster.dsn(OWNER)) as owner:
        owner.execute(BARE_TABLE.format(APP))
    before = _deadlocks(cluster)
    told = Race(
        {
            "bare": Way("bare UPDATE, the loser tries all the others"),
            "ours": Way("our act: audit, the loser hears the nearest"),
            "any": Way("our act, any free (SKIP LOCKED)"),
            "bare, holds": Way("bare UPDATE, holds of 40 ms, a third walks away"),
            "ours, holds": Way("our acts, holds of 40 ms, a third walks away"),
        }
    )
    place = builders.doctor(("Соколова", "Ирина", "Павловна"), builders.organisation())
    far = builders.slots(place, LINES, begins=clock.now() + timedelta(days=400))
    WARM.extend(slot.pk for slot in far)
    for turn in range(rounds + 1):
        for name, way in told.ways.items():
            begin = clock.now() + timedelta(days=turn + 1)
            keys = [slot.pk for slot in builders.slots(place, TIMES, begins=begin)]
            took, won = _RACES[name](cluster, keys, place)
            if turn:  # the first round warms up
                way.took.append(took)
                way.doubled += len(won) - len(set(won))
                way.lost += 0 if name == "any" else TIMES - len(set(won))
            Slot.objects.filter(pk__in=keys).delete()
    told.deadlocks = _deadlocks(cluster) - before
    return told


def _deadlocks(cluster: Cluster) -> int:
    with psycopg.connect(cluster.dsn("postgres")) as base:
        base.execute("SELECT pg_stat_clear_snapshot()")
        row = base.execute("SELECT sum(deadlocks) FROM pg_stat_database").fetchone()
    return int(row[0]) if row else 0


def _bare(cluster: Cluster, keys: list[UUID], _: Any) -> tuple[float, list[UUID]]:
    def client(base: psycopg.Connection, number: int) -> UUID | None:
        for key in _shuffled(keys, number):
            if base.execute(TAKE, (uuid7(), key)).rowcount:
                return key
        return None

    return _over_bare(cluster, keys, client)


def _bare_holds(cluster: Cluster, keys: list[UUID], _: Any) -> tuple[float, list[UUID]]:
    def client(base: psycopg.Connection, number: int) -> UUID | None:
        me, left = uuid7(), True
        while left:
            for key in _shuffled(keys, number):
                if not base.execute(HOLD_BARE, (me, key)).rowcount:
                    continue
                if number % LEAVES == 0:
                    return None
                if base.execute(BOOK_BARE, (key, me)).rowcount:
                    return key
            left = bool(base.execute("SELECT 1 FROM bench_slot WHERE state <> 'booked'").rowcount)
        return None

    return _over_bare(cluster, keys, client)


def _over_bare(
    cluster: Cluster,
    keys: list[UUID],
    client: Callable[[psycopg.Connection, int], UUID | None],
) -> tuple[float, list[UUID]]:
    with psycopg.connect(cluster.dsn(APP), autocommit=True) as base:
        base.execute("DELETE FROM bench_slot")
        for key in keys:
            base.execute("INSERT INTO bench_slot VALUES (%s, 'free')", (key,))

    @contextmanager
    def line() -> Iterator[Client]:
        with psycopg.connect(cluster.dsn(APP), autocommit=True) as base:
            for statement, values in ((TAKE, (uuid7(), uuid7())), (HOLD_BARE, (uuid7(), uuid7()))):
                base.execute(statement, values)
            yield lambda number: client(base, number)

    return _crowd(line)


@contextmanager
def _django_line(client: Client, place: Any) -> Iterator[Client]:
    """Yield the client on a warm connection, as a pool keeps them: it has won and lost before."""
    who, slot = _somebody(place), WARM.pop()
    try:
        actions.free(who, slot)
        actions.book(who, slot)
        for act in (actions.book, actions.hold):
            with suppress(SlotGone):
                act(who, slot)
        yield client
    finally:
        WARM.append(slot)
        connections.close_all()


def _ours(_: Cluster, keys: list[UUID], place: Any) -> tuple[float, list[UUID]]:
    def client(number: int) -> UUID | None:
        who, wanted = _somebody(place), _shuffled(keys, number)[0]
        while True:
            try:
                return actions.book(who, wanted).pk
            except SlotGone as gone:
                if not gone.nearest:
                    return None
                wanted = random.choice(gone.nearest).slot

    return _crowd(lambda: _django_line(client, place))


def _any(_: Cluster, keys: list[UUID], place: Any) -> tuple[float, list[UUID]]:
    sought = Sought(place.speciality_id)

    def client(number: int) -> UUID | None:
        try:
            return actions.hold_any(_somebody(place), sought).pk
        except SlotGone:
            return None

    return _crowd(lambda: _django_line(client, place))


def _ours_holds(_: Cluster, keys: list[UUID], place: Any) -> tuple[float, list[UUID]]:
    sought = Sought(place.speciality_id)

    def client(number: int) -> UUID | None:
        who, wanted = _somebody(place), _shuffled(keys, number)[0] if number % 2 else None
        while True:
            try:
                held = actions.hold(who, wanted) if wanted else actions.hold_any(who, sought)
                if number % LEAVES == 0:
                    return None
                return actions.book(who, held.pk).pk
            except SlotGone as gone:
                wanted = random.choice(gone.nearest).slot if gone.nearest else None
                if (
                    not wanted
                    and not Slot.objects.filter(pk__in=keys, state__in=["free", "held"]).exists()
                ):
                    return None

    before, booking.HOLD_FOR = booking.HOLD_FOR, HOLD
    try:
        return _crowd(lambda: _django_line(client, place))
    finally:
        booking.HOLD_FOR = before


def _somebody(place: Any) -> Actor:
    return Actor(ActorKind.REGISTRAR, uuid7(), organisation=place.organisation_id)


def _shuffled(keys: list[UUID], number: int) -> list[UUID]:
    return random.Random(number).sample(keys, len(keys))


def _crowd(line: Callable[[], Any]) -> tuple[float, list[UUID]]:
    """Let the clients come over LINES connections at once; return seconds and the times won."""
    barrier = Barrier(LINES + 1)

    def work(place: int) -> list[UUID]:
        with line() as client:
            barrier.wait(60)
            told = [client(number) for number in range(place, CLIENTS, LINES)]
            barrier.wait(120)
        return [key for key in told if key is not None]

    with ThreadPoolExecutor(LINES) as people:
        working = [people.submit(work, place) for place in range(LINES)]
        barrier.wait(60)
        begun = time.perf_counter()
        barrier.wait(120)
        took = time.perf_counter() - begun
        return took, [key for one in working for key in one.result()]


_RACES: dict[str, Callable[[Cluster, list[UUID], Any], tuple[float, list[UUID]]]] = {
    "bare": _bare,
    "ours": _ours,
    "any": _any,
    "bare, holds": _bare_holds,
    "ours, holds": _ours_holds,
}
