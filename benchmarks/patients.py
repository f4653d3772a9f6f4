"""`./priyom bench patients [--cards N] [--quick] [--only ours]`: the index of a whole city.

Loads made cards, then looks for people as registrars type, by the product's own search, by ILIKE
and by pg_trgm on the same rows. Prints a table, ends with one line `patients: key=value …`, and
keeps the same as JSON in var/bench/patients.json.
"""

from __future__ import annotations

import argparse
import random
import time
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

import django
import psycopg

from benchmarks.patients import kinds, load
from benchmarks.stand import ending, ground, machine
from priyom.cli import console
from priyom.cli.database import APP, OWNER, SUPERUSER

CITY, QUICK = 6_000_000, 300_000
PEOPLE, PEERS_PEOPLE = 300, 4


def main(words: list[str]) -> int:
    """Run the benchmark with the words of the command line."""
    parser = argparse.ArgumentParser(prog="./priyom bench patients", description=__doc__)
    parser.add_argument("--cards", type=int, default=CITY, help=f"{CITY:,} when not said")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} cards, within a minute")
    parser.add_argument("--only", choices=["ours"], help="without the peers")
    told = parser.parse_args(words)
    with ExitStack() as stack:
        report = run(stack, QUICK if told.quick else told.cards, peers=not told.only)
    report.show()
    ending.finish("patients", report.line(), {"all": asdict(report)})
    return 0


def run(stack: ExitStack, count: int, *, peers: bool) -> Any:
    """Start a durable PostgreSQL, load, measure in turn; return the report."""
    with console.step("a durable PostgreSQL, migrated"):
        cluster, _env = stack.enter_context(ground.cluster())
        django.setup()
    from benchmarks.patients import report, ways  # needs Django's settings

    told = report.Report(cards=count)
    told.machine = machine.describe(cluster.data.resolve(), cluster.dsn("postgres"))
    with console.step(f"{count:,} cards"):
        told.load_seconds = load.fill(cluster.dsn(OWNER), count)
    told.families, told.sizes = sizes(cluster.dsn(SUPERUSER))
    with console.step("people to look for"):
        warm = sought(ways.sample(20, "warm"))
        texts = sought(ways.sample(PEOPLE, "texts"))
    ways.measure(warm, ways.ours)
    with console.step(f"{len(texts):,} texts by the product's own search"):
        told.times["priyom"] = ways.measure(texts, ways.ours)
    if peers:
        few = sought(ways.sample(PEERS_PEOPLE, "peers"))
        with console.step(f"{len(few):,} texts by ILIKE"):
            told.times["ILIKE"] = ways.measure(few, ways.Peer(cluster.dsn(APP), ways.ilike))
        begun = time.monotonic()
        with (
            console.step("a trigram index on the big table"),
            psycopg.connect(cluster.dsn(OWNER), autocommit=True) as owner,
        ):
            owner.execute("SET maintenance_work_mem = '1GB'")
            owner.execute(ways.TRIGRAMS)
            owner.execute("VACUUM ANALYZE patients_patient")
        told.trigram_seconds = time.monotonic() - begun
        with console.step(f"{len(few):,} texts by pg_trgm"):
            told.times["pg_trgm"] = ways.measure(few, ways.Peer(cluster.dsn(APP), ways.trigrams))
    return told


def sought(people: list[kinds.Person]) -> list[kinds.Sought]:
    """Return what will be typed, in a mixed order, the same in each run."""
    dice = random.Random("Приём, опечатки")
    texts = [
        *kinds.exact(people),
        *kinds.typing(people, dice),
        *kinds.misspelt(people, dice),
    ]
    dice.shuffle(texts)
    return texts


def sizes(dsn: str) -> tuple[int, dict[str, int]]:
    """Return how many families are distinct, and the sizes of the table and its indexes."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT count(*) FROM patients_family").fetchone()
        found = connection.execute(
            "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relkind IN ('r', 'i')"
            " AND relname ~ '^patients_(patient|names|born|snils|enp|phone|document|family|given)'"
            " AND pg_relation_size(oid) > 1000000 ORDER BY 2 DESC"
        ).fetchall()
    return int(row[0]) if row else 0, dict(found)


if __name__ == "__main__":
    ending.start(main)
