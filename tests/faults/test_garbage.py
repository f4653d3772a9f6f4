"""Garbage in: the parser says one of its two refusals, the gateway serves everybody else."""

from __future__ import annotations

import gc
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from websockets import Origin
from websockets.exceptions import WebSocketException
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect

from priyom.calls.wire import is_signal
from priyom.chat import wire
from priyom.cli.places import ROOT
from tests.faults import garbage
from tests.faults.checker import check
from tests.faults.crowd import Crowd, crowd
from tests.faults.house import GATEWAYS, House, running

COUNT = 100_000
GROWTH = 64 * 1024
"""Bytes that may remain of all these frames."""
LINES, SECONDS = 4, 8.0
RESIDENT = 48 * 2**20

pytestmark = pytest.mark.faults


@settings(max_examples=600)
@given(garbage.frames)
@example(b'{"t":"send","k":"1","body":"\\ud800"}')
@example(b'{"t":"signal","call":"018f0000-0000-7000-8000-000000000001","data":{"kind":[]}}')
@example(b'{"t":["send"],"k":"1"}')
def test_nothing_but_the_two_refusals_escapes(raw: bytes) -> None:
    frame = garbage.judge(raw)
    if isinstance(frame, wire.Signal) and is_signal(frame.data):
        wire.frame("signal", call=frame.call, data=dict(frame.data)).encode()


def _corpus() -> list[bytes]:
    """Return frames bent and torn without hypothesis, which remembers what it drew."""
    dice = random.Random(4)
    good = [garbage.plain(told) for told in garbage.GOOD]
    made = list(good)
    while len(made) < 2000:
        raw = bytearray(dice.choice(good))
        for _ in range(dice.randrange(1, 5)):
            at = dice.randrange(len(raw) + 1)
            raw[at : at + dice.randrange(4)] = dice.randbytes(dice.randrange(4))
        made.append(bytes(raw))
    return made


def test_a_hundred_thousand_frames_leave_nothing_in_memory() -> None:
    corpus = _corpus()
    for raw in corpus:
        garbage.judge(raw)
    tracemalloc.start()
    try:
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for number in range(COUNT):
            garbage.judge(corpus[number % len(corpus)])
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < GROWTH, f"{grown} bytes remain"


@pytest.mark.long
@settings(max_examples=50_000)
@given(garbage.frames)
def test_nothing_escapes_in_the_long_form(raw: bytes) -> None:
    garbage.judge(raw)


@pytest.mark.long
def test_coverage_leads_to_no_crash_either(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="no part of the lock; see fuzz_wire.py")
    command = [sys.executable, "-m", "tests.faults.fuzz_wire", "60"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
    done = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


# -- a live gateway


def _raw_bytes(port: int, dice: random.Random) -> None:
    """Talk to the port as no browser does: no HTTP, half a request, a header without an end."""
    words = dice.choice(
        [
            dice.randbytes(dice.randrange(1, 3000)),
            b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n",
            b"POST /ws HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 2000,
            b"GET /ws HTTP/1.1\r\n" + b"X-A: " + b"a" * 20_000,
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        ]
    )
    with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
        line.sendall(words)
        if dice.random() < 0.5:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _wrong_frames(port: int, origin: str, hello: dict[str, object], dice: random.Random) -> None:
    """Open a socket, greet or not, then send frames that are none, by their form or content."""
    with connect(
        f"ws://127.0.0.1:{port}/ws",
        origin=Origin(origin),
        proxy=None,
        compression=None,
        open_timeout=5,
        close_timeout=1,
    ) as line:
        if dice.random() < 0.7:
            line.send(garbage.plain(hello))
            line.recv(timeout=5)
        for _ in range(dice.randrange(1, 40)):
            raw = dice.choice(CORPUS)
            match dice.randrange(6):
                case 0:
                    line.send(raw)
                case 1:
                    line.send([raw[:3], raw[3:]])
                case 2:
                    line.ping(raw[:100])
                case 3:
                    line.send(b"x" * dice.choice([17_000, 70_000]))
                case 4:
                    line.socket.sendall(Frame(Opcode.TEXT, raw).serialize(mask=False))
                case _:
                    line.send(raw.decode("utf-8", "replace"))


CORPUS = _corpus()


def _throw(house: House, people: Crowd, until: float, told: list[str], seed: int) -> None:
    """Throw one thing after the other at both gateways until the time is over."""
    dice = random.Random(seed)
    chat = people.chats[-1]
    while time.monotonic() < until:
        port = dice.choice(house.gateways).port
        assert port is not None
        with suppress(OSError, TimeoutError, WebSocketException):
            if dice.random() < 0.3:
                _raw_bytes(port, dice)
            else:
                ticket = people.do(people.ticket(chat.patient))
                hello = {"t": "hello", "ticket": ticket, "consultation": chat.key, "after": 0}
                _wrong_frames(port, house.env["PRIYOM_PUBLIC_URL"], hello, dice)
        told.append("thrown")


def _resident(house: House) -> int:
    """Return the memory of both gateways in bytes."""
    pids = [part.process.pid for part in house.gateways if part.process]
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 for pid in pids)


def test_a_gateway_fed_with_garbage_serves_the_others() -> None:
    with running(GATEWAYS) as house, crowd(house, pause=0.2) as people:
        chats = people.book(4)
        people.open(chats[:3])
        people.complete(60)
        before, told = _resident(house), list[str]()
        until = time.monotonic() + SECONDS
        throwers = [
            threading.Thread(target=_throw, args=(house, people, until, told, seed))
            for seed in range(LINES)
        ]
        for one in throwers:
            one.start()
        for one in throwers:
            one.join(60)
            assert not one.is_alive()
        house.look_after()
        people.hush(60)
        people.complete(60)
        people.settle()
        mine = {chat.key for chat in chats[:3]}
        base = [row for row in house.log() if row.chat in mine]
        report = check(people.history, base)
        assert report.is_clean, str(report)
        assert people.acknowledged() > 100
        assert len(told) > 30, "little was thrown"
        assert _resident(house) - before < RESIDENT
        for part in house.gateways:
            assert "Traceback" not in part.last_words(), part.last_words()
            assert part.is_healthy(), "both answer that they are well"
