"""Who breaks the house: each fault begins, lasts, and is healed before its function returns."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.faults.crowd import Crowd
from tests.faults.house import House, Part
from tests.faults.proxy import Weather

RESTART_SECONDS = 0.5
"""After which the supervisor starts a fallen part again."""
Fault = Callable[[House, Crowd], None]


def gateway_killed(house: House, crowd: Crowd) -> None:
    """kill -9 of a gateway in mid-batch; the other one serves."""
    _killed(random.choice(house.gateways))


def gateway_frozen(house: House, crowd: Crowd) -> None:
    """SIGSTOP of a gateway for four seconds: its sockets stay open and silent."""
    part = random.choice(house.gateways)
    part.send(signal.SIGSTOP)
    time.sleep(4)
    part.send(signal.SIGCONT)


def gateway_restarted(house: House, crowd: Crowd) -> None:
    """SIGTERM: a new version is rolled out; everybody is sent elsewhere."""
    part = random.choice(house.gateways)
    part.send(signal.SIGTERM)
    assert part.process is not None
    assert part.process.wait(15) == 0, part.last_words()
    part.start()
    part.wait()


def web_killed(house: House, crowd: Crowd) -> None:
    """kill -9 of the web under forms and tickets."""
    _killed(house.parts["web"])


def worker_killed(house: House, crowd: Crowd) -> None:
    """kill -9 of the worker."""
    _killed(house.parts["worker"])


def writers_backend_killed(house: House, crowd: Crowd) -> None:
    """kill -9 of the one database process that a gateway writes by: the server starts anew."""
    rows = house.ask(
        "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'gateway-%-write'"
    )
    os.kill(int(str(random.choice(rows)[0])), signal.SIGKILL)
    house.cluster.wait()


def database_killed(house: House, crowd: Crowd) -> None:
    """kill -9 of PostgreSQL, every process of it; it is started again."""
    kill_database(house)
    time.sleep(RESTART_SECONDS)
    house.cluster.start()


def database_frozen(house: House, crowd: Crowd) -> None:
    """SIGSTOP of PostgreSQL for longer than anybody waits; its connections stay open and silent."""
    postmaster = house.cluster.process
    assert postmaster is not None
    frozen = [postmaster.pid, *_children(postmaster.pid)]
    for number in (signal.SIGSTOP, signal.SIGCONT):
        for pid in frozen:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        time.sleep(6 if number is signal.SIGSTOP else 0)


def database_read_only(house: House, crowd: Crowd) -> None:
    """The database takes no writes for three seconds, as one does that stands by or is full."""
    for value in ("on", "off"):
        house.ask(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        house.ask("SELECT pg_reload_conf()")
        time.sleep(3 if value == "on" else 0)


def network_cut(house: House, crowd: Crowd) -> None:
    """Every line is reset and none is let in for two seconds."""
    crowd.weather(Weather.DOWN)
    time.sleep(2)
    crowd.weather(Weather.FAIR)


def frame_torn(house: House, crowd: Crowd) -> None:
    """Lines end in the midst of a frame, both ways."""
    crowd.weather(Weather.TORN)
    time.sleep(0.3)
    crowd.weather(Weather.FAIR)


def network_silent(house: House, crowd: Crowd) -> None:
    """A black hole for three seconds; then the lines turn out to be dead."""
    crowd.weather(Weather.HOLE)
    time.sleep(3)
    crowd.cut()
    crowd.weather(Weather.FAIR)


def network_late(house: House, crowd: Crowd) -> None:
    """Everything takes 300 ms longer, and the ways to one gateway are cut meanwhile."""
    crowd.weather(Weather.LAG)
    time.sleep(2)
    crowd.weather(Weather.DOWN, crowd.proxies[:2])
    time.sleep(1)
    crowd.weather(Weather.FAIR)


def answers_lost(house: House, crowd: Crowd) -> None:
    """What pages say is stored, what they are told is lost: everything is repeated."""
    crowd.weather(Weather.DEAF)
    time.sleep(1.5)
    crowd.cut()
    crowd.weather(Weather.FAIR)


FAULTS: tuple[Fault, ...] = (
    gateway_killed,
    network_cut,
    writers_backend_killed,
    frame_torn,
    web_killed,
    answers_lost,
    database_killed,
    database_read_only,
    gateway_frozen,
    database_frozen,
    network_silent,
    worker_killed,
    network_late,
    gateway_restarted,
)


def _killed(part: Part) -> None:
    part.kill()
    time.sleep(RESTART_SECONDS)
    part.start()
    part.wait()


def kill_database(house: House) -> None:
    """End the postmaster and all its children at once, before one can tell another."""
    postmaster = house.cluster.process
    assert postmaster is not None
    os.kill(postmaster.pid, signal.SIGSTOP)  # or it would begin to restart them
    for child in _children(postmaster.pid):
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    postmaster.kill()
    postmaster.wait()


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # pid (comm) state ppid …; a name may hold spaces and brackets.
            if int(status.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(status.parent.name))
    return found
