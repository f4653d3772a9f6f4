"""The database's shape and its promises: migrations as owner, grants, the check before serving."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version

import psycopg
from psycopg import sql

from priyom.cli.failure import Stop
from priyom.cli.places import ROOT

SOURCE = ROOT / "src" / "priyom"
GRANTS = SOURCE / "kernel" / "grants.sql"
STAMP = "priyom schema "
OLDEST = 150000


def fingerprint() -> str:
    """Of everything that migrate() would run; equal fingerprints mean nothing to do."""
    seen = hashlib.sha256()
    for package in ("django", "procrastinate"):
        seen.update(f"{package} {version(package)}\n".encode())
    files = [*SOURCE.glob("*/migrations/*.py"), *SOURCE.glob("**/*.sql")]
    for path in sorted(files):
        seen.update(f"{path.relative_to(SOURCE)}\n".encode() + path.read_bytes())
    return seen.hexdigest()


def _stamp_of(connection: psycopg.Connection[tuple[str | None]]) -> str | None:
    found = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE datname = current_database()"
    ).fetchone()
    return found[0] if found else None


def is_current(owner_dsn: str) -> bool:
    """Whether this database was brought to exactly these files; the stamp lives in the database
    itself, so a restored or replaced database is never taken for a current one."""
    with psycopg.connect(owner_dsn) as connection:
        return _stamp_of(connection) == STAMP + fingerprint()


def migrate(env: Mapping[str, str], force: bool = False) -> bool:
    """Runs Django's migrations and grants.sql as the owner role; True when there was work.

    env: needs PRIYOM_OWNER_DATABASE_URL and what settings.py asks for. Errors: Stop.
    """
    owner = env["PRIYOM_OWNER_DATABASE_URL"]
    if not force and is_current(owner):
        return False
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--noinput", "--skip-checks"],
        env=os.environ
        | dict(env)
        | {"PRIYOM_MIGRATE": "1", "DJANGO_SETTINGS_MODULE": "priyom.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Stop(f"The migrations did not run; their last words:\n{_tail(done.stdout)}")
    with psycopg.connect(owner) as connection:
        connection.execute(GRANTS.read_bytes())
        name = sql.Identifier(connection.info.dbname)
        stamp = sql.Literal(STAMP + fingerprint())
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, stamp))
    return True


def _tail(output: str, lines: int = 25) -> str:
    return "\n".join(output.strip().splitlines()[-lines:])


def check_promises(app_dsn: str) -> None:
    """Refuses to serve on a database that may lose or leak: reliability.md, settings that must
    fail the start. Asked as the application's role, because it is that role which must be weak."""
    with psycopg.connect(app_dsn) as connection:
        if connection.info.server_version < OLDEST:
            raise Stop("PostgreSQL 15 or newer is needed: move the database to a newer server.")
        for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            if row is None or row[0] == "off":
                raise Stop(f"The database runs with {name} off and may lose data: turn it on.")
        row = connection.execute(
            "SELECT r.rolsuper, r.rolbypassrls, pg_has_role(r.oid, d.datdba, 'MEMBER')"
            " FROM pg_roles r, pg_database d"
            " WHERE r.rolname = current_user AND d.datname = current_database()"
        ).fetchone()
        if row is None or any(row):
            raise Stop(
                "The application's database role is owner, superuser or passes row security: "
                "give PRIYOM_DATABASE_URL the plain role priyom_app."
            )
