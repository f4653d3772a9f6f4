"""What the database refuses by itself, whoever asks and by whichever path."""

from __future__ import annotations

import os
import random
import threading
import time
from datetime import datetime

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from priyom.consultations import log
from priyom.consultations.log import Item, Verdict
from priyom.consultations.models import Attachment, Consent, Consultation, Entry
from priyom.consultations.rules import OPEN_CHAT, PEOPLE_SEND, ConsultationState, EntryKind
from priyom.consultations.tests.scene import Scene, scene
from priyom.kernel import clock

CLOSED = sorted(set(ConsultationState) - OPEN_CHAT)
ROUNDS = 200


def entry(place: Scene, seq: int, kind: str) -> Entry:
    return Entry.objects.create(
        consultation_id=place.consultation, seq=seq, organisation_id=place.organisation,
        kind=kind, author=place.patient, side="patient", author_name="Анна", client_key=str(seq),
        at=clock.now(),
    )  # fmt: skip


def refused(constraint: str) -> pytest.RaisesExc[IntegrityError]:
    def same(error: IntegrityError) -> bool:
        cause = error.__cause__
        assert isinstance(cause, psycopg.Error)
        return cause.diag.constraint_name == constraint

    return pytest.RaisesExc(IntegrityError, check=same)


@pytest.mark.parametrize("state", CLOSED)
@pytest.mark.parametrize("kind", PEOPLE_SEND)
def test_direct_sql_cannot_write_into_a_closed_chat(db: None, state: str, kind: str) -> None:
    place = scene()
    place.become(state)
    with refused("consultations_chat_closed"), transaction.atomic():
        entry(place, 1, kind)


@pytest.mark.parametrize("state", CLOSED)
def test_acts_go_on_writing_into_a_closed_log(db: None, state: str) -> None:
    place = scene()
    place.become(state)
    for seq, kind in enumerate(sorted(set(EntryKind) - set(PEOPLE_SEND)), start=1):
        entry(place, seq, kind)


@pytest.mark.parametrize("state", CLOSED)
def test_a_file_cannot_be_put_under_an_old_message(db: None, state: str) -> None:
    place = scene()
    picture = place.file(place.patient)
    entry(place, 1, "file")
    place.become(state)
    with refused("consultations_chat_closed"), transaction.atomic():
        Attachment.objects.filter(pk=picture).update(seq=1)


def test_a_file_needs_its_entry(db: None) -> None:
    place = scene()
    picture = place.file(place.patient)
    with refused("consultations_attachment_entry"), transaction.atomic():
        Attachment.objects.filter(pk=picture).update(seq=7)
        connection.check_constraints()


def test_a_sent_file_stays(db: None) -> None:
    place = scene()
    picture = place.file(place.patient)
    with connection.cursor() as cursor:
        item = Item(place.consultation, place.patient, "k", "file", files=(picture,))
        assert log.append(cursor, [item], "t")[0].verdict is Verdict.STORED
    with refused("consultations_log_stays"), transaction.atomic():
        Attachment.objects.filter(pk=picture).update(seq=None)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Attachment.objects.filter(pk=picture).delete()


def test_the_log_is_never_rewritten(committed_db: None) -> None:
    place = scene()
    entry(place, 1, "message")
    for words in ("UPDATE consultations_entry SET body = ''", "DELETE FROM consultations_entry"):
        for role, error in (
            ("PRIYOM_DATABASE_URL", psycopg.errors.InsufficientPrivilege),
            ("PRIYOM_OWNER_DATABASE_URL", psycopg.errors.CheckViolation),
        ):
            with psycopg.connect(os.environ[role]) as link, pytest.raises(error):
                link.execute(words)


@pytest.mark.parametrize("before", ["scheduled", "concluding"])
def test_no_talk_without_consent(db: None, before: str) -> None:
    place = scene()
    place.become(before)
    Consent.objects.update(state="withdrawn", withdrawn_at=clock.now())
    with refused("consultations_consent_given"), transaction.atomic():
        place.become("in_progress")
    with refused("consultations_consent_given"), transaction.atomic():
        row = place.row()
        row.pk, row.number, row.state = place.card, "другая", "in_progress"
        Consultation.objects.filter(pk=place.consultation).update(
            state="cancelled", ended_at=clock.now()
        )
        row.save(force_insert=True)


def test_a_withdrawn_consent_or_that_of_another_is_none(db: None) -> None:
    place = scene()
    Consent.objects.filter(patient=place.card).update(state="withdrawn", withdrawn_at=clock.now())
    scene()
    with refused("consultations_consent_given"), transaction.atomic():
        place.become("in_progress")


def test_a_withdrawal_waits_for_the_beginning(committed_db: None) -> None:
    place = scene()
    dsn = os.environ["PRIYOM_DATABASE_URL"]
    with psycopg.connect(dsn) as doctor, psycopg.connect(dsn) as patient:
        doctor.execute(
            "UPDATE consultations_consultation SET state = 'in_progress', began_at = now()"
            " WHERE id = %s", [place.consultation],
        )  # fmt: skip
        patient.execute("SET lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            patient.execute(
                "UPDATE consultations_consent SET state = 'withdrawn', withdrawn_at = now()"
                " WHERE patient_id = %s", [place.card],
            )  # fmt: skip


@pytest.mark.parametrize("end", ["completed", "cancelled", "no_show", "returned"])
def test_an_end_stays(db: None, end: str) -> None:
    place = scene()
    place.become(end)
    for state in sorted(set(ConsultationState) - {end}):
        with refused("consultations_end_stays"), transaction.atomic():
            place.become(state)
    Consultation.objects.filter(pk=place.consultation).update(state=end, last_seq=1)


def test_a_temporary_table_deceives_nobody(committed_db: None) -> None:
    place = scene()
    place.become("completed")
    with psycopg.connect(os.environ["PRIYOM_OWNER_DATABASE_URL"]) as owner:
        owner.execute("CREATE TEMP TABLE consultations_consultation (id uuid, state text)")
        owner.execute(
            "INSERT INTO pg_temp.consultations_consultation VALUES (%s, 'in_progress')",
            [place.consultation],
        )
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute(
                "INSERT INTO public.consultations_entry (consultation_id, seq, organisation_id,"
                " kind, author, side, author_name, client_key, frame, body, data, at)"
                " VALUES (%s, 1, %s, 'message', %s, 'patient', '', 'k', 1, '', '{}', now())",
                [place.consultation, place.organisation, place.patient],
            )


class Sender(threading.Thread):
    """Sends into one chat until it is told to stop; keeps what was acknowledged and when."""

    def __init__(self, place: Scene, name: str, dsn: str, direct: bool) -> None:
        super().__init__()
        self.place, self.key, self.direct = place, name, direct
        self.dsn = dsn
        self.acked: list[tuple[int, datetime]] = []
        self.stop = threading.Event()

    def run(self) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as link:
            n = 0
            while not self.stop.is_set():
                n += 1
                if not (self._by_hand(link, n) if self.direct else self._by_log(link, n)):
                    return

    def _by_log(self, link: psycopg.Connection[tuple[object, ...]], n: int) -> bool:
        item = Item(self.place.consultation, self.place.patient, f"{self.key}{n}", "message", "x")
        answer = log.append(link.cursor(), [item], self.key)[0]
        if answer.verdict is Verdict.STORED:
            assert answer.seq is not None
            assert answer.at is not None
            self.acked.append((answer.seq, answer.at))
        return answer.verdict is not Verdict.CLOSED

    def _by_hand(self, link: psycopg.Connection[tuple[object, ...]], n: int) -> bool:
        """Insert as a program would that knows nothing of the log's function and its lock."""
        try:
            row = link.execute(
                "INSERT INTO consultations_entry (consultation_id, seq, organisation_id, kind,"
                " author, side, author_name, client_key, frame, body, data, at)"
                " VALUES (%s, %s, %s, 'message', %s, 'patient', '', %s, 1, '', '{}', now())"
                " RETURNING seq, at",
                [self.place.consultation, 100_000 + n, self.place.organisation,
                 self.place.patient, f"{self.key}{n}"],
            ).fetchone()  # fmt: skip
        except psycopg.errors.CheckViolation:
            return False
        assert row is not None
        self.acked.append(row)  # type: ignore[arg-type]
        return True


def _close(place: Scene, dsn: str) -> tuple[int, int]:
    """Freeze the chat as the conclusion does; return its last number and count of entries."""
    with psycopg.connect(dsn) as link:
        link.execute(
            "SELECT 1 FROM consultations_consultation WHERE id = %s FOR UPDATE",
            [place.consultation],
        )
        row = link.execute(
            "UPDATE consultations_consultation c SET state = 'concluding', began_at = now()"
            " WHERE id = %s RETURNING last_seq,"
            " (SELECT count(*) FROM consultations_entry e WHERE e.consultation_id = c.id)",
            [place.consultation],
        ).fetchone()
        time.sleep(0.001)
    assert row is not None
    return row[0], row[1]


@pytest.mark.parametrize("direct", [False, True], ids=["by the log", "by hand"])
def test_close_against_send(committed_db: None, gateway_dsn: str, direct: bool) -> None:
    app = os.environ["PRIYOM_DATABASE_URL"]
    dice = random.Random(7)
    late = acked = 0
    for _ in range(ROUNDS):
        place = scene()
        senders = [Sender(place, "a", app if direct else gateway_dsn, direct)]
        senders += [] if direct else [Sender(place, "b", gateway_dsn, False)]
        for sender in senders:
            sender.start()
        time.sleep(dice.uniform(0.003, 0.012))
        last, count = _close(place, app)
        for sender in senders:
            sender.join(20)
            assert not sender.is_alive(), "a closed chat answers `closed`"
            acked += len(sender.acked)
        after = Entry.objects.filter(consultation=place.consultation).count()
        late += after - count
        if not direct:
            assert after == last == place.row().last_seq == sum(len(s.acked) for s in senders)
            assert all(seq <= last for sender in senders for seq, _ in sender.acked)
    assert late == 0
    assert acked > ROUNDS
