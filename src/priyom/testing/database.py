"""The database of one test session: a private cluster, migrated once, kept as a copy for the next.

Tests are priyom_app, never the owner; the owner migrates and empties tables.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from priyom.cli import database as embedded
from priyom.cli.places import ROOT, SYSTEM_STATE
from priyom.cli.schema import fingerprint, migrate

URLS = {
    "PRIYOM_DATABASE_URL": embedded.APP,
    "PRIYOM_OWNER_DATABASE_URL": embedded.OWNER,
    "PRIYOM_GATEWAY_DATABASE_URL": embedded.GATEWAY,
    "PRIYOM_AUDIT_DATABASE_URL": embedded.AUDIT,
}


CLUSTERS = 3
"""So many migrated data folders are kept: working trees of other schemas take turns here."""


def addresses(folder: Path) -> dict[str, str]:
    """Return the four URLs of the cluster that will stand in `folder`, before it stands."""
    host = quote(str(folder / "s"), safe="")
    name = embedded.DATABASE
    return {key: f"postgresql://{role}@/{name}?host={host}" for key, role in URLS.items()}


def _kept() -> Path:
    home = SYSTEM_STATE if os.getuid() == 0 else ROOT / "var"
    return home / "test-clusters"


def _key() -> str:
    made_by = Path(embedded.__file__).read_bytes()
    return hashlib.sha256(fingerprint().encode() + made_by).hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[Path]:
    """Hold the folder of kept clusters; other sessions of this machine wait."""
    home = _kept()
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield home


def _copy(source: Path, target: Path) -> None:
    # cp and not shutil: root keeps the database user's ownership.
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


@contextmanager
def migrated(folder: Path, env: Mapping[str, str]) -> Iterator[embedded.Cluster]:
    """Yield a running cluster in `folder` with the schema of this working tree.

    `env` holds `addresses(folder)`. The first session after a new migration pays for it, the
    next ones copy its data folder.
    """
    key = _key()
    folder.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as stack:
        with _alone() as home:
            if (home / key).exists():
                os.utime(home / key)
                _copy(home / key, folder / "pg")
            cluster = stack.enter_context(embedded.private_cluster(folder))
            if migrate(env):
                cluster.stop()
                _keep(home, cluster.data, key)
                cluster.start()
        yield cluster


def _keep(home: Path, data: Path, key: str) -> None:
    for left in (home / key, home / "unfinished"):
        shutil.rmtree(left, ignore_errors=True)
    kept = sorted(
        (one for one in home.iterdir() if one.is_dir()), key=lambda one: one.stat().st_mtime
    )
    for oldest in kept[: 1 - CLUSTERS]:
        shutil.rmtree(oldest)
    _copy(data, home / "unfinished")
    os.utime(home / "unfinished")
    (home / "unfinished").rename(home / key)


def settle(cluster: embedded.Cluster) -> bool:
    """Lay this working tree's migrated data folder under a cluster that has none.

    Returns False, and lays nothing, when no session has kept one yet.
    """
    with _alone() as home:
        kept = home / _key()
        if not kept.exists():
            return False
        _copy(kept, cluster.data)
        return True


def tables(owner: psycopg.Connection[tuple[str]]) -> list[str]:
    """Return the tables that hold no rows yet: those that `empty` may empty."""
    names = owner.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    query = sql.SQL("SELECT 1 FROM {} LIMIT 1")
    return [
        name
        for (name,) in names
        if owner.execute(query.format(sql.Identifier(name))).fetchone() is None
    ]


def empty(names: list[str]) -> None:
    """Delete every row of the tables; a transaction that a test left open is told within 5 s.

    As the superuser, past the triggers that keep rows: a TRUNCATE of all would write the files of
    each table and index anew, for every test.
    """
    listed = [sql.Identifier(name) for name in names]
    filled = sql.SQL(" UNION ALL ").join(
        sql.SQL("(SELECT {} FROM {} LIMIT 1)").format(name, table)
        for name, table in zip(names, listed, strict=True)
    )
    url = os.environ["PRIYOM_OWNER_DATABASE_URL"]
    everything = url.replace(f"//{embedded.OWNER}@", f"//{embedded.SUPERUSER}@")
    with psycopg.connect(everything) as connection:
        connection.execute("SET LOCAL lock_timeout = '5s'")
        connection.execute(sql.SQL("LOCK TABLE {}").format(sql.SQL(", ").join(listed)))
        connection.execute("SET LOCAL session_replication_role = 'replica'")
        for (name,) in connection.execute(filled).fetchall():
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
