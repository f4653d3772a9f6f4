"""The wire itself: what the library leaves to us, and what no honest client sends."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
import signal
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets import Origin
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from priyom.chat.wire import SIGNAL_LIMIT
from priyom.consultations.models import Entry
from priyom.consultations.tests.scene import Scene, scene
from priyom.gateway.config import Config, Limits
from priyom.gateway.pipe import Pipe
from priyom.gateway.sockets import Accept, listen
from priyom.gateway.tests.live import ORIGIN, Page, Process, gateways, ticket
from priyom.testing.ports import free_port

TEXT, REST, CLOSE, PING, PONG = 0x1, 0x0, 0x8, 0x9, 0xA
WHOLE = 0x80
MASK = b"\x01\x02\x03\x04"


@pytest.fixture
def gateway(committed_db: None) -> Iterator[Process]:
    with gateways() as (one,):
        yield one


class Wire:
    """A socket after its handshake; frames are made by hand."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.rest = b""

    def send(self, first: int, payload: bytes, *, masked: bool = True) -> None:
        size = len(payload)
        head = bytes([first]) + (
            bytes([(size | 0x80) if masked else size])
            if size < 126
            else bytes([254 if masked else 126]) + struct.pack(">H", size)
            if size < 1 << 16
            else bytes([255 if masked else 127]) + struct.pack(">Q", size)
        )
        body = bytes(one ^ MASK[n % 4] for n, one in enumerate(payload)) if masked else payload
        self.line.sendall(head + (MASK if masked else b"") + body)

    def _bytes(self, count: int) -> bytes:
        while len(self.rest) < count:
            more = self.line.recv(65536)
            if not more:
                raise EOFError
            self.rest += more
        found, self.rest = self.rest[:count], self.rest[count:]
        return found

    def receive(self) -> tuple[int, bytes]:
        """Return the next frame's first byte and payload; raises EOFError."""
        first, size = self._bytes(2)
        if size == 126:
            size = struct.unpack(">H", self._bytes(2))[0]
        return first, self._bytes(size)

    def closed(self) -> int:
        """Return the code of the goodbye; the line must end after it."""
        first = 0
        while first != WHOLE | CLOSE:
            first, payload = self.receive()
        self.send(WHOLE | CLOSE, payload)
        try:
            left = self.line.recv(1)
        except ConnectionResetError:
            left = b""
        assert not left, "the line goes on after the goodbye"
        return int.from_bytes(payload[:2], "big")


def upgrade(connection: str = "Upgrade") -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET /ws HTTP/1.1\r\nHost: localhost\r\nOrigin: {ORIGIN}\r\n"
        f"Connection: {connection}\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    ).encode()


def shaken(line: socket.socket) -> Wire:
    """Return the wire when the gateway has agreed to the handshake."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = line.recv(1)
        assert more, head
        head += more
    assert head.startswith(b"HTTP/1.1 101 "), head
    return Wire(line)


@contextmanager
def wire(gateway: Process, connection: str = "Upgrade") -> Iterator[Wire]:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as line:
        line.sendall(upgrade(connection))
        yield shaken(line)


def hello(place: Scene) -> bytes:
    told = {"t": "hello", "ticket": ticket(place.patient), "after": 0}
    return json.dumps(told | {"consultation": str(place.consultation)}).encode()


@pytest.mark.parametrize("connection", ["Upgrade", "keep-alive, Upgrade"])
def test_every_browsers_handshake_is_known(gateway: Process, connection: str) -> None:
    with wire(gateway, connection) as one:
        one.send(WHOLE | TEXT, hello(scene()))
        assert b'"t":"ready"' in one.receive()[1]


def test_a_message_in_fragments_is_one_message(gateway: Process) -> None:
    place = scene()
    with wire(gateway) as one, Page(gateway, place, place.doctor) as boris:
        said = hello(place)
        one.send(TEXT, said[:20])
        one.send(WHOLE | PING, b"?")
        one.send(REST, said[20:40])
        one.send(WHOLE | REST, said[40:])
        assert one.receive() == (WHOLE | PONG, b"?")
        assert b'"t":"ready"' in one.receive()[1]
        message = json.dumps({"t": "send", "k": "1", "body": "Кашель"}).encode()
        one.send(TEXT, message[:10])
        one.send(WHOLE | REST, message[10:])
        assert boris.hear("entry")["body"] == "Кашель"
        one.send(WHOLE | CLOSE, b"\x03\xe8")
        assert one.closed() == 1000
    assert Entry.objects.filter(consultation=place.consultation, body="Кашель").count() == 1


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([(WHOLE | REST, b"x", True)], 1002),
        ([(TEXT, b"x", True), (WHOLE | TEXT, b"x", True)], 1002),
        ([(WHOLE | TEXT | 0x40, b"x", True)], 1002),
        ([(WHOLE | TEXT, b"x", False)], 1002),
        ([(WHOLE | 0x3, b"x", True)], 1002),
        ([(TEXT, b"x" * SIGNAL_LIMIT, True), (WHOLE | REST, b"x", True)], 1009),
        ([(WHOLE | TEXT, b"\xff\xfe", True)], 1008),
        ([(WHOLE | TEXT, b"no json", True)], 1008),
    ],
)
def test_what_breaks_the_protocol_ends_it(
    gateway: Process, frames: list[tuple[int, bytes, bool]], code: int
) -> None:
    with wire(gateway) as one:
        for first, payload, masked in frames:
            one.send(first, payload, masked=masked)
        assert one.closed() == code
    assert gateway.get("/healthz")[0] == 200


def test_noise_on_the_wire_costs_no_memory(gateway: Process) -> None:
    assert gateway.child is not None
    statm = Path(f"/proc/{gateway.child.pid}/statm")
    noise = random.Random(1)
    before = 0
    for turn in range(300):
        with wire(gateway) as one:
            try:
                for _ in range(noise.randrange(1, 8)):
                    if noise.random() < 0.5:
                        one.line.sendall(noise.randbytes(noise.randrange(1, 4000)))
                    else:
                        first = noise.choice(
                            (WHOLE | TEXT, TEXT, REST, WHOLE | PING, WHOLE | CLOSE)
                        )
                        one.send(first, noise.randbytes(noise.randrange(0, 125)))
            except ConnectionError:
                pass  # it was thrown out before it was through
        if turn == 100:
            before = int(statm.read_text().split()[1])
    grown = (int(statm.read_text().split()[1]) - before) * 4096
    assert grown < 4 * 2**20
    place = scene()
    with Page(gateway, place, place.patient) as anna:
        anna.hear("ready")
        anna.write("1", "Кашель")
        assert anna.hear("ack")["k"] == "1"


def test_pings_of_one_who_does_not_read_cost_no_memory(gateway: Process) -> None:
    assert gateway.child is not None
    statm = Path(f"/proc/{gateway.child.pid}/statm")
    with wire(gateway) as one:
        one.send(WHOLE | TEXT, hello(scene()))
        assert b'"t":"ready"' in one.receive()[1]
        before = int(statm.read_text().split()[1])
        ping = bytes([WHOLE | PING, 0x80 | 125]) + MASK + bytes(125)
        for _ in range(300):
            one.line.sendall(ping * 1000)
        grown = (int(statm.read_text().split()[1]) - before) * 4096
        assert grown < 12 * 2**20, "of 38 MB of answers"
        # What was answered is read now, and the line is as good as before.
        one.send(WHOLE | TEXT, b'{"t":"ping"}')
        while b'"t":"pong"' not in one.receive()[1]:
            pass


def test_a_line_that_opens_while_the_gateway_stops_is_sent_elsewhere(gateway: Process) -> None:
    place = scene()
    with (
        socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as late,
        wire(gateway) as silent,
    ):
        words = upgrade()
        late.sendall(words[:40])
        silent.send(WHOLE | TEXT, hello(place))
        assert b'"t":"ready"' in silent.receive()[1]
        gateway.send(signal.SIGTERM)
        # This one does not answer the goodbye, so the gateway still waits when the other comes in.
        while b'"t":"bye"' not in silent.receive()[1]:
            pass
        late.sendall(words[40:])
        other = shaken(late)
        first, told = other.receive()
        assert (first, json.loads(told)["why"]) == (WHOLE | TEXT, "restart")
        assert other.closed() == 1012
        assert gateway.child is not None
        assert gateway.child.wait(10) == 0


def ended(accept: Accept) -> int:
    """Return the code with which one that says one word to `accept` is sent away."""

    async def run() -> int:
        config = Config(dsn="", host="127.0.0.1", port=free_port(), origin=ORIGIN)
        server = await listen(config, accept, lambda _: (HTTPStatus.OK, "", "text/plain"))
        try:
            address = f"ws://127.0.0.1:{config.port}/ws"
            async with connect(address, additional_headers={"Origin": ORIGIN}, proxy=None) as page:
                await page.send("word")
                with pytest.raises(ConnectionClosed) as end:
                    await asyncio.wait_for(page.recv(), 5)
            for _ in range(100):
                if len(asyncio.all_tasks()) == 1:
                    break
                await asyncio.sleep(0.02)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left, left
        finally:
            server.close()
        return end.value.rcvd.code if end.value.rcvd else 1006

    return asyncio.run(run())


def test_a_fault_of_ours_ends_the_line_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def in_session(pipe: Pipe) -> None:
        await pipe.receive()
        raise RuntimeError("in the session")

    async def in_a_frame(pipe: Pipe) -> None:
        def take(raw: bytes) -> None:
            raise RuntimeError("in a frame")

        pipe.hand(take)
        await pipe.over()

    assert ended(in_session) == 1011
    assert ended(in_a_frame) == 1011
    assert "in the session" in caplog.text
    assert "in a frame" in caplog.text


async def test_a_line_that_falls_silent_is_given_up() -> None:
    """Who answers no ping is gone, as a phone in a tunnel is; who answers stays."""
    ended: list[str] = []

    async def accept(pipe: Pipe) -> None:
        who = (await pipe.receive()).decode()
        await pipe.over()
        ended.append(who)

    limits = replace(Limits(), ping_seconds=0.5)
    config = Config("", "127.0.0.1", free_port(), ORIGIN, limits=limits)
    server = await listen(config, accept, lambda path: (HTTPStatus.NOT_FOUND, "", "text/plain"))
    address = f"ws://127.0.0.1:{config.port}/ws"
    async with connect(address, origin=Origin(ORIGIN)) as answers:
        await answers.send("answers")
        mute = await connect(address, origin=Origin(ORIGIN))
        await mute.send("mute")
        mute.transport.pause_reading()
        async with asyncio.timeout(10):
            while not ended:
                await asyncio.sleep(0.05)
        assert ended == ["mute"]
        mute.transport.abort()
    server.close()
