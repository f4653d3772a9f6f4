"""A gateway that stops sends elsewhere whoever still comes in."""

from __future__ import annotations

import json
import signal
import socket
import time

import pytest

from priyom.accounts.models import Ticket
from priyom.consultations.tests.scene import scene
from priyom.gateway.tests.carriers import post
from priyom.gateway.tests.live import ORIGIN, gateways, is_held, rest_of, ticket


@pytest.mark.parametrize("act", ["poll", "stream"])
def test_who_asks_while_the_process_stops_is_sent_elsewhere(committed_db: None, act: str) -> None:
    """Its connection was there before the door was shut; nobody else is left to be waited for."""
    with gateways() as (gateway,):
        place = scene()
        hello = json.dumps(
            {"t": "hello", "ticket": ticket(place.patient), "after": 0}
            | {"consultation": str(place.consultation)}
        )
        head = f"POST /live/{act} HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\n"
        head += f"Content-Length: {len(hello)}\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", gateway.http_port), timeout=10) as late:
            late.sendall((head + hello[:9]).encode())
            while not is_held(gateway.http_port, late.getsockname()[1]):
                time.sleep(0.02)
            gateway.send(signal.SIGTERM)
            time.sleep(0.5)
            late.sendall(hello[9:].encode())
            told = rest_of(late).decode()
        assert told.startswith("HTTP/1.1 200 ")
        assert '"why":"restart","again":true' in told
        assert gateway.child is not None
        assert gateway.child.wait(5) == 0
        assert Ticket.objects.exists(), "the next process still takes it"


def test_a_page_between_two_polls_is_still_told(committed_db: None) -> None:
    """It has no line open while the process stops: the door waits until it has come for its bye."""
    with gateways() as (gateway,):
        place = scene()
        hello = {"t": "hello", "ticket": ticket(place.patient), "after": 0}
        hello["consultation"] = str(place.consultation)
        _, told, body = post(gateway, "/live/poll", json.dumps(hello))
        stream, page = told["priyom-stream"], json.loads(body)
        while not page["frames"]:
            asked = json.dumps({"nonce": page["nonce"], "at": page["at"], "after": 0})
            page = json.loads(post(gateway, "/live/poll", asked, stream=stream)[2])
        gateway.send(signal.SIGTERM)
        time.sleep(0.5)
        asked = json.dumps({"nonce": page["nonce"], "at": page["at"], "after": 0})
        status, _, body = post(gateway, "/live/poll", asked, stream=stream)
        (bye,) = json.loads(body)["frames"]
        assert (status, bye["t"], bye["why"], bye["again"]) == (200, "bye", "restart", True)
        assert gateway.child is not None
        assert gateway.child.wait(5) == 0
