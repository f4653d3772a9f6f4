"""The limit: bare rows into the same PostgreSQL, batch by batch, one connection, one commit each.

Nothing is checked: no membership, no state, no number to keep gapless, no audit, no wake-up, no
foreign key. The keys are the log's: (conversation, seq) and (conversation, author, client key).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import uuid4

import psycopg

from benchmarks.stand import machine
from priyom.cli.database import APP, OWNER, Cluster
from priyom.kernel.ids import uuid7

TABLE = """
CREATE TABLE bench_limit (
    conversation uuid NOT NULL, seq integer NOT NULL, author uuid NOT NULL,
    client_key text NOT NULL, body text NOT NULL, at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (conversation, seq), UNIQUE (conversation, author, client_key));
GRANT INSERT ON bench_limit TO {}
"""
INSERT = """
INSERT INTO bench_limit (conversation, seq, author, client_key, body)
SELECT * FROM unnest(%b::uuid[], %b::integer[], %b::uuid[], %b::text[], %b::text[])
"""
BODY = (
    "Добрый день! Температура держится третий день, к вечеру 37,8, "
    "горло болит меньше, кашель сухой."
)


@dataclass(frozen=True)
class Bare:
    """Rows a second and PostgreSQL's seconds for a thousand of them."""

    rate: float
    pg_cpu: float


class Limit:
    """Conversations that only grow."""

    def __init__(self, cluster: Cluster, postgres: int, conversations: int) -> None:
        self._dsn = cluster.dsn(APP)
        self._postgres = postgres
        self._talks = [(uuid7(), uuid7()) for _ in range(conversations)]
        self._last = 0
        with psycopg.connect(cluster.dsn(OWNER)) as connection:
            connection.execute(TABLE.format(APP))

    def run(self, rows: int, seconds: float) -> Bare:
        """Insert for so long, that many rows a commit."""
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            self._write(connection, rows, 0.5)
            spent, begun = machine.cpu_of(machine.tree([self._postgres])), time.monotonic()
            count = self._write(connection, rows, seconds)
            took = time.monotonic() - begun
            spent = machine.cpu_of(machine.tree([self._postgres])) - spent
        return Bare(count / took, spent / count * 1000)

    def _write(self, connection: psycopg.Connection, rows: int, seconds: float) -> int:
        until, count = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            numbers = range(self._last, self._last + rows)
            self._last += rows
            talks = [self._talks[n % len(self._talks)] for n in numbers]
            values = [
                [talk for talk, _ in talks],
                list(numbers),
                [author for _, author in talks],
                [str(uuid4()) for _ in numbers],
                [BODY] * rows,
            ]
            connection.execute(INSERT, values)
            count += rows
        return count


def commit_ms(cluster: Cluster, count: int = 300) -> float:
    """Return the median of one durable commit of one row, in milliseconds."""
    took = []
    with psycopg.connect(cluster.dsn(OWNER), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_commit (n integer)")
        for number in range(count):
            begun = time.perf_counter()
            connection.execute("INSERT INTO bench_commit VALUES (%s)", [number])
            took.append(time.perf_counter() - begun)
    return sorted(took)[count // 2] * 1000
