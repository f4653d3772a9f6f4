"""The log: who may write what, one gapless order, a repeat is no second message."""

from __future__ import annotations

import json
import os
import random
import threading
from collections import defaultdict
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction

from priyom.consultations import log
from priyom.consultations.log import Item, Verdict
from priyom.consultations.models import Attachment, Entry, Member
from priyom.consultations.tests.scene import Scene, scene
from priyom.kernel import clock


def send(*items: Item, origin: str = "test") -> list[log.Answer]:
    with connection.cursor() as cursor:
        return log.append(cursor, items, origin)


def verdicts(*items: Item) -> list[str]:
    return [answer.verdict.value for answer in send(*items)]


def words(place: Scene, key: str, body: str = "Здравствуйте", by: UUID | None = None) -> Item:
    return Item(place.consultation, by or place.patient, key, "message", body)


def test_a_batch_gets_numbers_in_its_order(db: None) -> None:
    first, second = scene(), scene()
    answers = send(words(first, "1"), words(second, "1"), words(first, "2", by=first.doctor))
    assert [(a.verdict, a.seq) for a in answers] == [
        (Verdict.STORED, 1), (Verdict.STORED, 1), (Verdict.STORED, 2),
    ]  # fmt: skip
    assert first.row().last_seq == 2
    entry = Entry.objects.get(consultation=first.consultation, seq=2)
    assert (entry.side, entry.author_name, entry.organisation_id) == (
        "doctor", "Борис", first.organisation,
    )  # fmt: skip


def test_a_repeat_is_answered_with_the_first_number(db: None) -> None:
    place = scene()
    first = send(words(place, "k", "раз"))[0]
    again = send(words(place, "k", "другой текст"), words(place, "n"))
    assert (again[0].verdict, again[0].seq, again[0].at) == (Verdict.REPEAT, 1, first.at)
    assert (again[1].verdict, again[1].seq) == (Verdict.STORED, 2)
    other = send(words(place, "k", by=place.doctor))[0]
    assert (other.verdict, other.seq) == (Verdict.STORED, 3), "the key is the author's own"


def test_twice_in_one_batch_waits_with_all_that_follows(db: None) -> None:
    place = scene()
    pair = (words(place, "k"), words(place, "k"), words(place, "l"))
    assert verdicts(*pair) == ["stored", "busy", "busy"]
    assert verdicts(*pair[1:]) == ["repeat", "stored"]


def test_a_repeat_is_recognised_after_the_close(db: None) -> None:
    place = scene()
    send(words(place, "k"))
    place.become("cancelled")
    assert verdicts(words(place, "k"), words(place, "l")) == ["repeat", "closed"]


def test_stranger_cannot_write_or_read(db: None) -> None:
    place = scene()
    assert verdicts(words(place, "k", by=place.stranger)) == ["stranger"]
    with connection.cursor() as cursor:
        assert log.replay(cursor, place.consultation, place.stranger) is None
        mark = log.mark(cursor, place.consultation, place.stranger, delivered=1, read=1)
        assert mark is None


def test_a_former_member_is_a_stranger(db: None) -> None:
    place = scene()
    Member.objects.filter(account=place.doctor).update(until=clock.now())
    assert verdicts(words(place, "k", by=place.doctor)) == ["stranger"]
    with connection.cursor() as cursor:
        assert log.replay(cursor, place.consultation, place.doctor) is None


@pytest.mark.parametrize(
    ("state", "verdict"),
    [("in_progress", "stored"), ("concluding", "closed"), ("completed", "closed"),
     ("cancelled", "closed"), ("no_show", "closed"), ("returned", "closed")],
)  # fmt: skip
def test_only_an_open_chat_takes_messages(db: None, state: str, verdict: str) -> None:
    place = scene()
    place.become(state)
    assert verdicts(words(place, "k")) == [verdict]


def test_what_is_not_a_message_is_bad(db: None) -> None:
    place = scene()
    c, a = place.consultation, place.patient
    assert verdicts(
        Item(c, a, "1", "message", " \n"),
        Item(c, a, "2", "message", "я" * 4001),
        Item(c, a, "3", "opened", "x"),
        Item(c, a, "", "message", "x"),
        Item(c, a, "k" * 65, "message", "x"),
        Item(c, a, "4", "message", "x", refers=1),
        Item(c, a, "5", "file"),
        Item(c, a, "6", "message", "я" * 4000),
    ) == ["bad"] * 7 + ["stored"]


def test_files_go_with_their_message_once(db: None) -> None:
    place = scene()
    mine, his = place.file(place.patient), place.file(place.doctor)
    other = scene().file(place.patient)
    c, a = place.consultation, place.patient
    assert verdicts(Item(c, a, "1", "file", files=(his,))) == ["bad"]
    assert verdicts(Item(c, a, "2", "file", files=(other,))) == ["bad"]
    assert verdicts(Item(c, a, "3", "file", files=(mine, mine))) == ["bad"]
    answer = send(Item(c, a, "4", "file", files=(mine,)))[0]
    assert (answer.verdict, answer.files[0]["id"]) == (Verdict.STORED, str(mine))
    assert Attachment.objects.get(pk=mine).seq == answer.seq
    assert verdicts(Item(c, a, "5", "file", files=(mine,))) == ["bad"]


def test_two_files_in_one_batch_wait_for_each_other(db: None) -> None:
    place = scene()
    one, two = place.file(place.patient), place.file(place.patient)
    c, a = place.consultation, place.patient
    pair = (Item(c, a, "1", "file", files=(one,)), Item(c, a, "2", "file", files=(two,)))
    assert verdicts(*pair) == ["stored", "busy"]
    assert verdicts(pair[1]) == ["stored"]


def test_replay_gives_what_is_missing_in_order(db: None) -> None:
    place = scene()
    send(*[words(place, str(n), f"№ {n}") for n in range(5)])
    picture = place.file(place.doctor)
    send(Item(place.consultation, place.doctor, "f", "file", files=(picture,), refers=2))
    with connection.cursor() as cursor:
        told = log.replay(cursor, place.consultation, place.patient, after=3, limit=10)
    assert told is not None
    assert (told.state, told.last) == ("scheduled", 6)
    assert [entry["seq"] for entry in told.entries] == [4, 5, 6]
    assert told.entries[0]["files"] is None
    last = told.entries[2]
    assert (last["refers"], last["files"][0]["width"]) == (2, 640)
    assert last["at"].endswith("Z")
    assert {member.side for member in told.members} == {"patient", "doctor"}


def news(place: Scene, account: UUID, after: int = 0) -> log.News | None:
    with connection.cursor() as cursor:
        asked = log.asked(place.consultation, account, after, 10)
        cursor.execute(log.NEWS, [json.dumps([asked])])
        return log.news(cursor.fetchall()).get(place.consultation)


def test_news_says_of_messages_what_replay_says(db: None) -> None:
    place = scene()
    send(*[words(place, str(n), f"№ {n}") for n in range(4)])
    send(Item(place.consultation, place.doctor, "a", "message", "Так", refers=2))
    with connection.cursor() as cursor:
        log.mark(cursor, place.consultation, place.doctor, delivered=4, read=3)
        told = log.replay(cursor, place.consultation, place.patient, after=1)
    short = news(place, place.patient, after=1)
    assert told is not None
    assert short is not None
    assert short.is_plain
    assert tuple(short.entries) == told.entries
    assert [entry["seq"] for entry in short.entries] == [2, 3, 4, 5]
    assert (short.state, short.last) == (told.state, told.last)
    assert short.marks == {one.account: (one.delivered, one.read) for one in told.members}
    nothing = news(place, place.patient, after=5)
    assert nothing is not None
    assert (nothing.entries, nothing.last, nothing.is_plain) == ([], 5, True)


def test_news_leaves_all_but_messages_to_replay(db: None) -> None:
    place = scene()
    send(words(place, "k"))
    picture = place.file(place.doctor)
    send(Item(place.consultation, place.doctor, "f", "file", files=(picture,)))
    told = news(place, place.patient)
    assert told is not None
    assert not told.is_plain


def test_news_are_for_members(db: None) -> None:
    place = scene()
    send(words(place, "k"))
    assert news(place, place.stranger) is None
    Member.objects.filter(account=place.doctor).update(until=clock.now())
    assert news(place, place.doctor) is None
    told = news(place, place.patient)
    assert told is not None
    assert told.marks.keys() == {place.patient}


def test_marks_only_grow_and_stay_inside_the_log(db: None) -> None:
    place = scene()
    send(*[words(place, str(n)) for n in range(3)])
    with connection.cursor() as cursor:

        def mark(delivered: int, read: int) -> tuple[int, int] | None:
            return log.mark(
                cursor, place.consultation, place.doctor, delivered=delivered, read=read
            )  # fmt: skip

        assert mark(2, 1) == (2, 1)
        assert mark(0, 0) == (2, 1)
        assert mark(99, 2) == (3, 2)
        assert mark(0, 99) == (3, 3)


def test_behind_names_what_to_ask_again(db: None) -> None:
    place = scene()
    send(words(place, "k"))
    c = str(place.consultation)
    known = [
        {"c": c, "a": str(place.patient), "after": 1},
        {"c": c, "a": str(place.doctor), "after": 0},
        {"c": c, "a": str(place.stranger), "after": 1},
    ]
    with connection.cursor() as cursor:
        cursor.execute(log.BEHIND, [json.dumps(known)])
        assert {row[1] for row in cursor.fetchall()} == {place.doctor, place.stranger}


def test_each_message_is_in_the_audit_without_its_text(committed_db: None, audit_dsn: str) -> None:
    place = scene()
    session = scene().card
    send(*[
        Item(place.consultation, place.patient, key, "message", "тайна", session=session,
             address="10.0.0.1")
        for key in "ab"
    ])  # fmt: skip
    with psycopg.connect(audit_dsn) as auditor:
        rows = auditor.execute(
            "SELECT account, session, patient, acted_for, host(address), detail, e::text"
            " FROM audit_event e WHERE action = 'chat.sent'"
        ).fetchall()
    (row,) = rows
    assert row[:5] == (place.patient, session, place.card, place.card, "10.0.0.1")
    assert row[5] == {"seq": [1, 2]}
    assert "тайна" not in row[6]


def test_one_hint_for_a_batch_with_ids_only(committed_db: None) -> None:
    places = [scene() for _ in range(3)]
    with psycopg.connect(os.environ["PRIYOM_DATABASE_URL"], autocommit=True) as listener:
        listener.execute("LISTEN priyom_log")
        send(*[words(place, str(n), "тайна") for n in range(2) for place in places], origin="me")
        send(words(places[0], "0"))
        hints = [hint.payload for hint in listener.notifies(timeout=0.5)]
    (payload,) = hints
    origin, told = payload.split("|")
    assert origin == "me"
    assert set(told.split(";")) == {f"{place.consultation}:1:2" for place in places}


def test_a_locked_consultation_holds_nobody_else_up(committed_db: None) -> None:
    locked, free = scene(), scene()
    with psycopg.connect(os.environ["PRIYOM_DATABASE_URL"]) as rival:
        rival.execute(
            "SELECT 1 FROM consultations_consultation WHERE id = %s FOR UPDATE",
            [locked.consultation],
        )
        assert verdicts(words(locked, "k"), words(free, "k")) == ["busy", "stored"]
        nowhere = Item(uuid4(), free.patient, "k", "message", "Кто здесь")
        told = send(
            words(free, "l"), words(locked, "k"), nowhere, words(locked, "l"), words(free, "m")
        )
        assert [one.verdict.value for one in told] == [
            "stored",
            "busy",
            "stranger",
            "busy",
            "stored",
        ]
        assert [one.seq for one in told] == [2, None, None, None, 3]
        assert verdicts(words(locked, "k")) == ["busy"]
        assert verdicts(words(locked, "k"), words(locked, "l")) == ["busy", "busy"]
    assert verdicts(words(locked, "k"), words(locked, "l")) == ["stored", "stored"]


def test_a_snapshot_that_stands_still_is_refused(committed_db: None) -> None:
    place = scene()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(Exception, match="READ COMMITTED"), transaction.atomic():
            log.append(cursor, [words(place, "k")], "test")


def test_the_gateway_role_may_only_call_functions(committed_db: None, gateway_dsn: str) -> None:
    place = scene()
    with psycopg.connect(gateway_dsn, autocommit=True) as gateway:
        cursor = gateway.cursor()
        assert log.append(cursor, [words(place, "k")], "g")[0].verdict is Verdict.STORED
        told = log.replay(cursor, place.consultation, place.doctor)
        assert told is not None
        assert told.entries[0]["body"] == "Здравствуйте"
        assert log.mark(cursor, place.consultation, place.doctor, delivered=1, read=1) == (1, 1)
        tables = gateway.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        assert len(tables) > 30
        for (table,) in tables:
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES"):
                row = gateway.execute(
                    "SELECT has_table_privilege(%s, %s)", [f'public."{table}"', right]
                ).fetchone()
                assert row == (False,), (table, right)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            gateway.execute("SELECT 1 FROM consultations_entry")


def _rival(place: list[Scene], dsn: str, seed: int, stored: dict[Any, set[int]]) -> None:
    """One connection that writes batches with repeats, some of them of its rivals' messages."""
    dice = random.Random(seed)
    waiting: list[Item] = []
    with psycopg.connect(dsn, autocommit=True) as rival:
        cursor = rival.cursor()
        for n in range(60):
            for m in range(8):
                where = dice.choice(place)
                # The rivals share their keys: most messages are sent by more than one of them.
                waiting.append(
                    words(where, f"{n}-{m}", by=dice.choice([where.patient, where.doctor]))
                )
            batch, waiting = waiting, []
            for item, answer in zip(batch, log.append(cursor, batch, str(seed)), strict=True):
                if answer.verdict is Verdict.BUSY:
                    waiting.append(item)
                else:
                    assert answer.seq is not None
                    stored[item.consultation, item.account, item.key].add(answer.seq)
        while waiting:
            batch, waiting = waiting, []
            for item, answer in zip(batch, log.append(cursor, batch, str(seed)), strict=True):
                if answer.verdict is Verdict.BUSY:
                    waiting.append(item)
                elif answer.seq is not None:
                    stored[item.consultation, item.account, item.key].add(answer.seq)


def test_four_rivals_leave_no_gap_and_no_double(committed_db: None, gateway_dsn: str) -> None:
    places = [scene() for _ in range(4)]
    stored: dict[Any, set[int]] = defaultdict(set)
    rivals = [
        threading.Thread(target=_rival, args=(places, gateway_dsn, seed, stored))
        for seed in range(4)
    ]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join(120)
    assert all(len(numbers) == 1 for numbers in stored.values()), "one message, one number"
    for place in places:
        numbers = list(
            Entry.objects.filter(consultation=place.consultation)
            .order_by("seq")
            .values_list("seq", flat=True)
        )
        assert numbers == list(range(1, len(numbers) + 1))
        assert place.row().last_seq == len(numbers)
    assert len(stored) == Entry.objects.count()
