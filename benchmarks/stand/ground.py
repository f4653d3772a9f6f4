"""The ground under all servers: one durable PostgreSQL of the project, free ports, children."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from priyom.cli import environment
from priyom.cli.database import SUPERUSER, Cluster
from priyom.cli.failure import Stop
from priyom.cli.places import ROOT, State
from priyom.cli.spawn import with_parent
from priyom.testing.database import addresses, migrated
from priyom.testing.ports import free_port

HOME = ROOT / "var" / "bench"
"""Where the peers' parts are kept between runs."""


@contextmanager
def cluster() -> Iterator[tuple[Cluster, dict[str, str]]]:
    """Yield a migrated cluster with durable defaults, and the environment of Priyom's parts.

    Its TCP door (loopback, for peers that know no Unix socket) is the port in PGPORT.
    """
    folder = Path(tempfile.mkdtemp(prefix="priyom-bench-", dir="/tmp"))
    port = str(free_port())
    state = State(folder / "var")
    state.make()
    env = environment.make(state, environment.Ports(), addresses(folder))
    with migrated(folder, env) as made:
        made.stop()
        made.settings.clear()
        made.settings.update(listen_addresses="127.0.0.1", port=port, max_connections="200")
        with (made.data / "pg_hba.conf").open("a") as rules:
            rules.write("host bench_peers bench_peers 127.0.0.1/32 trust\n")
        env["PGPORT"] = port
        os.environ.update(env)
        made.start()
        yield made, env


def peers_database(made: Cluster) -> dict[str, str]:
    """Make the peers' database and its owner, return where it is."""
    with psycopg.connect(made.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
        for statement in ("CREATE ROLE {} LOGIN", "CREATE DATABASE {0} OWNER {0}"):
            connection.execute(sql.SQL(statement).format(sql.Identifier("bench_peers")))
    return {
        "host": str(made.sockets),
        "port": os.environ["PGPORT"],
        "name": "bench_peers",
        "user": "bench_peers",
    }


def start(
    command: list[str], env: Mapping[str, str], log: Path, cwd: Path = ROOT
) -> subprocess.Popen[bytes]:
    """Start a server that ends with this program; what it says goes to the log."""
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            preexec_fn=with_parent(signal.SIGKILL),
        )


def stop(child: subprocess.Popen[bytes]) -> None:
    """End a server: asked first, then killed with everything that it started."""
    child.terminate()
    try:
        child.wait(15)
    except subprocess.TimeoutExpired:
        child.kill()
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def wait(child: subprocess.Popen[bytes], port: int, log: Path, path: str = "") -> None:
    """Return when the port answers, by HTTP when there is a path; Stop tells the log's end."""
    until = time.monotonic() + 30
    while time.monotonic() < until and child.poll() is None:
        with suppress(OSError):
            if not path:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            if _answers(f"http://127.0.0.1:{port}{path}"):
                return
        time.sleep(0.05)
    said = log.read_text(errors="replace")[-800:]
    raise Stop(f"A server of the benchmark does not start; its log ends with:\n{said}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
            return int(answer.status) == 200
    except urllib.error.HTTPError as error:
        return error.code < 500
