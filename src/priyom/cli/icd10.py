"""`./priyom icd10 FILE`: the official classification of diseases into the index."""

import argparse
import subprocess
import sys
from pathlib import Path

from priyom.cli import environment
from priyom.cli.database import migrate
from priyom.cli.failure import Stop
from priyom.cli.places import state
from priyom.cli.single import reachable_database


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the dictionary: .json, .csv, .xml or .zip")
    parser.add_argument("--part", action="store_true", help="the file is a part on purpose")


def run(arguments: argparse.Namespace) -> int:
    """Works beside a running `up`; the same file again changes nothing."""
    if not arguments.file.is_file():
        raise Stop(f"There is no file {arguments.file}: check its name.")
    words = [str(arguments.file), *(["--part"] if arguments.part else [])]
    place = state()
    with reachable_database(place) as cluster:
        env = environment.make(place, environment.Ports(), environment.database_urls(cluster))
        if cluster is not None:
            migrate(env)
        command = [sys.executable, "-m", "priyom.icd10", *words]
        return subprocess.run(command, env=environment.for_web(env), check=False).returncode
