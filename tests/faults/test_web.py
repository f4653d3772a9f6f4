"""The web after the database went away and came back: nobody is shown a broken page for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults import forms
from tests.faults.house import running
from tests.faults.nemesis import kill_database
from tests.faults.pages import Person

AT_ONCE = 12
"""As many as the web keeps connections."""

pytestmark = pytest.mark.faults


def test_no_page_fails_for_a_database_that_is_back() -> None:
    with running(("web",)) as house, ThreadPoolExecutor(AT_ONCE) as people:
        told = house.book(1)[0]["patient"]
        assert isinstance(told, dict)
        anna = Person(**told, portal="/my")

        def tickets() -> list[bool]:
            asked = [people.submit(forms.post, house.web, anna, "ticket") for _ in range(AT_ONCE)]
            return [one.result() is not None for one in asked]

        assert all(tickets())
        kill_database(house)
        house.cluster.start()
        assert all(tickets())
