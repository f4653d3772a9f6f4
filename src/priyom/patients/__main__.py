"""`python -m priyom.patients import FILE.csv`: a file of cards into the index, or a rehearsal."""

from __future__ import annotations

import argparse
import csv
import importlib
import os
import sys
from pathlib import Path

import django

from priyom.kernel.refusal import Refusal


def main() -> int:
    """Return the exit code: 0 whole, 2 some lines refused, 1 not loaded with the reason said."""
    parser = argparse.ArgumentParser(prog="./priyom patients")
    parser.add_argument("verb", choices=["import"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--source", default="mis")
    parser.add_argument("--batch", type=int, default=0)
    told = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "priyom.settings")
    django.setup()
    loading = importlib.import_module("priyom.patients.loading")  # after setup only
    act = loading.rehearse if told.dry_run else loading.load
    try:
        asked = loading.Load(told.source, told.batch or loading.BATCH, told.update)
        done = act(told.file, asked, _say)
    except (loading.Unreadable, OSError, Refusal) as trouble:
        said = trouble.text if isinstance(trouble, Refusal) else str(trouble)
        print(f"priyom: {told.file} was not loaded. {said}", file=sys.stderr)
        return 1
    _say(f"{'would be' if told.dry_run else 'done'}: {loading.told(done)}")
    if not done.refused:
        return 0
    faults = loading.faults_path(told.file)
    if faults.exists():
        with faults.open(encoding="utf-8", newline="") as listed:
            rows = list(csv.reader(listed))[1 : loading.SHOWN + 1]
        for line, column, text in rows:
            _say(f"line {line}{', ' if column else ''}{column}: {text}")
        _say(f"All of them stand in {faults}: correct these lines and load the file again.")
    return 2


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
