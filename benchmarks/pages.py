"""`./priyom bench pages [--quick]`: every list at a million consultations, in server time.

Django answers in this process, as in production but without a socket: what is measured is the work
of the page itself and of the database. People of each organisation open each page. Prints a table,
ends with one line `pages: p95_ms=… queries_max=…`, and keeps the same as JSON.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import asdict

import django

from benchmarks.stand import ending, ground, machine
from priyom.cli import console

FULL, QUICK = 1_000_000, 50_000


def main(words: list[str]) -> int:
    """Run the benchmark with the words of the command line."""
    parser = argparse.ArgumentParser(prog="./priyom bench pages", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} consultations, a minute")
    parser.add_argument("--rows", type=int, help="so many consultations")
    parser.add_argument("--rounds", type=int, default=5, help="how often each page is opened")
    told = parser.parse_args(words)
    with ground.cluster() as (cluster, env):
        os.environ.update(env)
        django.setup()
        from benchmarks.pages import region, visits  # needs Django's settings

        about = machine.describe(cluster.data.resolve(), cluster.dsn("postgres"))
        rows = told.rows or (QUICK if told.quick else FULL)
        with console.step(f"{rows} consultations and as many requests"):
            made = region.fill(rows)
        with console.step("the pages are opened"):
            pages = visits.run(made, told.rounds)
    visits.show(pages)
    kept = {"machine": about, "rows": made.rows, "pages": [asdict(one) for one in pages]}
    ending.finish("pages", visits.line(pages), kept)
    return 0


if __name__ == "__main__":
    ending.start(main)
