"""The afternoon is made once a module and committed; each test's own writes are rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from priyom.testing import clock as standing
from priyom.testing import database
from priyom.testing.cast import gather
from tests.security.scene import Scene, build


@pytest.fixture(scope="module")
def scene(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, _tables: list[str]
) -> Iterator[Scene]:
    """The committed afternoon; the clock stands in its midst for the whole module."""
    # The demo's own certificates sign here; nothing else of the demo is on.
    with pytest.MonkeyPatch.context() as patch, standing.frozen(patch) as clock:
        with django_db_blocker.unblock(), override_settings(DEMO=True):
            made = build(gather(), clock)
            connections.close_all()
        yield made
        with django_db_blocker.unblock():
            connections.close_all()
    database.empty(_tables)
