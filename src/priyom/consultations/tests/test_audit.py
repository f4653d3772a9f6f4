"""Who acted for whom stands in the audit, whichever door the act came through."""

from __future__ import annotations

import psycopg

from priyom.consultations import actions
from priyom.testing.cast import Cast


def test_a_mothers_act_names_her_account_and_the_childs_card(
    committed_db: None, cast: Cast, audit_dsn: str
) -> None:
    made = cast.consultation(of=cast.petya)
    actions.join(cast.anna.actor, made.pk)
    with psycopg.connect(audit_dsn) as reader:
        rows = reader.execute(
            "SELECT action, account, acted_for FROM audit_event"
            " WHERE action IN ('consultation.book', 'consultation.join') ORDER BY at"
        ).fetchall()
    assert rows == [
        ("consultation.book", cast.vera.account.pk, None),
        ("consultation.join", cast.anna.account.pk, cast.petya.pk),
    ]
