"""Fixtures of every test: the database, as the roles that use it, and the clock.

`db` (pytest-django) rolls each test back; `committed_db` really commits and empties after.
Both are priyom_app, never the owner.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connections
from playwright.sync_api import Browser
from pytest_django.plugin import DjangoDbBlocker

from priyom.testing import clock as standing
from priyom.testing import database
from priyom.testing.cast import Cast, gather
from priyom.testing.pages import launch
from priyom.testing.plugin import FOLDER

Owner = psycopg.Connection[tuple[str]]


@pytest.fixture(scope="session")
def _tables(pytestconfig: pytest.Config) -> Iterator[list[str]]:
    """Start and migrate the session's cluster; yield the tables that tests may fill."""
    with database.migrated(pytestconfig.stash[FOLDER] / "pg", os.environ):
        with psycopg.connect(os.environ["PRIYOM_OWNER_DATABASE_URL"]) as owner:
            names = database.tables(owner)
        yield names
        connections.close_all()


@pytest.fixture(scope="session")
def django_db_setup(_tables: list[str], django_db_blocker: DjangoDbBlocker) -> None:
    """Give pytest-django our database instead of one that it would create as a superuser."""


@pytest.fixture
def committed_db(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, _tables: list[str]
) -> Iterator[None]:
    """Commit for real, as races and the gateway need; every table is emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    database.empty(_tables)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The session's headless Chromium; make a person with `phone(browser)` or `desktop(browser)`.

    Close what a person leaves: a forgotten camera stalls the fake one of everybody.
    """
    with launch() as running:
        yield running


@pytest.fixture
def owner_connection(django_db_setup: None) -> Iterator[Owner]:
    """An autocommitting connection as priyom_owner; sees only what is committed."""
    with psycopg.connect(os.environ["PRIYOM_OWNER_DATABASE_URL"], autocommit=True) as owner:
        yield owner


@pytest.fixture
def gateway_dsn(django_db_setup: None) -> str:
    """The database's address for priyom_gateway, who may only call functions."""
    return os.environ["PRIYOM_GATEWAY_DATABASE_URL"]


@pytest.fixture
def audit_dsn(django_db_setup: None) -> str:
    """The database's address for priyom_audit, who may only read the audit."""
    return os.environ["PRIYOM_AUDIT_DATABASE_URL"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[standing.Clock]:
    """A clock that stands at the present second until the test moves it."""
    with standing.frozen(monkeypatch) as moved:
        yield moved


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> Cast:
    """Everybody of `priyom.testing.cast`, rolled back, or committed beside `committed_db`."""
    is_committed = "committed_db" in request.fixturenames
    request.getfixturevalue("committed_db" if is_committed else "db")
    return gather()
