"""`python -m priyom.conclusions verify-archive`: is what was signed still what was signed?"""

from __future__ import annotations

import argparse
import importlib
import os
import sys

import django


def main() -> int:
    """Return the exit code: 0 when nothing is wrong, 1 with a line for each fault."""
    parser = argparse.ArgumentParser(prog="./priyom")
    parser.add_argument("verb", choices=["verify-archive"])
    parser.add_argument("--documents", action="store_true")
    told = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "priyom.settings")
    django.setup()
    archive = importlib.import_module("priyom.conclusions.archive")  # after setup only
    report = archive.verify(_say, with_files=not told.documents)
    for fault in report.faults:
        print(fault)
    _say(
        f"{report.versions} signed versions, {report.files} files of closed talks, "
        f"{len(report.faults)} faults"
    )
    return 1 if report.faults else 0


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
