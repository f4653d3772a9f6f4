"""A gateway that cannot have its port says so in one sentence and ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from priyom.gateway.doors import bound
from priyom.testing.ports import free_port

SETTINGS = ("PRIYOM_GATEWAY_LISTEN", "PRIYOM_GATEWAY_HTTP_LISTEN")


def started(**settings: str) -> subprocess.CompletedProcess[str]:
    """Start the verb and wait for its end."""
    ports = {one: f"127.0.0.1:{free_port()}" for one in SETTINGS}
    names = ("PATH", "PYTHONPATH", "PRIYOM_GATEWAY_DATABASE_URL")
    env = {name: os.environ[name] for name in names} | ports | settings
    command = [sys.executable, "-W", "error", "-m", "priyom.cli", "gateway"]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.django_db
def test_a_port_in_use_is_one_sentence(setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = started(**{setting: f"127.0.0.1:{port}"})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"priyom: Port {port} on 127.0.0.1 is in use: stop the program that holds it, "
        f"or name another in {setting}.\n"
    )


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.django_db
def test_an_address_that_is_not_this_machines_is_one_sentence(setting: str) -> None:
    done = started(**{setting: "192.0.2.1:8001"})  # RFC 5737: nobody's
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "priyom: Port 8001 on 192.0.2.1 cannot be had (Cannot assign requested address): "
        f"name another in {setting}.\n"
    )


def test_a_name_is_taken_on_each_of_its_addresses() -> None:
    port = free_port()
    taken = bound("localhost", port)
    try:
        assert "127.0.0.1" in {one.getsockname()[0] for one in taken}
        with pytest.raises(OSError, match="in use"):
            bound("localhost", port)
    finally:
        for one in taken:
            one.close()
