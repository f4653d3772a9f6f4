"""`./priyom icd10 FILE`: the official classification of diseases into the index."""

import argparse
from pathlib import Path

from priyom.cli.failure import Stop
from priyom.cli.single import beside


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the dictionary: .json, .csv, .xml or .zip")
    parser.add_argument("--part", action="store_true", help="the file is a part on purpose")


def run(arguments: argparse.Namespace) -> int:
    """Works beside a running `up`; the same file again changes nothing."""
    if not arguments.file.is_file():
        raise Stop(f"There is no file {arguments.file}: check its name.")
    words = [str(arguments.file), *(["--part"] if arguments.part else [])]
    return beside("priyom.icd10", words)
