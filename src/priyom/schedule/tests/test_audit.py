"""What the head changes in a plan is in the audit by its own id."""

from __future__ import annotations

from datetime import time

import psycopg

from priyom.schedule import actions
from priyom.schedule.plan import Stretch
from priyom.schedule.tests.builders import doctor_with_times, head_of


def test_dropped_hours_are_named(committed_db: None, audit_dsn: str) -> None:
    doctor, _ = doctor_with_times(0)
    inna = head_of(doctor)
    hours = actions.add_hours(inna, doctor.pk, Stretch(1, time(9), time(12)))
    actions.drop_hours(inna, hours.pk)
    with psycopg.connect(audit_dsn) as trail:
        (said,) = trail.execute(
            "SELECT detail ->> 'hours' FROM audit_event WHERE action = 'plan.drop_hours'"
        ).fetchall()
    assert said == (str(hours.pk),)
