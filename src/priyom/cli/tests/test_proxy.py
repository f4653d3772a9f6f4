"""One address for all: what the proxy passes where, and what it believes of nobody."""

import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from priyom.cli import proxy
from priyom.cli.environment import Ports
from priyom.cli.failure import Stop
from priyom.cli.places import State
from priyom.cli.supervisor import STOPS, Supervisor
from priyom.cli.tests.conftest import BLOCK
from priyom.testing.ports import free_block


class Told(BaseHTTPRequestHandler):
    """Answers with its own port, the path and who asked, as the proxy tells it."""

    def do_GET(self) -> None:
        assert isinstance(self.server, ThreadingHTTPServer)
        told = {
            "port": self.server.server_port,
            "path": self.path,
            "for": self.headers.get("X-Forwarded-For"),
            "proto": self.headers.get("X-Forwarded-Proto"),
            "host": self.headers.get("Host"),
        }
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def behind(ports: Ports) -> Iterator[None]:
    """Something that answers on the inner ports."""
    servers = [
        ThreadingHTTPServer(("127.0.0.1", port), Told)
        for port in (ports.pages, ports.gateway, ports.live)
    ]
    for one in servers:
        threading.Thread(target=one.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        for one in servers:
            one.shutdown()
            one.server_close()


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """A supervisor takes the signals of its process; here the process is that of the tests."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *STOPS)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[Ports]:
    """A running proxy before three servers that tell what reached them."""
    ports, logs = Ports(free_block(BLOCK)), tmp_path / "log"
    logs.mkdir()
    with behind(ports), Supervisor(logs) as house:
        house.start([proxy.proxy(State(tmp_path), ports, None, {})])
        yield ports


def ask(ports: Ports, path: str, **headers: str) -> dict[str, object]:
    request = Request(f"http://localhost:{ports.web}{path}", headers=headers)
    with urlopen(request, timeout=10) as answer:  # noqa: S310 - our own address
        return dict(json.loads(answer.read()))


def test_one_address_leads_to_each_server(ports: Ports) -> None:
    for path, port in {
        "/": ports.pages,
        "/my/?a=1": ports.pages,
        "/wsx": ports.pages,
        "/live": ports.pages,
        "/ws": ports.gateway,
        "/live/stream": ports.live,
        "/uploads": ports.live,
        "/uploads/0197": ports.live,
        "/metrics": ports.pages,
    }.items():
        told = ask(ports, path)
        assert (told["port"], told["path"]) == (port, path)
        assert told["host"] == f"localhost:{ports.web}"
        assert told["proto"] == "http"


def test_what_a_client_says_of_its_own_address_is_thrown_away(ports: Ports) -> None:
    for path in ("/", "/ws", "/live/send"):
        assert ask(ports, path, **{"X-Forwarded-For": "203.0.113.9"})["for"] == "127.0.0.1"


def test_why_it_cannot_start_is_one_sentence(tmp_path: Path) -> None:
    ports, logs = Ports(free_block(BLOCK)), tmp_path / "log"
    logs.mkdir()
    with socket.socket() as other, Supervisor(logs) as house:
        other.bind(("127.0.0.1", ports.web))
        with pytest.raises(Stop) as stopped:
            house.start([proxy.proxy(State(tmp_path), ports, None, {})])
    said = str(stopped.value)
    assert said.startswith("proxy did not start: ")
    assert "address already in use" in said
    assert "\n" not in said


def test_lan_names_the_networks_address_only(tmp_path: Path) -> None:
    told = proxy.caddyfile(State(tmp_path), Ports(9000), "192.0.2.7")
    assert "https://192.0.2.7:9000 {" in told
    assert "http://:9000" not in told
