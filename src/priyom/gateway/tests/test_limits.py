"""Floods, slow readers, huge frames, too many tabs: abuse 12 of reliability.md."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed

from priyom.consultations import log
from priyom.consultations.models import Entry
from priyom.consultations.tests.scene import Scene, scene
from priyom.gateway.config import Config, proxies
from priyom.gateway.tests.live import Page, Process, gateways


@pytest.fixture
def gateway(committed_db: None) -> Iterator[Process]:
    with gateways() as (one,):
        yield one


def put(place: Scene, count: int, body: str) -> None:
    """Write past the gateway, as another process would."""
    with psycopg.connect(os.environ["PRIYOM_DATABASE_URL"], autocommit=True) as link:
        start = place.row().last_seq
        for first in range(0, count, 100):
            items = [
                log.Item(place.consultation, place.doctor, f"p{start + n}", "message", body)
                for n in range(first, min(count, first + 100))
            ]
            log.append(link.cursor(), items, "elsewhere")


def resident(pid: int) -> int:
    """Return the memory of a process in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def test_a_slow_reader_is_dropped_and_comes_back(gateway: Process) -> None:
    place = scene()
    # A small window, so that the kernel keeps little of what the page does not read.
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", gateway.port))
    assert gateway.child is not None
    with (
        Page(gateway, place, place.doctor) as boris,
        Page(gateway, place, place.patient, sock=raw, max_queue=1) as anna,
    ):
        anna.hear("ready")
        boris.hear("ready")
        before = resident(gateway.child.pid)
        for _ in range(12):
            put(place, 100, "я" * 3900)
            boris.hear("entry", seq=place.row().last_seq)
        assert "priyom_gateway_slow_readers_total 1\n" in gateway.get("/metrics")[1]
        grown = resident(gateway.child.pid) - before
        assert grown < 32 * 2**20, "9 MB went by, and none of it may stay"
        with pytest.raises(ConnectionClosed):
            anna.hear("nothing of this kind", timeout=20)
    with Page(gateway, place, place.patient, after=anna.seqs()[-1]) as anna:
        anna.hear("entry", seq=1200, timeout=20)


def test_too_long_is_refused_and_too_big_ends_it(gateway: Process) -> None:
    place = scene()
    with Page(gateway, place, place.patient) as anna:
        anna.write("1", "я" * 4001)
        assert anna.hear("refused")["code"] == "too_long"
        anna.write("2", "x" * 40_000)
        assert anna.hear("refused", k="2")["code"] == "too_long"
        anna.write("3", "я" * 4000)
        assert anna.hear("ack")["k"] == "3"
        anna.line.send("x" * 70_000)
        assert anna.closed() == 1009


@pytest.mark.parametrize("body", ["\x00", "a\ud800b", "  \n"])
def test_what_no_text_can_hold_spoils_nobody_elses_batch(gateway: Process, body: str) -> None:
    place = scene()
    with Page(gateway, place, place.patient) as anna, Page(gateway, place, place.doctor) as boris:
        boris.write("b")
        anna.write("a", body)
        assert anna.hear("refused")["k"] == "a"
        assert boris.hear("ack")["seq"] == 1


def test_who_writes_too_fast_is_told_to_wait(gateway: Process) -> None:
    place = scene()
    with Page(gateway, place, place.patient) as anna:
        anna.hear("ready")
        for n in range(40):
            anna.write(f"k{n}")
        slow = anna.hear("refused")
        assert slow["code"] == "slow"
        anna.rest(0.5)
    assert 30 <= Entry.objects.count() < 40


def test_a_flood_of_frames_ends_the_socket(gateway: Process) -> None:
    place = scene()
    with Page(gateway, place, place.patient) as anna, Page(gateway, place, place.doctor) as boris:
        anna.hear("ready")
        boris.hear("ready")
        try:
            for _ in range(400):
                anna.tell("typing")
        except ConnectionClosed:
            pass
        assert anna.closed() == 1008
        boris.write("k")
        boris.hear("ack")


def test_of_too_many_tabs_the_oldest_goes(gateway: Process) -> None:
    """A phone leaves dead sockets behind: they must not lock its owner out."""
    place = scene()
    with ExitStack() as stack:
        tabs = [stack.enter_context(Page(gateway, place, place.patient)) for _ in range(8)]
        for tab in tabs:
            tab.hear("ready")
        for late in range(3):
            ninth = stack.enter_context(Page(gateway, place, place.patient))
            ninth.hear("ready")
            assert tabs[late].closed() == 4429
            assert tabs[late].frames[-1]["why"] == "many"
        tabs[3].write("k")
        assert ninth.hear("entry")["k"] == "k"
        assert tabs[3].hear("ack")["seq"] == 1


def test_a_socket_without_hello_is_no_use(gateway: Process) -> None:
    place = scene()
    with Page(gateway, place, place.patient, hello=False) as page:
        assert page.closed(timeout=14) == 1008
    assert json.loads(gateway.get("/healthz")[1])["sockets"] == 0


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ("1", "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("1", "127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("1", "127.0.0.1", "", "127.0.0.1"),
        ("1", "192.0.2.5", "203.0.113.9", "192.0.2.5"),
        ("0", "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        ("192.0.2.0/24 2001:db8::1", "192.0.2.5", "203.0.113.9", "203.0.113.9"),
        ("192.0.2.0/24 2001:db8::1", "2001:db8::1", "203.0.113.9", "203.0.113.9"),
        ("192.0.2.0/24 2001:db8::1", "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        ("1", "127.0.0.1", "203.0.113.9, unknown", "127.0.0.1"),
        ("1", "127.0.0.1", "203.0.113.9:49152", "127.0.0.1"),
        ("1", "::1", "fe80::1%eth0", "fe80::1"),
        ("0", "fe80::1%eth0", "", "fe80::1"),
    ],
)
def test_only_the_own_proxy_says_who_asks(
    trusted: str, peer: str, forwarded: str, client: str
) -> None:
    config = Config("", "", 0, "", proxies=proxies(trusted))
    assert config.client(peer, forwarded) == client
