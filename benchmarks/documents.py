"""`./priyom bench documents [--quick]`: conclusions formed, signed and verified, one by one.

A thousand consultations, each with its own text from one line to nine pages, go through our own
acts: form (PDF/A-3a by typst, kept, chat frozen), sign (PAdES, verified, consultation completed)
and the public check (bytes hashed, signature verified). Beside each stands its limit: an empty page
set by typst, one bare signature of the same curve, the bare hash and verification. Then the search
of МКБ-10 while typing. Prints tables with ratios, ends with one line `documents: key=value …`, and
keeps the same as JSON.
"""

from __future__ import annotations

import argparse

import django

from benchmarks.stand import ending, ground, machine
from priyom.cli import console

FULL, QUICK = 1_000, 60


def main(words: list[str]) -> int:
    """Run the benchmark with the words of the command line."""
    parser = argparse.ArgumentParser(prog="./priyom bench documents", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} conclusions")
    told = parser.parse_args(words)
    count = QUICK if told.quick else FULL
    with ground.cluster() as (cluster, _):
        django.setup()
        from benchmarks.documents import codes, papers  # needs Django's settings

        about = machine.describe(cluster.data.resolve(), cluster.dsn("postgres"))
        with console.step(f"{count} conclusions formed, signed and verified"):
            made = papers.run(count)
        with console.step("МКБ-10 while typing"):
            found = codes.run()
    made.show()
    found.show()
    kept = {"machine": about, "papers": made.rows(), "codes": found.rows()}
    ending.finish("documents", made.line() | found.line(), kept)
    return 0


if __name__ == "__main__":
    ending.start(main)
