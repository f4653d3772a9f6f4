"""Every page of the portal: at most 30 queries, and no more of them for longer lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from priyom.conclusions.tests.talks import Talk, begun
from priyom.consultations import actions as consultations
from priyom.consultations import log
from priyom.consultations.models import Consultation
from priyom.consultations.tests.said import said
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db
MOST = 30


@pytest.fixture
def talk(cast: Cast, clock: Clock, settings: Any) -> Talk:
    """A talk under way."""
    settings.DEMO = True
    made = begun(cast, clock)
    builders.request(cast.anna.card, cast.clinic, asked_by=cast.anna.account.pk)
    return made


def count(browser: Client, path: str) -> int:
    """Return how many queries a page costs; its second opening, when it is at home already."""
    browser.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(path)
    assert answer.status_code == 200
    return len(asked)


def _times(talk: Talk, hours: float) -> Iterator[Any]:
    begins = talk.clock.instant + timedelta(hours=hours)
    yield from builders.slots(talk.cast.boris.doctor, 6, begins=begins)


def _more_booked(talk: Talk) -> None:
    for slot in _times(talk, 1):
        builders.consultation(
            talk.cast.vera.actor, talk.cast.anna.card, talk.cast.boris.doctor, at=slot
        )


def _more_past(talk: Talk) -> None:
    """Three finished ones, two of them signed."""
    talk.signed()
    for place, slot in enumerate(_times(talk, 1)):
        row = builders.consultation(
            talk.cast.vera.actor, talk.cast.anna.card, talk.cast.boris.doctor, at=slot
        )
        if place < 2:
            consultations.cancel(talk.cast.vera.actor, row.pk, "Врач заболел")


def _more_words(talk: Talk) -> None:
    consultations.join(talk.cast.anna.actor, talk.id)
    people = (talk.cast.anna.account.pk, talk.cast.boris.account.pk)
    said = [log.Item(talk.id, people[n % 2], f"k{n}", "message", f"слово {n}") for n in range(40)]
    with connection.cursor() as cursor:
        log.append(cursor, said, "test")


def _more_asked(talk: Talk) -> None:
    for _ in range(5):
        builders.request(talk.cast.anna.card, talk.cast.clinic, asked_by=talk.cast.anna.account.pk)


def _more_late(talk: Talk) -> None:
    """What was asked for came days ago, and a colleague of the reader has not answered."""
    asked_at = talk.clock.instant - timedelta(days=9)
    for slot in _times(talk, 1):
        row = builders.consultation(
            talk.cast.vera.actor, talk.cast.anna.card, talk.cast.boris.doctor, at=slot
        )
        Consultation.objects.filter(pk=row.pk).update(data_asked_at=asked_at)
        for side, kind in (("doctor", "asked"), ("patient", "file")):
            said(row, side, kind, at=asked_at)


CASES: dict[str, tuple[str, str, Callable[[Talk], None]]] = {
    "home, more booked": ("anna", "/my/", _more_booked),
    "home, more past": ("anna", "/my/", _more_past),
    "home, more asked": ("anna", "/my/", _more_asked),
    "talk, more words": ("anna", "/my/consultations/{id}/", _more_words),
    "workspace, more words": ("boris", "/desk/consultations/{id}/", _more_words),
    "workspace, more of the day": ("boris", "/desk/consultations/{id}/", _more_booked),
    "workspace, card": ("boris", "/desk/consultations/{id}/?tab=card", _more_booked),
    "workspace, earlier": ("boris", "/desk/consultations/{id}/?tab=earlier", _more_booked),
    "day": ("boris", "/desk/day/", _more_booked),
    "day, more of the pool": ("darya", "/desk/day/", _more_late),
    "list of the late": ("inna", "/desk/figures/late/", _more_late),
    "booked": ("vera", "/desk/booked/", _more_booked),
    "booked, past": ("vera", "/desk/booked/?only=past", _more_past),
    "page of the registry": ("vera", "/desk/booked/{id}/", _more_booked),
    "figures": ("inna", "/desk/figures/", _more_booked),
    "list behind a figure": ("inna", "/desk/figures/planned/", _more_booked),
    "journal": ("vera", "/desk/journal/", _more_asked),
}


@pytest.mark.parametrize("case", CASES)
def test_a_page_costs_the_same_for_any_length(talk: Talk, case: str) -> None:
    name, path, more = CASES[case]
    browser, path = visit(getattr(talk.cast, name)), path.format(id=talk.id)
    before = count(browser, path)
    more(talk)
    after = count(browser, path)
    assert after <= MOST
    # A page may begin to ask for what was not there at all: the papers of the past.
    assert after <= before + (2 if more in (_more_past, _more_late) else 0), (before, after)


def test_reading_leaves_states_alone(talk: Talk) -> None:
    before = list(Consultation.objects.values_list("pk", "state", "last_seq"))
    for name, path, _ in CASES.values():
        visit(getattr(talk.cast, name)).get(path.format(id=talk.id))
    assert list(Consultation.objects.values_list("pk", "state", "last_seq")) == before
