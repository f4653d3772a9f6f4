"""`python -m priyom.archive verify-archive`: is what closed and was signed still what it was?"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

import django


def main() -> int:
    """Return the exit code: 0 when nothing is wrong, 1 with a line for each fault."""
    parser = argparse.ArgumentParser(prog="./priyom")
    parser.add_argument("verb", choices=["verify-archive"])
    parser.add_argument("--documents", action="store_true")
    parser.add_argument("--heads", type=Path)
    told = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "priyom.settings")
    django.setup()
    papers = importlib.import_module("priyom.conclusions.archive")  # after setup only
    verifying = importlib.import_module("priyom.archive.verifying")
    signed = papers.verify(_say, with_files=False)
    closed = verifying.verify(_say, with_files=not told.documents)
    faults = [*signed.faults, *closed.faults]
    if told.heads:
        faults += verifying.missing_heads(_kept(told.heads), closed.heads)
        if not faults:
            lines = [f"{name} {what}\n" for name, what in closed.heads.items()]
            told.heads.write_text("".join(lines), encoding="utf-8")
    for fault in faults:
        print(fault)
    _say(
        f"{signed.versions} signed versions with {signed.signatures} signatures, "
        f"{closed.talks} closed talks, {closed.waiting} of them wait for a seal, "
        f"{closed.signed} manifests signed by the organisation, "
        f"{closed.files} files, {len(faults)} faults"
    )
    return 1 if faults else 0


def _kept(path: Path) -> dict[str, str]:
    """Return the heads of an earlier check, kept elsewhere; none at the first time."""
    if not path.exists():
        return {}
    lines = (line.split(" ", 2) for line in path.read_text(encoding="utf-8").splitlines())
    return {f"{number} {part}": what for number, part, what in lines}


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
