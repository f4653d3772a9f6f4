"""Verbs that run one part alone: the worker, the gateway, the migrations."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from priyom.cli import console, environment
from priyom.cli.database import APP, Cluster, embedded, migrate
from priyom.cli.failure import AlreadyRunning, Stop
from priyom.cli.places import SOCKET_NAME, State, state
from priyom.cli.up import only_one

WORKER = ("django", "procrastinate", "worker", "--concurrency=4", "--shutdown-graceful-timeout=5")


@contextmanager
def reachable_database(place: State) -> Iterator[Cluster | None]:
    """The database, started for this block when no `up` runs; None when it is the operator's."""
    if environment.is_external():
        yield None
        return
    place.make()
    cluster = embedded(place)
    with ExitStack() as stack:
        try:
            stack.enter_context(only_one(place))
        except AlreadyRunning:
            if not (cluster.sockets / SOCKET_NAME).exists():
                raise
        else:
            stack.callback(cluster.stop)
            cluster.create()
            cluster.start()
            cluster.furnish()
        yield cluster


def run_migrate(_: argparse.Namespace) -> int:
    place = state()
    with reachable_database(place) as cluster:
        urls = environment.database_urls(cluster)
        env = environment.make(place, environment.Ports(), urls)
        worked = migrate(env)
    console.say("The database was brought to this version." if worked else "Nothing to do.")
    return 0


def beside(module: str, words: list[str]) -> int:
    """Run a room's own program on the database, beside a running `up` too; return its exit code."""
    place = state()
    with reachable_database(place) as cluster:
        env = environment.make(place, environment.Ports(), environment.database_urls(cluster))
        if cluster is not None:
            migrate(env)
        command = [sys.executable, "-m", module, *words]
        return subprocess.run(command, env=environment.for_web(env), check=False).returncode


def verify_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--documents", action="store_true", help="without the files of the talks")
    parser.add_argument(
        "--heads",
        type=Path,
        help="a list of seals kept elsewhere: compared, then brought up to date",
    )


def run_verify(arguments: argparse.Namespace) -> int:
    words = ["verify-archive", *(["--documents"] if arguments.documents else [])]
    if arguments.heads:
        words += ["--heads", str(arguments.heads.absolute())]
    return beside("priyom.archive", words)


def validate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="the XML of a conclusion")
    parser.add_argument("--xsd", help="instead of PRIYOM_SEMD_XSD")
    parser.add_argument("--schematron", help="instead of PRIYOM_SEMD_SCHEMATRON")


def run_validate(arguments: argparse.Namespace) -> int:
    """Needs no database: the file, the schema and the rules are all there is."""
    words = [arguments.file]
    for name in ("xsd", "schematron"):
        if path := getattr(arguments, name):
            words += [f"--{name}", path]
    command = [sys.executable, "-m", "priyom.conclusions.cda", *words]
    return subprocess.run(command, check=False).returncode


def run_worker(_: argparse.Namespace) -> int:
    become(WORKER)
    return 0


def run_gateway(_: argparse.Namespace) -> int:
    become(("priyom.gateway",))
    return 0


def become(module: tuple[str, ...]) -> None:
    """Replaces this process, so that a signal of the supervisor or of systemd reaches the part.

    In production the environment names the database; beside a running `up` it is found.
    """
    env = dict(os.environ)
    if environment.URL_OF_ROLE[APP] not in env and "PRIYOM_GATEWAY_DATABASE_URL" not in env:
        place = state()
        cluster = embedded(place)
        if not (cluster.sockets / SOCKET_NAME).exists():
            raise Stop("No database: set PRIYOM_DATABASE_URL, or run ./priyom up beside it.")
        env = environment.make(place, environment.Ports(), environment.database_urls(cluster))
    env.setdefault("DJANGO_SETTINGS_MODULE", "priyom.settings")
    os.execve(sys.executable, [sys.executable, "-m", *module], env)  # noqa: S606
