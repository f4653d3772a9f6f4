"""ejabberd with its message archive (MAM, XEP-0313) in the same PostgreSQL.

Configured generously: no TLS, no shaper, a pool of ten connections, only the archive, the roster
and service discovery. Debian's package is installed when root runs the benchmark.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg

from benchmarks.stand import ground
from priyom.testing.ports import free_port

HOST = "localhost"
PACKAGES = ("ejabberd", "erlang-p1-pgsql")
SCHEMA = Path("/usr/share/ejabberd/sql/pg.sql")
CONFIG = """
hosts: [{host}]
loglevel: warning
listen:
  - port: {port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    backlog: 1024
    max_stanza_size: 65536
    shaper: none
    access: all
auth_method: [sql]
auth_password_format: plain
sql_type: pgsql
sql_server: "127.0.0.1"
sql_port: {sql[port]}
sql_database: "{sql[name]}"
sql_username: "{sql[user]}"
sql_password: ""
sql_pool_size: 10
modules:
  mod_mam: {{db_type: sql, default: always}}
  mod_roster: {{}}
  mod_disco: {{}}
"""


def is_installed() -> bool:
    """Tell whether Debian's ejabberd and its PostgreSQL driver are there."""
    return SCHEMA.exists() and bool(list(Path("/usr/lib/erlang/lib").glob("p1_pgsql-*")))


class Ejabberd:
    """One node, clustering off."""

    name = "ejabberd"
    dialect = "xmpp"
    extra = HOST

    def __init__(self, database: Mapping[str, str], users: int, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._fill(database, users)
        config = folder / "ejabberd.yml"
        config.write_text(CONFIG.format(host=HOST, port=self.port, sql=database))
        (folder / "mnesia").mkdir()
        env = dict(os.environ) | {
            "EJABBERD_CONFIG_PATH": str(config),
            "EJABBERD_LOG_PATH": str(folder / "ejabberd.log"),
            "ERL_LIBS": str(next(Path("/usr/lib").glob("*/ejabberd-*")).parent),
            "ERL_CRASH_DUMP": str(folder / "erl_crash.dump"),
            "HOME": str(folder),
        }
        erl = shutil.which("erl") or "erl"
        command = [erl, "+K", "true", "+P", "250000", "-noinput", "-mnesia", "dir"]
        command += [f'"{folder / "mnesia"}"', "-s", "ejabberd"]
        log = folder / "ejabberd.out"
        self._child = ground.start(command, env, log, folder)
        try:
            ground.wait(self._child, self.port, log)
        except Exception:
            self.stop()
            raise

    def _fill(self, database: Mapping[str, str], users: int) -> None:
        told = {("dbname" if key == "name" else key): value for key, value in database.items()}
        with psycopg.connect(**told) as connection:  # type: ignore[arg-type]
            connection.execute(SCHEMA.read_bytes())
            with connection.cursor().copy("COPY users (username, password) FROM STDIN") as copy:
                for number in range(users):
                    copy.write_row((f"u{number}", "secret"))
        with psycopg.connect(**told, autocommit=True) as connection:  # type: ignore[arg-type]
            connection.execute("ANALYZE")

    def roots(self) -> list[int]:
        return [self._child.pid]

    def connections(self, pairs: int) -> Path:
        path = self._folder / "ejabberd.connections"
        with path.open("w") as file:
            for number in range(pairs * 2):
                name = f"u{number}"
                plain = base64.b64encode(f"\0{name}\0secret".encode()).decode()
                file.write(f"{self.port} {name} {plain}\n")
        return path

    def stop(self) -> None:
        ground.stop(self._child)


def install() -> None:
    """Install the packages without letting Debian start a server of its own."""
    apt_install(PACKAGES, "ejabberd")


def apt_install(packages: tuple[str, ...], service: str) -> None:
    """Install by apt as root; what a failed try says stays with apt, the peer is then absent."""
    if os.getuid() != 0 or shutil.which("apt-get") is None:
        return
    env = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    quiet = {"env": env, "check": False, "capture_output": True, "timeout": 600}
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if subprocess.run(command, **quiet).returncode:  # type: ignore[call-overload]
        subprocess.run(["apt-get", "update"], **quiet)  # type: ignore[call-overload]
        subprocess.run(command, **quiet)  # type: ignore[call-overload]
    if shutil.which("systemctl"):
        subprocess.run(["systemctl", "disable", "--now", service], **quiet)  # type: ignore[call-overload]
