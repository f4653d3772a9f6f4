"""The chat over plain HTTP: the same frames, numbers, verdicts and limits as by a socket."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from priyom.accounts import actions
from priyom.accounts.models import Session, Stream
from priyom.accounts.ticket import hash_of
from priyom.consultations.models import Entry, Member
from priyom.consultations.tests.scene import scene
from priyom.gateway.config import Limits
from priyom.gateway.live import Events
from priyom.gateway.streams import StreamPipe
from priyom.gateway.tests.carriers import HttpPage, PollLine, PollPage, StreamPage, post
from priyom.gateway.tests.live import Page, Process, gateways, is_held, rest_of, signed_in, ticket
from priyom.gateway.tests.test_limits import put, resident
from priyom.kernel import clock

OFFER = {"kind": "offer", "sdp": "v=0"}
Way = type[HttpPage]


@pytest.fixture
def gateway(committed_db: None) -> Iterator[Process]:
    with gateways() as (one,):
        yield one


@pytest.fixture
def pair(committed_db: None) -> Iterator[list[Process]]:
    with gateways(2) as both:
        time.sleep(0.3)  # they hear of each other
        yield both


both_ways = pytest.mark.parametrize("way", [StreamPage, PollPage])


@both_ways
def test_words_go_both_ways_with_the_sockets(gateway: Process, way: Way) -> None:
    place = scene()
    with way(gateway, place, place.patient) as anna, Page(gateway, place, place.doctor) as boris:
        ready = anna.hear("ready")
        assert (ready["last"], ready["state"], ready["you"]["side"]) == (0, "scheduled", "patient")
        boris.hear("ready")
        anna.write("k1", "Кашель")
        ack = anna.hear("ack")
        assert Entry.objects.get(consultation=place.consultation, seq=ack["seq"]).body == "Кашель"
        entry = boris.hear("entry")
        assert (entry["seq"], entry["body"], entry["name"]) == (1, "Кашель", "Анна")
        boris.write("k2", "Давно?")
        assert anna.hear("entry", body="Давно?")["seq"] == 2
        anna.tell("typing")
        assert boris.hear("typing")["account"] == str(place.patient)
        anna.tell("seen", delivered=2, read=2)
        assert boris.hear("marks", account=str(place.patient))["read"] == 2
        anna.tell("ping")
        anna.hear("pong")


@both_ways
def test_a_calls_set_up_goes_both_ways(gateway: Process, way: Way) -> None:
    place = scene()
    with way(gateway, place, place.patient) as anna, Page(gateway, place, place.doctor) as boris:
        anna.hear("ready")
        boris.hear("ready")
        call = uuid4()
        boris.tell("signal", call=call, data=OFFER)
        assert anna.hear("signal")["data"] == OFFER
        anna.tell("signal", call=call, data={"kind": "answer", "sdp": "v=0"})
        assert boris.hear("signal")["data"]["kind"] == "answer"


@both_ways
def test_a_repeat_has_the_first_number(gateway: Process, way: Way) -> None:
    place = scene()
    with way(gateway, place, place.patient) as anna:
        anna.hear("ready")
        anna.write("k1")
        assert anna.hear("ack")["seq"] == 1
        anna.write("k1", "другое")
        assert anna.hear("ack")["seq"] == 1
    with Page(gateway, place, place.patient) as anna:
        anna.write("k1")
        assert anna.hear("ack")["seq"] == 1
    assert Entry.objects.count() == 1


@both_ways
def test_resume_brings_exactly_what_is_missing(gateway: Process, way: Way) -> None:
    place = scene()
    put(place, 900, "x")
    with way(gateway, place, place.doctor, after=3) as boris:
        assert boris.hear("ready")["last"] == 900
        boris.hear("entry", seq=900)
        put(place, 1, "y")
        boris.hear("entry", seq=901)
        assert boris.seqs() == list(range(4, 902))
    with way(gateway, place, place.doctor, after=9999) as boris:
        assert boris.hear("ready")["after"] == 901


@both_ways
def test_strangers_and_used_tickets_get_the_same_goodbye(gateway: Process, way: Way) -> None:
    place, other = scene(), scene()
    with way(gateway, place, other.patient) as gleb:
        assert gleb.hear("bye")["why"] == "missing"
        assert gleb.closed() == 4404
    secret = ticket(place.patient)
    with way(gateway, place, place.patient, hello=False) as first:
        first.hello(secret)
        first.hear("ready")
        with way(gateway, place, place.patient, hello=False) as second:
            second.hello(secret)
            assert second.hear("bye")["why"] == "ticket"
            assert second.closed() == 4401


@both_ways
def test_a_closed_chat_takes_nothing(gateway: Process, way: Way) -> None:
    place = scene()
    with way(gateway, place, place.patient) as anna:
        anna.hear("ready")
        place.become("completed")
        anna.write("k1")
        assert anna.hear("refused", k="k1")["code"] == "closed"
        anna.write("k2", "я" * 4001)
        assert anna.hear("refused", k="k2")["code"] == "too_long"
    assert not Entry.objects.exists()


@pytest.mark.parametrize("path", ["/live/stream", "/live/poll", "/live/send"])
@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "https://localhost:8000", "http://localhost"]
)
def test_another_origin_gets_nothing(gateway: Process, path: str, origin: str | None) -> None:
    place = scene()
    secret = ticket(place.patient)
    hello = {"t": "hello", "ticket": secret, "consultation": str(place.consultation), "after": 0}
    status, _, body = post(gateway, path, json.dumps(hello), origin=origin)  # type: ignore[arg-type]
    assert (status, body) == (403, b"")
    with Page(gateway, place, place.patient, hello=False) as page:
        page.hello(secret)
        page.hear("ready")  # the ticket is still good


@pytest.mark.parametrize("stream", ["", "guess"])
def test_an_unknown_stream_leads_nowhere(gateway: Process, stream: str) -> None:
    scene()
    send = '{"t":"send","k":"k","body":"x"}'
    status, _, body = post(gateway, "/live/send", send, stream=stream)
    assert (status, json.loads(body)[0]["why"]) == (200, "ticket")
    if stream:
        status, _, body = post(
            gateway, "/live/poll", '{"nonce":"","at":0,"after":0}', stream=stream
        )
        assert (status, json.loads(body)["closed"]) == (200, 4401)
    assert not Entry.objects.exists()


@both_ways
def test_only_the_hash_of_a_stream_is_kept(gateway: Process, way: Way) -> None:
    place = scene()
    with way(gateway, place, place.patient) as anna:
        anna.hear("ready")
        row = Stream.objects.get()
        assert row.hash == hash_of(anna.http.stream) != anna.http.stream
        assert (row.account_id, row.consultation) == (place.patient, place.consultation)


@both_ways
def test_the_end_of_a_session_ends_its_streams(pair: list[Process], way: Way) -> None:
    place = scene()
    handle = signed_in(place.patient)
    with way(pair[0], place, place.patient, handle=handle) as anna:
        anna.hear("ready")
        actions.end_session(Session.objects.get(handle=handle).session_key)
        assert anna.hear("bye")["why"] == "session"
        assert anna.closed() == 4401
        for process in pair:
            _, _, body = post(
                process, "/live/send", '{"t":"send","k":"k","body":"x"}', stream=anna.http.stream
            )
            assert json.loads(body)[0]["why"] == "ticket"
    assert not Stream.objects.exists()
    assert not Entry.objects.exists()


@both_ways
def test_any_process_takes_a_post(pair: list[Process], way: Way) -> None:
    place = scene()
    with way(pair[0], place, place.patient) as anna, Page(pair[0], place, place.doctor) as boris:
        anna.hear("ready")
        boris.hear("ready")
        anna.http.up = pair[1]
        anna.write("k1", "Кашель")
        assert anna.hear("ack")["seq"] == 1
        assert boris.hear("entry")["name"] == "Анна"
        anna.write("k1")
        assert anna.hear("ack")["seq"] == 1
        anna.tell("typing")
        assert boris.hear("typing")["account"] == str(place.patient)
        anna.tell("signal", call=uuid4(), data=OFFER)
        assert boris.hear("signal")["data"] == OFFER
        for n in range(40):
            anna.write(f"n{n}")
        assert anna.hear("refused")["code"] == "slow"
    Member.objects.filter(account_id=place.patient).update(until=clock.now())
    status, _, body = post(pair[1], "/live/send", '{"t":"typing"}', stream=anna.http.stream)
    assert (status, json.loads(body)[0]["why"]) == (200, "stranger")


def test_polls_go_on_at_another_process(pair: list[Process]) -> None:
    place = scene()
    with PollPage(pair[0], place, place.patient) as anna, Page(pair[0], place, place.doctor) as b:
        anna.hear("ready")
        assert isinstance(anna.http, PollLine)
        anna.http.downs = pair
        for n in range(1, 21):
            b.write(f"k{n}")
            anna.hear("entry", seq=n)
        pair[0].stop()
        anna.http.downs = pair[1:]
    put(place, 1, "ещё")
    with PollPage(pair[1], place, place.patient, after=20) as anna:
        anna.hear("entry", seq=21)


def test_a_lost_answer_of_a_poll_is_given_again(gateway: Process) -> None:
    place = scene()
    hello = {"t": "hello", "ticket": ticket(place.patient), "after": 0}
    hello["consultation"] = str(place.consultation)
    _, told, body = post(gateway, "/live/poll", json.dumps(hello))
    stream, page = told["priyom-stream"], json.loads(body)
    assert page["frames"][0]["t"] == "ready"
    put(place, 2, "x")
    seen = {"nonce": page["nonce"], "at": page["at"], "after": 0}
    had: list[int] = []
    while 2 not in had:
        # What one answer brought is not confirmed: it stays.
        body = post(gateway, "/live/poll", json.dumps(seen), stream=stream)[2]
        had = [one["seq"] for one in json.loads(body)["frames"] if one["t"] == "entry"]
    assert had == [1, 2]
    seen["at"] = json.loads(body)["at"]
    put(place, 1, "y")
    body = post(gateway, "/live/poll", json.dumps(seen), stream=stream)[2]
    assert [one["seq"] for one in json.loads(body)["frames"] if one["t"] == "entry"] == [3]


def test_a_stream_that_is_not_read_is_dropped(gateway: Process) -> None:
    place = scene()
    assert gateway.child is not None
    hello = json.dumps(
        {"t": "hello", "ticket": ticket(place.patient), "after": 0,
         "consultation": str(place.consultation)}
    )  # fmt: skip
    with socket.socket() as raw, Page(gateway, place, place.doctor) as boris:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect(("127.0.0.1", gateway.http_port))
        raw.sendall(
            f"POST /live/stream HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost:8000\r\n"
            f"Content-Length: {len(hello)}\r\n\r\n{hello}".encode()
        )
        boris.hear("ready")
        boris.hear("presence", here=sorted(map(str, (place.patient, place.doctor))))
        before, client = resident(gateway.child.pid), raw.getsockname()[1]
        assert is_held(gateway.http_port, client)
        rounds = 0
        # The kernel takes some megabytes first.
        while "priyom_gateway_slow_readers_total 0\n" in gateway.get("/metrics")[1]:
            rounds += 1
            assert rounds < 200
            put(place, 10, "я" * 3900)
            boris.hear("entry", seq=place.row().last_seq)
        assert resident(gateway.child.pid) - before < 32 * 2**20
        until = time.monotonic() + 10
        while is_held(gateway.http_port, client):
            assert time.monotonic() < until
            time.sleep(0.1)
        raw.settimeout(10)
        assert b"event: close" not in rest_of(raw), "it is cut off, not waited for"


def test_who_does_not_poll_is_dropped(gateway: Process) -> None:
    place = scene()
    hello = {"t": "hello", "ticket": ticket(place.patient), "after": 0}
    hello["consultation"] = str(place.consultation)
    _, told, body = post(gateway, "/live/poll", json.dumps(hello))
    with Page(gateway, place, place.doctor) as boris:
        boris.hear("ready")
        put(place, 100, "я" * 3900)
        boris.hear("entry", seq=100)
    assert "priyom_gateway_slow_readers_total 1\n" in gateway.get("/metrics")[1]
    time.sleep(2.5)
    # It comes back by the same stream, and the log has all of it.
    seen = json.dumps({"nonce": json.loads(body)["nonce"], "at": 1, "after": 0})
    body = post(gateway, "/live/poll", seen, stream=told["priyom-stream"])[2]
    assert json.loads(body)["frames"][0]["t"] == "ready"


@both_ways
def test_a_process_that_stops_sends_them_elsewhere(gateway: Process, way: Way) -> None:
    place = scene()
    with way(gateway, place, place.patient) as anna:
        anna.hear("ready")
        anna.write("k1")
        anna.hear("ack")
        gateway.send(signal.SIGTERM)
        bye = anna.hear("bye")
        assert (bye["why"], bye["again"]) == ("restart", True)
        assert anna.closed() == 1012
        assert gateway.child is not None
        assert gateway.child.wait(10) == 0


@both_ways
def test_a_flood_ends_the_stream(gateway: Process, way: Way) -> None:
    place = scene()
    with way(gateway, place, place.patient) as anna:
        anna.hear("ready")
        for _ in range(5):
            anna.http.send("\n".join(['{"t":"typing"}'] * 64))
        assert anna.hear("bye")["why"] == "flood"
        assert anna.closed() == 1008


@both_ways
def test_too_much_at_once_is_not_read(gateway: Process, way: Way) -> None:
    place = scene()
    with way(gateway, place, place.patient) as anna:
        anna.hear("ready")
        for body in ("x" * 140_000, "\n".join(["{}"] * 65)):
            assert post(gateway, "/live/send", body, stream=anna.http.stream)[0] == 413
        assert post(gateway, "/live/stream", "x" * 20_000)[0] == 413


@both_ways
def test_who_leaves_is_gone(gateway: Process, way: Way) -> None:
    place = scene()
    with Page(gateway, place, place.doctor) as boris:
        with way(gateway, place, place.patient) as anna:
            anna.hear("ready")
            boris.hear("presence", here=sorted(map(str, (place.patient, place.doctor))))
        boris.hear("presence", 50, here=[str(place.doctor)])


async def test_a_quiet_stream_beats() -> None:
    """Silence means a dead line to the page, so there is none."""
    pipe = StreamPipe("", b"", Limits())
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if message.get("body") == b":\n\n":
            pipe.gone()

    scope: dict[str, Any] = {"type": "http", "headers": []}
    await Events(pipe, "secret", 0.01, lambda _: None)(scope, receive, send)
    assert sent[0]["status"] == 200
    assert (b"priyom-stream", b"secret") in sent[0]["headers"]
    assert b":\n\n" in [one.get("body") for one in sent]
