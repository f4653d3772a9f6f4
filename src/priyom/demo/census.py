"""`python -m priyom.demo.census N FILE.csv`: made people as a file that the index can load."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from priyom.demo.city import MOST, citizens
from priyom.demo.progress import Progress

COLUMNS = (
    "number", "family", "given", "patronymic", "birth_on", "sex", "snils", "enp", "document",
    "phone", "email", "address",
)  # fmt: skip
STEP = 100_000


def write(count: int, path: Path, progress: Progress) -> None:
    """Write `count` people; the same ones each time."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for one in citizens(count):
            writer.writerow(one)
            if one.number % STEP == 0:
                progress.step(f"{one.number:,} people")
    progress.end(f"{count:,} people in {path}")


def main() -> int:
    """Return the exit code; the reason of a failure stands on stderr."""
    count, path = int(sys.argv[1]), Path(sys.argv[2])
    if not 0 < count <= MOST:
        print(f"priyom: between 1 and {MOST} people can be made.", file=sys.stderr)
        return 1
    write(count, path, Progress(max(count // STEP, 1), what="census"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
