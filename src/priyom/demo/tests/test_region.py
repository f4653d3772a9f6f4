"""The demo region keeps every promise of the database and shows every state of process.md."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from pytest_django.plugin import DjangoDbBlocker

from priyom.accounts.models import Account
from priyom.calls.rules import CallState
from priyom.conclusions import signer
from priyom.conclusions.rules import ConclusionState
from priyom.consultations.rules import ConsentState, ConsultationState, EntryKind
from priyom.demo import extend, load
from priyom.demo.staff import PASSWORD
from priyom.files import store
from priyom.intake.rules import RequestState
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.snils import is_enp, is_snils
from priyom.notices.rules import NoticeState
from priyom.patients import actions as patients
from priyom.patients.queries import people_of
from priyom.schedule.rules import SlotState
from priyom.testing import database

NOON = datetime.now(UTC).replace(hour=9, minute=12, second=0, microsecond=0)
Region = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="module")
def region(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, _tables: list[str]
) -> Iterator[Region]:
    """The small region, loaded once at noon; its tables are emptied afterwards."""
    patch = pytest.MonkeyPatch()
    patch.setattr(settings, "DEMO", True)
    with django_db_blocker.unblock(), clock.frozen(NOON):
        load.load("small")
        owner_dsn = os.environ["PRIYOM_OWNER_DATABASE_URL"]
        with psycopg.connect(owner_dsn, autocommit=True) as owner:
            yield owner
        database.empty(_tables)
    patch.undo()


def ask(region: Region, text: str) -> list[tuple[Any, ...]]:
    return region.execute(text).fetchall()


@pytest.mark.parametrize(
    ("table", "states"),
    [
        ("intake_request", RequestState),
        ("schedule_slot", SlotState),
        ("consultations_consultation", ConsultationState),
        ("calls_call", CallState),
        ("conclusions_conclusion", ConclusionState),
        ("consultations_consent", ConsentState),
        ("notices_notice", NoticeState),
    ],
)
def test_every_state_occurs(region: Region, table: str, states: Any) -> None:
    found = {state for (state,) in ask(region, f"SELECT DISTINCT state FROM {table}")}  # noqa: S608
    assert found == {str(state) for state in states}


def test_logs_have_no_gap(region: Region) -> None:
    rows = ask(
        region,
        "SELECT c.id, c.last_seq, count(e.seq), max(e.seq), bool_and(e.at <= now() + interval '1d')"
        " FROM consultations_consultation c JOIN consultations_entry e"
        " ON e.consultation_id = c.id GROUP BY 1, 2",
    )
    assert rows
    assert all(last == count == high for _, last, count, high, _ in rows)


def test_time_goes_forward_in_a_log_and_stops_at_now(region: Region) -> None:
    back = ask(
        region,
        "SELECT 1 FROM (SELECT at, lag(at) OVER (PARTITION BY consultation_id ORDER BY seq)"
        " AS before FROM consultations_entry) e WHERE at < before",
    )
    assert back == []
    ((latest,),) = ask(region, "SELECT max(at) FROM consultations_entry")
    assert latest <= NOON


def test_what_people_sent_stands_before_the_end(region: Region) -> None:
    late = ask(
        region,
        "SELECT 1 FROM consultations_entry e JOIN consultations_entry f USING (consultation_id)"
        " WHERE f.kind = 'formed' AND e.seq > f.seq"
        " AND e.kind IN ('message', 'file', 'voice', 'video', 'call')",
    )
    assert late == []


def test_every_file_is_there_under_its_own_hash(region: Region) -> None:
    for sha256, size in ask(region, "SELECT sha256, size FROM files_blob"):
        body = store.path(settings.FILES_ROOT, sha256).read_bytes()
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (sha256, size)
    kinds = {kind for (kind,) in ask(region, "SELECT DISTINCT kind FROM files_blob")}
    assert kinds == {"image", "document", "audio", "video"}
    assert ask(region, "SELECT 1 FROM consultations_attachment WHERE seq IS NULL") == []


def test_signed_papers_are_genuine(region: Region) -> None:
    rows = ask(region, "SELECT signed_pdf_id FROM conclusions_conclusion WHERE state = 'signed'")
    roots = signer.roots()
    for (sha256,) in rows[:3]:
        pdf = store.path(settings.FILES_ROOT, sha256).read_bytes()
        assert signer.verify(pdf, roots).is_genuine


def test_states_agree_with_each_other(region: Region) -> None:
    wrong = {
        "booked slot without its consultation": "SELECT 1 FROM schedule_slot s WHERE state ="
        " 'booked' AND NOT EXISTS (SELECT 1 FROM consultations_consultation c"
        " WHERE c.slot_id = s.id AND c.state NOT IN ('cancelled', 'returned'))",
        "live consultation without its request": "SELECT 1 FROM consultations_consultation c WHERE"
        " state NOT IN ('returned', 'cancelled') AND NOT EXISTS (SELECT 1 FROM intake_request r"
        " WHERE r.consultation_id = c.id AND r.state = 'scheduled')",
        "completed without paper": "SELECT 1 FROM consultations_consultation c WHERE state ="
        " 'completed' AND NOT EXISTS (SELECT 1 FROM conclusions_conclusion k WHERE"
        " k.consultation_id = c.id AND k.state IN ('signed', 'withdrawn'))",
        "began without consent": "SELECT 1 FROM consultations_consultation c WHERE state ="
        " 'in_progress' AND NOT EXISTS (SELECT 1 FROM consultations_consent k WHERE"
        " k.patient_id = c.patient_id AND k.organisation_id = c.organisation_id)",
        "read past the end": "SELECT 1 FROM consultations_member m"
        " JOIN consultations_consultation c ON c.id = m.consultation_id"
        " WHERE m.read_seq > m.delivered_seq OR m.delivered_seq > c.last_seq",
        "new request whose last wish is over": "SELECT 1 FROM intake_request r WHERE state = 'new'"
        " AND NOT EXISTS (SELECT 1 FROM intake_interval i WHERE i.request_id = r.id"
        " AND i.ends_at > now())",
        "out of order": "SELECT 1 FROM consultations_consultation c JOIN intake_request r"
        " ON r.consultation_id = c.id WHERE NOT (r.asked_at < c.booked_at"
        " AND c.booked_at < c.starts_at)",
    }
    assert {name: ask(region, text) for name, text in wrong.items() if ask(region, text)} == {}


def test_everybody_of_the_log_is_a_member(region: Region) -> None:
    strangers = ask(
        region,
        "SELECT e.kind FROM consultations_entry e LEFT JOIN consultations_member m"
        " ON m.consultation_id = e.consultation_id AND m.account_id = e.author"
        " WHERE m.id IS NULL AND e.side IN ('patient', 'doctor')"
        " AND e.kind IN ('message', 'file', 'voice', 'video', 'call', 'asked')",
    )
    assert strangers == []


def test_numbers_of_the_index_are_valid(region: Region) -> None:
    rows = ask(region, "SELECT snils, enp FROM patients_patient")
    assert len(rows) >= load.SIZES["small"].people
    assert all(is_snils(snils) for snils, _ in rows if snils)
    assert all(is_enp(enp) for _, enp in rows if enp)
    ((apart,),) = ask(
        region,
        "SELECT count(*) FROM (SELECT family_key, count(*) AS n FROM patients_patient GROUP BY 1) p"
        " FULL JOIN patients_family f USING (family_key) WHERE p.n IS DISTINCT FROM f.people",
    )
    assert apart == 0


def test_no_template_mark_is_left_in_the_talks(region: Region) -> None:
    texts = ask(
        region,
        "SELECT body FROM consultations_entry UNION SELECT complaint FROM intake_request UNION"
        " SELECT concat(complaints, anamnesis, observed, diagnosis, recommendations)"
        " FROM conclusions_conclusion",
    )
    assert [text for (text,) in texts if set(text) & set("{}[]<>|@")] == []


def test_every_kind_of_entry_that_a_talk_has(region: Region) -> None:
    found = {kind for (kind,) in ask(region, "SELECT DISTINCT kind FROM consultations_entry")}
    assert {str(kind) for kind in EntryKind} - found <= {"revised"}


def test_olga_acts_for_misha_and_nikolay_for_his_ward(region: Region) -> None:
    people = json.loads((settings.VAR / extend.PEOPLE).read_text())
    by_code = {one["code"]: one for one in people}
    for code, others in (("olga", ["mother"]), ("nikolay", ["guardian"]), ("anna", [])):
        account = Account.objects.get(esia_oid=by_code[code]["oid"])
        actor = Actor(ActorKind.PATIENT, account.pk, str(account))
        patients.link(actor)
        assert [one.relation for one in people_of(actor)] == ["", *others]


def test_staff_can_sign_in(region: Region, rf: Any) -> None:
    rows = json.loads((settings.VAR / "demo-accounts.json").read_text())
    assert {row["role"] for row in rows} >= {"регистратор", "заведующий", "терапевт"}
    assert authenticate(rf.post("/"), username=rows[0]["login"], password=PASSWORD)


def test_second_start_adds_only_new_days(region: Region) -> None:
    assert extend.is_loaded()
    assert extend.extend() == 0
    with clock.frozen(NOON + timedelta(days=2)):
        assert extend.extend() > 100
        assert extend.extend() == 0
    ((last,),) = ask(region, "SELECT max(starts_at) FROM schedule_slot")
    assert last > NOON + timedelta(days=15)


def test_a_region_without_its_people_says_what_to_do(
    region: Region, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert extend.remark() == ""
    monkeypatch.setattr(settings, "VAR", tmp_path)
    assert "./priyom up --fresh" in extend.remark()
