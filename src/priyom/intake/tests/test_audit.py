"""Whoever's name a list shows is in the audit of that read."""

from __future__ import annotations

import psycopg

from priyom.intake import actions, queries
from priyom.intake.models import Request
from priyom.intake.tests.waiting import Queue
from priyom.schedule.tests.builders import registrar_of


def test_the_waiting_list_names_also_who_is_offered_a_time(
    committed_db: None, audit_dsn: str
) -> None:
    queue = Queue(people=2)
    queue.propose(0)
    actions.take(registrar_of(queue.doctor), queue.requests[0])
    page = queries.waiting_page(queue.vera)
    assert (page.waiting, len(page.offered)) == (1, 1)
    with psycopg.connect(audit_dsn) as trail:
        ((detail,),) = trail.execute(
            "SELECT detail FROM audit_event WHERE action = 'request.waiting'"
        ).fetchall()
    people = Request.objects.filter(pk__in=queue.requests).values_list("patient", flat=True)
    assert detail == {"patients": sorted(map(str, people)), "requests": 2}
