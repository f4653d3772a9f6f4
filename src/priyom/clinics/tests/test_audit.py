"""What an administrator changes stands in the audit."""

from __future__ import annotations

import psycopg
from django.test import Client

from priyom.accounts.models import Account
from priyom.accounts.tests.doors import enter


def test_audit_knows_what_was_changed(committed_db: None, audit_dsn: str, client: Client) -> None:
    account = Account.objects.create(login="admin", family="А", given="Б", is_staff=True)
    enter(client, account, "/desk")
    form = {
        "code": "7", "name": "терапия", "doctor": "терапевт", "to_doctor": "терапевту",
        "from_age": "0",
    }  # fmt: skip
    answer = client.post("/admin/clinics/speciality/add/", form)
    assert answer.status_code == 302, answer.content.decode()
    with psycopg.connect(audit_dsn) as reader:
        row = reader.execute(
            "SELECT actor_kind, account, subject_kind FROM audit_event WHERE action='clinics.keep'"
        ).fetchone()
    assert row == ("admin", account.pk, "speciality")
