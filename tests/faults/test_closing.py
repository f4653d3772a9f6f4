"""Close against send, by the real doors: forms and sockets of two gateways, which die meanwhile.

Nothing is acknowledged after a consultation's end, and nobody is left without an answer. The same
race against the bare SQL, 200 rounds of it, is consultations/tests/test_gates.py.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.checker import check
from tests.faults.crowd import Crowd, crowd
from tests.faults.house import House, running
from tests.faults.nemesis import (
    answers_lost,
    database_killed,
    gateway_killed,
    gateway_restarted,
    writers_backend_killed,
)

AT_ONCE = 4
"""Chats that are closed in parallel."""
FAULTS = (gateway_killed, answers_lost, writers_backend_killed, gateway_restarted, database_killed)

pytestmark = pytest.mark.faults


def _rounds(house: House, people: Crowd, count: int, at_once: int) -> None:
    """Close `count` chats under their writers; each group of them meets another fault."""
    chats = people.book(count)
    for number, first in enumerate(range(0, count, at_once)):
        group = chats[first : first + at_once]
        people.open(group, readers=0, forms_of=len(group) // 2)
        people.complete(60)
        with ThreadPoolExecutor(AT_ONCE) as doors:
            closing = [doors.submit(_later, people.close, chat) for chat in group]
            FAULTS[number % len(FAULTS)](house, people)
            house.look_after()
            for one in closing:
                one.result(60)
        people.still(60)
    people.latecomers(60)
    people.settle()


def _later(close: Callable[..., None], chat: object) -> None:
    time.sleep(random.uniform(0, 1.5))
    close(chat)


def _race(count: int, at_once: int) -> None:
    with running() as house, crowd(house, pause=0.05) as people:
        _rounds(house, people, count, at_once)
        report = check(people.history, house.log())
        assert report.is_clean, str(report)
        assert len(people.history.closes) == count
        assert people.acknowledged() > 10 * count, "nobody was writing"


def test_sixteen_chats_close_under_their_writers() -> None:
    _race(16, 8)


@pytest.mark.long
def test_two_hundred_chats_close_under_their_writers() -> None:
    _race(200, 10)
