"""`python -m priyom.demo`: load the demo region, or extend its schedules to 14 days from now."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys

import django

from priyom.demo.progress import Progress


def main() -> int:
    """Return the exit code; the reason of a failure stands on stderr."""
    parser = argparse.ArgumentParser(prog="python -m priyom.demo", description=__doc__)
    parser.add_argument("--fresh-only", action="store_true", help="leave a loaded region alone")
    parser.add_argument("--small", action="store_true", help="few people, sooner")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--progress", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "priyom.settings")
    django.setup()
    # After setup only; and a later start need not wait for what makes fifty thousand people.
    later = importlib.import_module("priyom.demo.extend")
    progress = Progress(10, is_shown=not arguments.quiet)
    if later.is_loaded():
        added = 0 if arguments.fresh_only else later.extend()
        progress.end(f"there already, {added} new times in the schedule{later.remark()}")
        return 0
    gc.disable()  # nothing of it is garbage until the end
    first = importlib.import_module("priyom.demo.load")
    first.load("small" if arguments.small else "full", progress)
    return 0


if __name__ == "__main__":
    sys.exit(main())
