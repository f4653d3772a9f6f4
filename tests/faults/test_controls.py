"""Negative controls: a promise broken on purpose must turn the checker red, by the same runs.

Each run is made twice, with the product's own log and with a worse one (variants.py) that stands
in the test's own database only. A checker that never failed proves nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import psycopg
import pytest

from priyom.cli.database import APP
from priyom.consultations import log
from tests.faults import variants
from tests.faults.checker import Ack, Attempt, Close, Delivery, History, Report, check
from tests.faults.crowd import Chat, Crowd, crowd
from tests.faults.house import GATEWAYS, House, running
from tests.faults.nemesis import answers_lost, kill_database

WRITERS, READERS, MESSAGES = 6, 3, 60
FREEZE = """
UPDATE consultations_consultation SET state = 'concluding', began_at = now()
WHERE id = %s RETURNING last_seq
"""
is_worse = pytest.mark.parametrize("is_worse", [False, True], ids=["the product", "the control"])

pytestmark = pytest.mark.faults


def _wait(crowd: Crowd, count: int) -> None:
    """Return when that many more acknowledgements were heard."""
    wanted, until = crowd.acknowledged() + count, time.monotonic() + 60
    while crowd.acknowledged() < wanted:
        crowd.check()
        assert time.monotonic() < until, "nobody is answered"
        time.sleep(0.02)


@is_worse
def test_an_answer_before_the_disk_is_seen(is_worse: bool) -> None:
    lazy = {"wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}
    with running(GATEWAYS, lazy) as house, crowd(house, pause=0.1) as people:
        if is_worse:
            variants.replace(house, variants.NOT_DURABLE)
        people.gather(3, readers=0)
        # More than once: a commit of somebody else just before may have taken all to the disk.
        for _ in range(4):
            _wait(people, 30)
            kill_database(house)
            report = _stored(house, people)
            if not report.is_clean:
                break
        assert report.is_clean is not is_worse, str(report)
        assert not is_worse or report.lost, str(report)


def _stored(house: House, people: Crowd) -> Report:
    """Start the database and compare what was acknowledged before it fell with what it has."""
    acks = list(people.history.acks)
    house.cluster.start()
    base = house.log()  # what waited meanwhile is being written already
    return check(History(attempts=list(people.history.attempts), acks=acks), base)


@is_worse
def test_repeats_without_a_key_are_seen(is_worse: bool) -> None:
    with running(GATEWAYS) as house, crowd(house, pause=0.1) as people:
        if is_worse:
            variants.replace(house, variants.WITHOUT_KEYS)
        people.gather(3, readers=0)
        _wait(people, 30)
        answers_lost(house, people)
        people.hush(60)
        report = check(people.history, house.log())
        assert report.is_clean is not is_worse, str(report)
        assert not is_worse or report.doubled, str(report)


@is_worse
def test_reading_behind_a_sequence_is_seen(is_worse: bool) -> None:
    with running(()) as house, crowd(house, pause=1) as people:
        if is_worse:
            for words in variants.SEQUENCE:
                house.ask(words)
        (chat,) = people.book(1)
        history = History()
        write = _by_sequence if is_worse else _by_the_log
        writers = [
            threading.Thread(target=_write, args=(house, history, chat, write, n))
            for n in range(WRITERS)
        ]
        done = threading.Event()
        readers = [
            threading.Thread(target=_poll, args=(house, history, chat, f"reader-{n}", done))
            for n in range(READERS)
        ]
        for one in readers + writers:
            one.start()
        for one in writers:
            one.join(60)
        done.set()
        for one in readers:
            one.join(60)
        report = check(history, house.log())
        assert len(history.acks) == WRITERS * MESSAGES
        assert report.is_clean is not is_worse, str(report)
        assert not is_worse or report.unseen, str(report)


Write = Callable[[psycopg.Connection[tuple[object, ...]], Chat, str, str], int]


def _by_the_log(
    link: psycopg.Connection[tuple[object, ...]], chat: Chat, key: str, body: str
) -> int:
    # The log's types are parsed here only: the rest of this folder treats keys as text.
    item = log.Item(chat.key, chat.patient.account, key, "message", body)  # type: ignore[arg-type]
    while True:
        answer = log.append(link.cursor(), [item], "control")[0]
        if answer.seq is not None:
            return answer.seq


def _by_sequence(
    link: psycopg.Connection[tuple[object, ...]], chat: Chat, key: str, body: str
) -> int:
    values = [chat.key, chat.patient.account, key, body]
    row = link.execute("SELECT control_append(%s, %s, %s, %s)", values).fetchone()
    assert row is not None
    return int(str(row[0]))


def _write(house: House, history: History, chat: Chat, write: Write, number: int) -> None:
    with psycopg.connect(house.cluster.dsn(APP), autocommit=True) as link:
        for n in range(MESSAGES):
            key = f"{number}.{n}"
            author = chat.patient.account
            history.attempts.append(Attempt(chat.key, author, key, f"body {key}", time.monotonic()))
            seq = write(link, chat, key, f"body {key}")
            history.acks.append(
                Ack(chat.key, f"writer-{number}", author, key, seq, time.monotonic())
            )


def _poll(house: House, history: History, chat: Chat, view: str, done: threading.Event) -> None:
    """Read what stands behind the last number seen, for ever; once more when all is written."""
    history.views[view] = chat.key
    last, is_over = 0, False
    query = (
        "SELECT seq, body FROM consultations_entry WHERE consultation_id = %s AND seq > %s"
        " ORDER BY seq"
    )
    with psycopg.connect(house.cluster.dsn(APP), autocommit=True) as link:
        while not is_over:
            is_over = done.is_set()
            for seq, body in link.execute(query, [chat.key, last]).fetchall():
                last = seq
                history.deliveries.append(Delivery(chat.key, view, 1, seq, body, time.monotonic()))
            time.sleep(0.003)


@is_worse
def test_looking_before_closing_is_seen(is_worse: bool) -> None:
    # One gateway: without the lock two would take the same number and be refused for that.
    with running(GATEWAYS[:1]) as house, crowd(house, pause=0.05) as people:
        if is_worse:
            variants.rewrite(house, variants.LOCK, "")
            house.ask(variants.NO_GATE)
        people.gather(8, readers=0)
        _wait(people, 40)
        for chat in people.chats:
            people.history.closes.append(_freeze(house, chat))
        people.hush(60)
        report = check(people.history, house.log())
        assert report.is_clean is not is_worse, str(report)
        assert not is_worse or report.late, str(report)


def _freeze(house: House, chat: Chat) -> Close:
    """Close as an act does that takes its time: look, write, commit."""
    with psycopg.connect(house.cluster.dsn(APP)) as link:
        row = link.execute(FREEZE, [chat.key]).fetchone()
        time.sleep(0.1)
    assert row is not None
    return Close(chat.key, row[0], time.monotonic())
