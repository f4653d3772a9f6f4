"""The head's figures over the demo region equal plain SQL, and each opens a list of as many."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from priyom.accounts.models import Account
from priyom.clinics.models import Post, Role
from priyom.demo.load import load
from priyom.kernel import words
from priyom.kernel.actor import ActorKind
from priyom.reports import queries
from priyom.reports.tests import plain
from priyom.testing import builders
from priyom.testing.clock import Clock
from priyom.testing.doors import enter


@pytest.fixture
def heads(db: None, clock: Clock, settings: Any, tmp_path: Path) -> list[Post]:
    """The demo's small region and the posts of its heads."""
    settings.DEMO, settings.VAR = True, tmp_path
    load("small")
    return list(Post.objects.filter(role=Role.HEAD).select_related("organisation"))


def test_every_head_sees_the_truth(heads: list[Post], clock: Clock) -> None:
    assert heads
    seen = set()
    for post in heads:
        person = Account.objects.get(pk=post.account_id)
        actor = builders.staff_actor(ActorKind.HEAD, person, post.organisation)
        page = queries.figures(actor)
        shown = {one.key: one.value for one in (*page.waiting, *page.today)}
        browser = enter(person, "/desk")
        for key in plain.COUNTS:
            wanted = plain.count(key, post.organisation_id, clock.instant)
            assert shown[key] == str(wanted), (post.organisation, key)
            listed = browser.get(f"/desk/figures/{key}/").content.decode()
            assert len(re.findall(r'<li class="row">', listed)) == min(wanted, queries.today.ROWS)
            seen |= {key} if wanted else set()
        longest = plain.length(plain.LONGEST, post.organisation_id, clock.instant)
        assert shown["waiting-longest"] == (words.waited(longest) if longest else "—")
        until = plain.length(plain.UNTIL_BOOKED, post.organisation_id, clock.instant)
        assert shown["booked-week"] == (words.waited(until) if until else "—")
        table = plain.rows(plain.DOCTORS, post.organisation_id, clock.instant)
        assert {(d.id, d.planned, d.completed, d.unsigned, d.no_show) for d in page.doctors} == {
            tuple(row) for row in table
        }
        assert list(page.chart) == plain.rows(plain.CHART, post.organisation_id, clock.instant)
    # On a Sunday night nobody talks; requests there are always.
    assert "waiting" in seen
