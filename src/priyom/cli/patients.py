"""`./priyom patients import | generate`: the index of a whole city, from a file."""

import argparse
import subprocess
import sys
from pathlib import Path

from priyom.cli.failure import Stop
from priyom.cli.single import beside


def options(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="act")
    one = acts.add_parser("import", help="cards of a CSV file into the index, by COPY")
    one.add_argument("file", type=Path)
    one.add_argument("--dry-run", action="store_true", help="tell what it would do, write nothing")
    one.add_argument("--source", default="mis", help="the system that numbers the cards: mis")
    one.add_argument("--batch", type=int, default=10_000, help="lines in one transaction: 10000")
    two = acts.add_parser("generate", help="a file of made people, of the same form")
    two.add_argument("count", type=int)
    two.add_argument("file", type=Path)


def run(arguments: argparse.Namespace) -> int:
    return generate(arguments) if arguments.act == "generate" else load(arguments)


def generate(arguments: argparse.Namespace) -> int:
    """Without a database: the people are the same each time."""
    if arguments.file.exists():
        raise Stop(f"{arguments.file} is there already: name another file.")
    command = [sys.executable, "-m", "priyom.demo.census"]
    command += [str(arguments.count), str(arguments.file)]
    return subprocess.run(command, check=False).returncode


def load(arguments: argparse.Namespace) -> int:
    """Works beside a running `up`; killed in the middle, the same words go on where it was."""
    if not arguments.file.is_file():
        raise Stop(f"There is no file {arguments.file}: check its name.")
    words = ["import", str(arguments.file), "--source", arguments.source]
    words += ["--batch", str(arguments.batch), *(["--dry-run"] if arguments.dry_run else [])]
    return beside("priyom.patients", words)
