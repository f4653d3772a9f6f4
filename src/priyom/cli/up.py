"""`./priyom up`: everything on this machine, from an empty folder to printed addresses."""

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from priyom.cli import console, environment, lan
from priyom.cli.child import Child
from priyom.cli.database import Cluster, check_promises, embedded, migrate
from priyom.cli.environment import Ports
from priyom.cli.failure import FULL_DISK, AlreadyRunning, Stop
from priyom.cli.places import State, state
from priyom.cli.proxy import proxy
from priyom.cli.spawn import with_parent
from priyom.cli.supervisor import Supervisor
from priyom.demo.accounts import ACCOUNTS

FREE_BYTES = 300 * 1024 * 1024


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="first port of the block (8000)")
    parser.add_argument("--fresh", action="store_true", help="delete the data and start over")
    parser.add_argument("--yes", action="store_true", help="do not ask before deleting")
    parser.add_argument("--lan", action="store_true", help="HTTPS for phones in this network")
    parser.add_argument(
        "--host", help="with --lan: this machine's address, when the guess is wrong"
    )
    parser.add_argument("--no-demo", action="store_true", help="an empty system, no demo region")
    parser.add_argument("--small", action="store_true", help="a demo region of few people, sooner")
    parser.add_argument("--without", default="", metavar="PART,…", help="leave out parts")


def run(arguments: argparse.Namespace) -> int:
    """Stays in the foreground until Ctrl-C or SIGTERM."""
    place = state()
    place.make()
    ports = Ports(arguments.port)
    with only_one(place):
        host = (arguments.host or lan.address()) if arguments.lan else None
        ports.require_free()
        if host:
            ports.require_free(host)
        require_space(place)
        if arguments.fresh:
            start_over(place, arguments.yes)
        with Supervisor(place.logs) as house:
            serve(house, place, ports, arguments, host)
    return 0


def serve(
    house: Supervisor, place: State, ports: Ports, arguments: argparse.Namespace, host: str | None
) -> None:
    """Env, database, migrations, demo, servers, addresses; then the logs until the end."""
    console.say("Приём starts.")
    is_new = not (place.var / "pg" / "priyom-made").exists()
    cluster = None if environment.is_external() else open_database(house, place)
    env = environment.make(place, ports, environment.database_urls(cluster), host)
    with console.step("database brought to this version"):
        migrate(env)
    check_promises(env["PRIYOM_DATABASE_URL"])
    left_out = set(filter(None, arguments.without.split(",")))
    demo = None if arguments.no_demo else start_demo(env, is_small=arguments.small)
    if is_new:
        finish_demo(house, demo)
    with console.step("servers"):
        parts = [child for child in children(env, ports) if child.name not in left_out]
        if "proxy" not in left_out:
            parts.append(proxy(place, ports, host, env))
        # The worker last: nobody waits for it, and it would take the processor from the web.
        house.start([child for child in parts if child.port])
        house.start([child for child in parts if not child.port])
    finish_demo(house, demo)
    announce(env, ports, with_demo=not arguments.no_demo)
    if host:
        lan.explain(env["PRIYOM_PUBLIC_URL"], env["PRIYOM_MAILBOX_URL"])
    console.say("\n  Ctrl-C stops everything; the data stay.\n")
    house.run()


@contextmanager
def only_one(place: State) -> Iterator[None]:
    """One instance on one state folder; the lock goes with the process, however it ends."""
    with (place.var / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunning(
                f"Priyom already runs on the data in {place.var} (process "
                f"{file.read().strip() or 'unknown'}): stop that one, or set PRIYOM_VAR."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def require_space(place: State) -> None:
    """Said before the database meets it: PostgreSQL survives a full disk, but not kindly."""
    if shutil.disk_usage(place.var).free < FREE_BYTES:
        raise Stop(FULL_DISK)


def start_over(place: State, is_agreed: bool) -> None:
    """Deletes database, files and mails; keeps logs, the secret and the local certificates."""
    if environment.is_external():
        raise Stop("--fresh does not delete a database of your own: empty it yourself.")
    if not is_agreed and not console.confirm(f"All data under {place.var} will be deleted."):
        raise Stop("Nothing was deleted; --yes answers the question in scripts.")
    data = embedded(place).data
    data.joinpath("postmaster.pid").unlink(missing_ok=True)
    for folder in (data, place.files, place.uploads, place.mail):
        shutil.rmtree(folder, ignore_errors=True)
    place.make()


def open_database(house: Supervisor, place: State) -> Cluster:
    cluster = embedded(place)
    with console.step("database"):
        cluster.create()
        cluster.forget_stale_lock()
        house.start([database_child(cluster)])
        cluster.process = house.children[0].process
        cluster.wait()
        cluster.furnish()
    return cluster


def database_child(cluster: Cluster) -> Child:
    return Child(
        "postgres",
        cluster.command(),
        {"PATH": os.defpath, "LANG": "C.UTF-8"},
        login=cluster.binaries.as_user,
        cwd="/",
        at_parents_death=signal.SIGINT,
        stop_signal=signal.SIGINT,
        is_last_to_stop=True,
    )


def start_demo(env: Mapping[str, str], *, is_small: bool) -> subprocess.Popen[bytes]:
    """The demo region; it prints its own progress and only extends what is already there.

    A region that is there already is extended while the servers start, to be ready sooner.
    """
    command = [sys.executable, "-m", "priyom.demo", *(["--small"] if is_small else [])]
    return subprocess.Popen(command, env=dict(env), preexec_fn=with_parent())


def finish_demo(house: Supervisor, demo: subprocess.Popen[bytes] | None) -> None:
    """Waits for it, with the other parts' logs being read meanwhile."""
    while demo is not None and demo.poll() is None:
        house.pump(0.03)
    if demo is not None and demo.returncode:
        raise Stop("The demo region was not loaded; its reason stands above.")


def uvicorn(application: str, port: int) -> list[str]:
    command = [sys.executable, "-m", "uvicorn", application, "--host", environment.LOOPBACK]
    command += ["--port", str(port), "--no-access-log", "--timeout-graceful-shutdown", "3"]
    return [*command, "--no-server-header", "--no-use-colors", "--log-level", "warning"]


def children(env: Mapping[str, str], ports: Ports) -> list[Child]:
    """All servers; each gets only the addresses and secrets that it needs."""
    web, simulator = environment.for_web(env), environment.for_simulator(env)
    python = [sys.executable, "-m"]
    return [
        Child("smtp", [*python, "simulators.smtp"], simulator, ports.smtp, ("simulators.smtp",)),
        Child("esia", [*python, "simulators.esia"], simulator, ports.esia, ("simulators.esia",)),
        Child(
            "index", [*python, "simulators.index"], simulator, ports.index, ("simulators.index",)
        ),
        Child(
            "registry",
            [*python, "simulators.registry"],
            simulator,
            ports.registry,
            ("simulators.registry",),
        ),
        Child(
            "web",
            uvicorn("priyom.asgi:application", ports.pages),
            web,
            ports.pages,
            ("priyom.asgi",),
        ),
        Child(
            "files",
            uvicorn("priyom.files.origin:application", ports.files),
            web,
            ports.files,
            ("priyom.files.origin",),
        ),
        Child(
            "gateway",
            [*python, "priyom.gateway"],
            environment.for_gateway(env),
            ports.gateway,
            ("priyom.gateway",),
        ),
        Child("worker", [*python, "priyom.cli", "worker"], web, None, ("priyom.asgi",)),
    ]


def announce(env: Mapping[str, str], ports: Ports, with_demo: bool) -> None:
    """Addresses and demo accounts in one block."""
    public = env["PRIYOM_PUBLIC_URL"]
    console.block(
        "Приём is ready",
        [
            ("patients", f"{public}/my/"),
            ("staff", f"{public}/desk/"),
            ("e-mails of the demo", f"{env['PRIYOM_MAILBOX_URL']}/"),
            ("logs", str(Path(env["PRIYOM_VAR"]) / "log")),
        ],
    )
    if with_demo:
        rows = [
            (f"{one.login} / {one.password}", f"{one.role}, {one.where}")
            for one in ACCOUNTS
            if one.is_first
        ]
        rows.append(("patients", "choose a person on the sign-in page of the ЕСИА simulator"))
        console.block("Demo accounts", rows)
