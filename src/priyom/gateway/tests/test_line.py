"""One message's way: socket, log, other sockets, other processes; and who is not let in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from priyom.consultations import log
from priyom.consultations.models import Entry, Member
from priyom.consultations.tests.scene import scene
from priyom.gateway.tests.live import Page, Process, gateways, signed_in, ticket
from priyom.kernel import clock


@pytest.fixture
def gateway(committed_db: None) -> Iterator[Process]:
    with gateways() as (one,):
        yield one


@pytest.fixture
def pair(committed_db: None) -> Iterator[list[Process]]:
    with gateways(2) as both:
        time.sleep(0.3)  # they hear of each other
        yield both


def test_a_message_is_acknowledged_after_its_commit_and_seen_at_once(gateway: Process) -> None:
    place = scene()
    with Page(gateway, place, place.patient) as anna, Page(gateway, place, place.doctor) as boris:
        ready = anna.hear("ready")
        assert (ready["last"], ready["state"], ready["you"]["side"]) == (0, "scheduled", "patient")
        boris.hear("ready")
        anna.write("k1", "Кашель")
        ack = anna.hear("ack")
        assert Entry.objects.get(consultation=place.consultation, seq=ack["seq"]).body == "Кашель"
        entry = boris.hear("entry")
        assert (entry["seq"], entry["body"], entry["name"]) == (1, "Кашель", "Анна")
        assert entry["at"] == ack["at"]
        assert not [one for one in anna.rest() if one["t"] == "entry"], "the ack is enough"
        assert "priyom_gateway_fetches_total 0\n" in gateway.get("/metrics")[1], "from memory"


def test_a_repeat_has_the_first_number_by_any_process(pair: list[Process]) -> None:
    place = scene()
    with Page(pair[0], place, place.patient) as one, Page(pair[1], place, place.patient) as two:
        one.write("k1")
        assert one.hear("ack")["seq"] == 1
        two.write("k1", "другое")
        assert two.hear("ack")["seq"] == 1
        two.write("k2")
        assert two.hear("ack")["seq"] == 2
    assert Entry.objects.count() == 2


def test_a_message_crosses_processes(pair: list[Process]) -> None:
    place = scene()
    with Page(pair[0], place, place.patient) as anna, Page(pair[1], place, place.doctor) as boris:
        anna.hear("ready")
        boris.hear("ready")
        for n in range(30):
            (anna if n % 2 else boris).write(f"k{n}")
        crossed = {f"k{n}" for n in range(1, 30, 2)}
        for n in range(1, 31):
            if n not in anna.seqs() + [one["seq"] for one in anna.frames if one["t"] == "ack"]:
                anna.rest(0.2)
        boris.rest(0.5)
        for page in (anna, boris):
            had = {one["seq"] for one in page.frames if one["t"] in ("entry", "ack")}
            assert had == set(range(1, 31))
            assert page.seqs() == sorted(page.seqs())
        heard = {one["seq"]: one for one in boris.frames if one["t"] == "entry"}
    with connection.cursor() as cursor:
        told = log.replay(cursor, place.consultation, place.doctor)
    assert told is not None
    for entry in told.entries:
        if entry["k"] in crossed:
            assert heard[entry["seq"]] == {"t": "entry", **entry}


def test_all_kinds_cross_processes(pair: list[Process]) -> None:
    """Messages come by the short way, a file by the long one, in the order of the log."""
    place = scene()
    picture = place.file(place.patient)
    with Page(pair[0], place, place.patient) as anna, Page(pair[1], place, place.doctor) as boris:
        anna.hear("ready")
        boris.hear("ready")
        anna.write("k1")
        anna.write("k2", "", kind="file", files=[picture])
        anna.write("k3")
        assert [boris.hear("entry")["k"] for _ in range(3)] == ["k1", "k2", "k3"]
        assert boris.frames[-2]["files"][0]["id"] == str(picture)


def test_resume_brings_exactly_what_is_missing(gateway: Process) -> None:
    place = scene()
    with Page(gateway, place, place.patient) as anna:
        for n in range(5):
            anna.write(f"k{n}")
            anna.hear("ack")
    with Page(gateway, place, place.doctor, after=3) as boris:
        assert boris.hear("ready")["last"] == 5
        boris.rest()
        assert boris.seqs() == [4, 5]
    with Page(gateway, place, place.doctor, after=99) as boris:
        assert boris.hear("ready")["after"] == 5


def test_a_long_log_comes_in_pages_while_others_write(gateway: Process) -> None:
    place = scene()
    items = [
        log.Item(place.consultation, place.patient, f"old{n}", "message", "x") for n in range(900)
    ]
    with psycopg.connect(os.environ["PRIYOM_DATABASE_URL"]) as link:
        log.append(link.cursor(), items, "test")
    with Page(gateway, place, place.patient, after=900) as anna:
        anna.hear("ready")

        def write() -> None:
            for n in range(25):
                anna.write(f"n{n}")

        writer = threading.Thread(target=write)
        with Page(gateway, place, place.doctor) as boris:
            writer.start()
            boris.hear("entry", seq=925, timeout=10)
            writer.join()
            assert boris.seqs() == list(range(1, 926))


@pytest.mark.parametrize(
    "origin",
    [None, "null", "http://evil.example", "http://sub.localhost:8000", "https://localhost:8000",
     "http://localhost:8000.evil.example", "http://localhost"],
)  # fmt: skip
def test_another_origin_gets_no_socket(gateway: Process, origin: str | None) -> None:
    place = scene()
    with pytest.raises(InvalidStatus) as refused:
        Page(gateway, place, place.patient, origin=origin)
    assert refused.value.response.status_code == 403


def test_a_ticket_opens_once(gateway: Process) -> None:
    place = scene()
    secret = ticket(place.patient)
    with Page(gateway, place, place.patient, hello=False) as first:
        first.hello(secret)
        first.hear("ready")
        with Page(gateway, place, place.patient, hello=False) as second:
            second.hello(secret)
            assert second.closed() == 4401
        with Page(gateway, place, place.patient, hello=False) as third:
            third.hello("invented")
            assert third.closed() == 4401


def test_stranger_cannot_open(gateway: Process) -> None:
    place = scene()
    with Page(gateway, place, place.stranger) as gleb:
        assert gleb.closed() == 4404
        assert [one["t"] for one in gleb.frames] == ["bye"]


def test_a_former_member_hears_no_more(gateway: Process) -> None:
    place = scene()
    with Page(gateway, place, place.patient) as anna, Page(gateway, place, place.doctor) as boris:
        anna.hear("ready")
        boris.hear("ready")
        Member.objects.filter(account=place.doctor).update(until=clock.now())
        started = time.monotonic()
        assert boris.closed() == 4403
        assert time.monotonic() - started < 2.5
        anna.write("k", "тайна")
        anna.hear("ack")
        assert not boris.seqs()


def test_nothing_but_hello_comes_first(gateway: Process) -> None:
    place = scene()
    for raw in ('{"t":"send","k":"1","body":"x"}', "no json", "[]", '{"t":"hello"}', "{" * 10_000):
        with Page(gateway, place, place.patient, hello=False) as page:
            page.line.send(raw)
            assert page.closed() == 1008


def test_a_closed_chat_takes_nothing(gateway: Process) -> None:
    place = scene()
    with Page(gateway, place, place.patient) as anna:
        anna.hear("ready")
        place.become("completed")
        for kind in ("message", "file", "voice", "video"):
            files = [] if kind == "message" else [str(place.file(place.patient))]
            anna.write(kind, "x", kind=kind, files=files)
            assert anna.hear("refused", k=kind)["code"] == "closed"
    assert not Entry.objects.exists()


def test_an_act_of_the_web_is_heard(gateway: Process) -> None:
    place = scene()
    with Page(gateway, place, place.patient) as anna:
        anna.hear("ready")
        place.become("concluding")
        Entry.objects.create(
            consultation_id=place.consultation, seq=1, organisation_id=place.organisation,
            kind="formed", author=place.doctor, side="doctor", author_name="Борис",
            client_key="1", at=clock.now(),
        )  # fmt: skip
        with psycopg.connect(os.environ["PRIYOM_DATABASE_URL"], autocommit=True) as web:
            web.execute(
                "UPDATE consultations_consultation SET last_seq = 1 WHERE id = %s",
                [place.consultation],
            )
            web.execute("SELECT pg_notify('priyom_log', %s)", [f"web|{place.consultation}:1:1"])
        assert anna.hear("entry", timeout=1)["kind"] == "formed"
        assert anna.hear("state")["state"] == "concluding"


def test_a_lost_hint_is_found_by_the_sweep(gateway: Process) -> None:
    place = scene()
    with Page(gateway, place, place.patient) as anna:
        anna.hear("ready")
        item = log.Item(place.consultation, place.doctor, "k", "message", "x")
        with psycopg.connect(os.environ["PRIYOM_DATABASE_URL"], autocommit=True) as link:
            # Its hint names the gateway itself, which passes over it.
            origin = json.loads(gateway.get("/healthz")[1])["name"]
            log.append(link.cursor(), [item], origin)
        started = time.monotonic()
        assert anna.hear("entry")["seq"] == 1
        assert time.monotonic() - started < 2.5
        assert "priyom_gateway_swept_total 0\n" not in gateway.get("/metrics")[1]


def test_the_end_of_a_session_ends_its_sockets(gateway: Process) -> None:
    place = scene()
    handle = signed_in(place.patient)
    with (
        Page(gateway, place, place.patient, handle=handle) as anna,
        Page(gateway, place, place.patient) as phone,
    ):
        anna.hear("ready")
        phone.hear("ready")
        with psycopg.connect(os.environ["PRIYOM_DATABASE_URL"], autocommit=True) as web:
            web.execute("SELECT pg_notify('priyom_session', %s)", [str(handle)])
        assert anna.closed(2) == 4401
        phone.write("k")
        phone.hear("ack")


def test_presence_typing_and_marks_cross_processes(pair: list[Process]) -> None:
    place = scene()
    with Page(pair[0], place, place.patient) as anna:
        anna.hear("ready")
        with Page(pair[1], place, place.doctor) as boris:
            both = sorted([str(place.patient), str(place.doctor)])
            anna.hear("presence", here=both)
            boris.hear("presence", here=both)
            boris.tell("typing")
            assert anna.hear("typing")["account"] == str(place.doctor)
            anna.write("k")
            boris.hear("entry")
            boris.tell("seen", delivered=1, read=0)
            mark = anna.hear("marks", account=str(place.doctor), delivered=1)
            assert (mark["read"], mark["side"]) == (0, "doctor")
            boris.tell("seen", delivered=1, read=1)
            anna.hear("marks", account=str(place.doctor), read=1)
        anna.hear("presence", timeout=6, here=[str(place.patient)])


@pytest.mark.parametrize("other", [0, 1])
def test_who_waits_meets_a_member_who_joins_later(pair: list[Process], other: int) -> None:
    place = scene()
    member = Member.objects.filter(account=place.patient)
    member.update(until=clock.now())
    with Page(pair[0], place, place.doctor) as boris:
        assert [one["side"] for one in boris.hear("ready")["marks"]] == ["doctor"]
        member.update(until=None)
        with Page(pair[other], place, place.patient) as anna:
            assert boris.hear("marks", account=str(place.patient))["side"] == "patient"
            boris.hear("presence", here=sorted([str(place.patient), str(place.doctor)]))
            boris.write("k")
            anna.hear("entry")
            anna.tell("seen", delivered=1, read=1)
            boris.hear("marks", account=str(place.patient), read=1)


def test_marks_need_what_was_sent_to_the_page(gateway: Process) -> None:
    place = scene()
    with Page(gateway, place, place.patient) as anna:
        anna.hear("ready")
        anna.tell("seen", delivered=50, read=50)
        anna.write("k")
        anna.hear("ack")
        time.sleep(0.5)
    member = Member.objects.get(account=place.patient)
    assert (member.delivered_seq, member.read_seq) == (0, 0)


def test_a_call_is_set_up_between_members_and_kept_nowhere(pair: list[Process]) -> None:
    place = scene()
    call = "018f0000-0000-7000-8000-000000000001"
    sdp = "".join(chr(33 + (n * 7919) % 90) for n in range(20_000))
    with Page(pair[0], place, place.patient) as anna, Page(pair[1], place, place.doctor) as boris:
        anna.hear("presence", here=sorted([str(place.patient), str(place.doctor)]))
        boris.tell("signal", call=call, data={"kind": "offer", "sdp": sdp})
        told = anna.hear("signal")
        assert (told["from"], told["call"]) == (str(place.doctor), call)
        assert told["data"]["sdp"] == sdp
        anna.tell("signal", call=call, data={"kind": "candidate", "candidate": None})
        assert boris.hear("signal")["data"]["kind"] == "candidate"
        boris.tell("signal", call=call, data={"kind": "shell", "sdp": "x"})
        assert boris.closed() == 1008


def test_kill_9_loses_nothing(pair: list[Process]) -> None:
    place = scene()
    acked: dict[str, int] = {}
    keys = [f"k{n}" for n in range(300)]
    with Page(pair[1], place, place.doctor) as boris:
        boris.hear("ready")
        anna = Page(pair[0], place, place.patient)
        anna.hear("ready")
        sent = 0
        try:
            for key in keys:
                anna.write(key)
                sent += 1
                if sent % 5 == 0:
                    ack = anna.hear("ack", timeout=0.5)
                    acked[ack["k"]] = ack["seq"]
                    time.sleep(0.002)
                if sent == 25:
                    pair[0].send(signal.SIGKILL)
        except (ConnectionClosed, TimeoutError):
            pass
        assert sent < len(keys)
        with Page(pair[1], place, place.patient) as again:
            again.hear("ready")
            for start in range(0, 29, 7):
                for key in keys[start : start + 7]:
                    again.write(key)
            for _ in keys[:30]:
                ack = again.hear("ack")
                assert acked.get(ack["k"], ack["seq"]) == ack["seq"]
                acked[ack["k"]] = ack["seq"]
                if len(acked) >= 30:
                    break
        boris.hear("entry", seq=max(acked.values()))
        assert boris.seqs() == list(range(1, max(acked.values()) + 1))
    assert len(set(acked.values())) == len(acked)


def test_sigterm_sends_everybody_elsewhere(gateway: Process) -> None:
    place = scene()
    with Page(gateway, place, place.patient) as anna:
        anna.hear("ready")
        anna.write("last words")
        gateway.send(signal.SIGTERM)
        anna.hear("ack")
        bye = anna.hear("bye")
        assert bye["again"]
        assert 0 <= bye["wait"] < 3000
        assert anna.closed() == 1012
    assert gateway.child is not None
    assert gateway.child.wait(10) == 0


def test_health_and_metrics(gateway: Process) -> None:
    status, text = gateway.get("/healthz")
    assert (status, json.loads(text)["hears"]) == (200, True)
    place = scene()
    with Page(gateway, place, place.patient) as anna:
        anna.write("k")
        anna.hear("ack")
        metrics = gateway.get("/metrics")[1]
    assert "priyom_gateway_messages_total 1\n" in metrics
    assert "priyom_gateway_sockets 1\n" in metrics
    assert gateway.get("/anything")[0] == 404


def test_the_gateway_knows_no_django() -> None:
    code = "import priyom.gateway.__main__, sys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
