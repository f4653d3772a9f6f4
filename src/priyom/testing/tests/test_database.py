"""The tests' own floor: weak roles, real commits that leave nothing, no way out."""

from __future__ import annotations

import socket
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from priyom.clinics.models import Speciality
from priyom.kernel import clock as kernel_clock
from priyom.testing.clock import Clock
from priyom.testing.fixtures import Owner
from priyom.testing.race import race
from priyom.testing.sockets import OuterWorld


def _whoami() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        row = cursor.fetchone()
    assert row is not None
    return str(row[0])


def test_tests_are_the_weak_role(db: None) -> None:
    assert _whoami() == "priyom_app"


@pytest.mark.parametrize("turn", [1, 2])
def test_committed_rows_are_seen_and_gone(
    committed_db: None, owner_connection: Owner, turn: int
) -> None:
    assert not Speciality.objects.exists()
    Speciality.objects.create(
        code="27", name="неврология", doctor="невролог", to_doctor="неврологу"
    )
    count = owner_connection.execute("SELECT count(*)::text FROM clinics_speciality").fetchone()
    assert count == ("1",)


def test_racing_acts_use_connections_of_their_own(committed_db: None) -> None:
    def add(code: str) -> str:
        return Speciality.objects.create(code=code, name="", doctor="", to_doctor="").code

    first, second, third = race(lambda: add("1"), lambda: add("1"), lambda: add("2"))
    assert third == "2"
    assert isinstance(first, Exception) != isinstance(second, Exception)


def test_gateway_reads_no_table(gateway_dsn: str) -> None:
    with (
        psycopg.connect(gateway_dsn) as gateway,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        gateway.execute("SELECT 1 FROM consultations_entry")


def test_auditor_reads_the_audit_and_nothing_else(audit_dsn: str) -> None:
    with psycopg.connect(audit_dsn, autocommit=True) as auditor:
        auditor.execute("SELECT 1 FROM audit_event")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            auditor.execute("SELECT 1 FROM patients_patient")


def test_clock_stands_until_told(clock: Clock) -> None:
    before = kernel_clock.now()
    assert kernel_clock.now() == before
    clock.forward(minutes=20)
    assert kernel_clock.now() - before == timedelta(minutes=20)


def test_outer_world_is_closed() -> None:
    with pytest.raises(OuterWorld):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OuterWorld):
        socket.getaddrinfo("mail.example", 25)
