"""`python -m priyom.icd10 FILE`: an edition of the official dictionary into the index."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

import django

from priyom.icd10 import reading
from priyom.kernel.actor import SYSTEM
from priyom.kernel.refusal import Refusal

_SHOWN = 10


def main() -> int:
    """Return the exit code: 0 whole, 2 some records refused, 1 not loaded with the reason said."""
    parser = argparse.ArgumentParser(prog="./priyom icd10")
    parser.add_argument("file", type=Path)
    parser.add_argument("--part", action="store_true")
    told = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "priyom.settings")
    django.setup()
    actions = importlib.import_module("priyom.icd10.actions")  # after setup only
    try:
        read = reading.read(told.file)
        done = actions.load(SYSTEM, read, is_part=told.part)
    except (OSError, Refusal) as trouble:
        said = trouble.text if isinstance(trouble, Refusal) else str(trouble)
        print(f"priyom: {told.file} was not loaded. {said}", file=sys.stderr)
        return 1
    edition = f"edition {read.edition}" if read.edition else "no edition in the file's name"
    print(f"  {edition}: {done.added} codes came, {done.kept} were there, {done.left} left,")
    print(f"  {read.headings} classes and ranges were passed over.")
    for fault in read.faults[:_SHOWN]:
        print(f"  {fault}")
    if len(read.faults) > _SHOWN:
        print(f"  and {len(read.faults) - _SHOWN} more of such records")
    return 2 if read.faults else 0


if __name__ == "__main__":
    sys.exit(main())
