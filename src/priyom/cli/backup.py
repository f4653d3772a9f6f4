"""`./priyom backup` and `restore`: database and files to one point, in one file."""

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from priyom.cli import archive, console, environment
from priyom.cli.binaries import find
from priyom.cli.database import OWNER, Cluster, embedded
from priyom.cli.environment import URL_OF_ROLE
from priyom.cli.failure import Stop
from priyom.cli.places import State, state
from priyom.cli.schema import migrate
from priyom.cli.single import reachable_database
from priyom.cli.up import only_one

DUMP = "database.dump"
FILES = "files/"
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


def backup_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, help="default: backup-<time>.tar here")


def restore_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--yes", action="store_true", help="replace the data that are there")


def run_backup(arguments: argparse.Namespace) -> int:
    """Works beside a running `up`: the dump is one snapshot."""
    place = state()
    target: Path = arguments.file or Path(f"backup-{time.strftime('%Y%m%d-%H%M%S')}.tar")
    if target.exists():
        raise Stop(f"{target} is there already: name another file.")
    with tempfile.TemporaryDirectory(dir=place.var if place.var.exists() else None) as folder:
        dump = Path(folder) / DUMP
        with reachable_database(place) as cluster:
            url = environment.database_urls(cluster)[URL_OF_ROLE[OWNER]]
            with console.step("database, one snapshot"):
                run_program("pg_dump", "--format=custom", f"--file={dump}", url=url)
        # After the dump: files are never changed or removed, so each row's file is there by now.
        with console.step("files"):
            facts = {"made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
            if os.environ.get("PRIYOM_S3_BUCKET"):
                facts["bucket"] = os.environ["PRIYOM_S3_BUCKET"]
            number = archive.write(target, members(dump, place), dict(facts))
    size = target.stat().st_size / 1e6
    console.say(f"{target}: {number} parts, {size:.1f} MB. Keep it where this machine is not.")
    if "bucket" in facts:
        console.say(
            f"People's files are NOT in it: they stand in the S3 bucket {facts['bucket']}. "
            "Keep its objects by its own versions or a copy, from this moment on at least."
        )
    return 0


def members(dump: Path, place: State) -> Iterator[tuple[str, Path]]:
    yield DUMP, dump
    if (place.var / "secret").exists():
        yield "secret", place.var / "secret"
    for path in sorted(place.files.rglob("*")):
        if path.is_file() and not path.name.endswith((".part", ".tmp")):
            yield FILES + str(path.relative_to(place.files)), path


def run_restore(arguments: argparse.Namespace) -> int:
    """Verifies first, then replaces database and files; refuses beside a running `up`."""
    place = state()
    place.make()
    with only_one(place), tempfile.TemporaryDirectory(dir=place.var) as name:
        with console.step("every sum compared"):
            facts = archive.verify(arguments.file)
        require_room(place, arguments.yes)
        folder = Path(name)
        archive.unpack(arguments.file, folder)
        with console.step("database"):
            restore_database(place, folder / DUMP)
        with console.step("files"):
            replace_files(place, folder)
    console.say(f"Restored to {facts['made_at']}. Start with ./priyom up.")
    if "bucket" in facts:
        console.say(
            f"People's files were in the S3 bucket {facts['bucket']} and are not in a backup: "
            f"set the PRIYOM_S3_ settings to it or to its copy of {facts['made_at']} or later."
        )
    return 0


def require_room(place: State, is_agreed: bool) -> None:
    """Data that somebody may still want are deleted only when told so."""
    is_used = any(place.files.iterdir()) or (
        not environment.is_external() and (embedded(place).data / "priyom-made").exists()
    )
    if is_used and not is_agreed:
        raise Stop(f"There are data under {place.var}: say --yes to replace them by the backup.")


def restore_database(place: State, dump: Path) -> None:
    """Into a database made anew; an operator's own one must be empty already."""
    if environment.is_external():
        restore_into(place, dump, None)
        return
    cluster = embedded(place)
    cluster.forget_stale_lock()
    shutil.rmtree(cluster.data, ignore_errors=True)
    cluster.create()
    with (place.logs / "postgres.log").open("ab") as log:
        try:
            cluster.start(log.fileno())
            cluster.furnish()
            restore_into(place, dump, cluster)
        finally:
            cluster.stop()


def restore_into(place: State, dump: Path, cluster: Cluster | None) -> None:
    """As the owner role, all or nothing; extensions are there already and belong to no dump."""
    urls = environment.database_urls(cluster)
    url = urls[URL_OF_ROLE[OWNER]]
    if not is_empty(url):
        raise Stop("The database of PRIYOM_OWNER_DATABASE_URL is not empty: give an empty one.")
    contents = dump.with_suffix(".list")
    listed = run_program("pg_restore", "--list", str(dump))
    lines = [line for line in listed.splitlines() if " EXTENSION " not in line]
    contents.write_text("\n".join(lines) + "\n")
    options = ["--single-transaction", "--exit-on-error", "--no-owner"]
    options.append(f"--dbname={conninfo_to_dict(url)['dbname']}")
    run_program("pg_restore", *options, f"--use-list={contents}", str(dump), url=url)
    migrate(environment.make(place, environment.Ports(), urls))


def is_empty(url: str) -> bool:
    with psycopg.connect(url) as connection:
        query = sql.SQL("SELECT FROM pg_tables WHERE schemaname = 'public' LIMIT 1")
        return connection.execute(query).fetchone() is None


def replace_files(place: State, folder: Path) -> None:
    restored = folder / FILES
    restored.mkdir(exist_ok=True, mode=0o700)
    shutil.rmtree(place.files)
    restored.rename(place.files)
    if (folder / "secret").exists():
        os.replace(folder / "secret", place.var / "secret")


def run_program(program: str, *options: str, url: str = "") -> str:
    """One of PostgreSQL's own programs from the wheel, as this user (only the server shuns root).

    The address travels in the environment: a command line, and a password in it, is for all to see.
    """
    given = conninfo_to_dict(url)
    env = os.environ | {VARIABLES[name]: str(given[name]) for name in VARIABLES if name in given}
    command = find().command(program, *options)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        raise Stop(f"{program} did not do its work: {done.stderr.strip()}")
    return done.stdout
