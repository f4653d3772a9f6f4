"""`./priyom bench schedule [--quick]`: the booking race and the search for free time.

Two hundred clients over 32 connections race for twenty times: the bare UPDATE (performance.md 6),
our own acts with audit row and fair refusal, and both with holds that run out. Then the search
across the doctors of a speciality at 2 000 doctors x 30 days, beside two plain ways. Prints tables
with ratios, ends with one line `schedule: key=value …`, and keeps the same as JSON.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import django
from django.conf import settings

from benchmarks.stand import ending, ground, machine
from priyom.cli import console


@dataclass(frozen=True)
class Size:
    """How large a run is."""

    rounds: int
    times_a_day: int
    """Of each doctor."""
    searches: int


FULL = Size(9, 18, 300)
QUICK = Size(5, 8, 50)
DOCTORS, DAYS = 2_000, 30


def main(words: list[str]) -> int:
    """Run the benchmark with the words of the command line."""
    parser = argparse.ArgumentParser(prog="./priyom bench schedule", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within a minute, fewer times a day")
    told = parser.parse_args(words)
    size = QUICK if told.quick else FULL
    with ground.cluster() as (cluster, _):
        django.setup()
        options = settings.DATABASES["default"]["OPTIONS"]
        options.pop("pool", None)  # 32 clients with a connection each, as in the bare race
        from benchmarks.schedule import free, race  # needs Django's settings

        about = machine.describe(cluster.data.resolve(), cluster.dsn("postgres"))
        with console.step(f"{race.CLIENTS} clients race for {race.TIMES} times, {size.rounds} x"):
            raced = race.run(cluster, size.rounds)
        with console.step(f"{DOCTORS} doctors x {DAYS} days x {size.times_a_day} times"):
            region = free.fill(cluster, DOCTORS, DAYS, size.times_a_day)
        with console.step(f"{size.searches} searches, three ways"):
            found = free.run(region, size.searches)
    raced.show()
    found.show()
    kept = {"machine": about, "race": raced.rows(), "free": found.rows()}
    ending.finish("schedule", raced.line() | found.line(), kept)
    return 0


if __name__ == "__main__":
    ending.start(main)
