"""The doctor's day moves by itself: the small question, the list, the title and the sound."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from priyom.accounts.models import Session
from priyom.consultations.actions import begin
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit


def pulse(browser: Client) -> str:
    """Return the word that stands for the doctor's day."""
    return str(browser.get("/desk/day/pulse/").json()["mark"])


@pytest.mark.django_db
def test_the_word_changes_with_the_day_and_only_then(cast: Cast, clock: Clock) -> None:
    row = cast.consultation()
    clock.set((row.starts_at + timedelta(minutes=5)).replace(minute=1))
    browser = visit(cast.boris)
    before = pulse(browser)
    assert pulse(browser) == before
    assert f'data-mark="{before}"' in browser.get("/desk/day/list/").content.decode()
    begin(cast.boris.actor, row.pk)
    after = pulse(browser)
    assert after != before
    clock.forward(minutes=6)
    assert pulse(browser) != after, "promises run out without an act"
    assert pulse(visit(cast.darya)) != pulse(browser)


@pytest.mark.django_db
def test_what_a_page_asks_by_itself_keeps_no_session_alive(cast: Cast, clock: Clock) -> None:
    browser = visit(cast.boris)
    begun = Session.objects.get().expire_date
    clock.forward(minutes=10)
    browser.get("/desk/day/pulse/", headers={"X-Idle": "1"})
    browser.get("/desk/day/list/", headers={"X-Idle": "1"})
    assert Session.objects.get().expire_date == begun
    browser.get("/desk/day/")
    assert Session.objects.get().expire_date > begun
