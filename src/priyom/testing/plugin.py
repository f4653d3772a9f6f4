"""The pytest plugin of the house: the environment of the tests, closed sockets, markers, order."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from servestatic.middleware import ServeStaticMiddleware

from priyom.cli.places import ROOT
from priyom.testing import database, sockets

KEPT = ("PRIYOM_CHROMIUM",)
"""The only setting of the house that tests take from outside."""
FOLDER = pytest.StashKey[Path]()
"""Where this session keeps everything that it writes."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--long` run the long forms too."""
    parser.addoption("--long", action="store_true", help="run what is marked `long` as well")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Make the environment that settings.py reads, before pytest-django loads it."""
    folder = Path(tempfile.mkdtemp(prefix="priyom-test-", dir="/tmp"))
    # Short, as a socket's path must be; the database's own user must get through to its part.
    folder.chmod(0o711)
    early_config.stash[FOLDER] = folder
    for name in [name for name in os.environ if name.startswith("PRIYOM_")]:
        if name not in KEPT:
            del os.environ[name]
    (folder / "var").mkdir(mode=0o700)
    (folder / "var" / "static").mkdir()
    os.environ |= database.addresses(folder / "pg") | {
        "PRIYOM_VAR": str(folder / "var"),
        "PRIYOM_SECRET_KEY": "tests",
        "PRIYOM_ESIA_CLIENT_SECRET": "tests",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
    }
    try:
        yield
    except BaseException:  # pytest unconfigures nothing when it could not begin
        shutil.rmtree(folder, ignore_errors=True)
        raise
    # A pool would keep connections that no rollback reaches.
    options = settings.DATABASES["default"]["OPTIONS"]
    assert isinstance(options, dict)
    options.pop("pool", None)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    _look_once()


def _look_once() -> None:
    """Let static files be looked for once: each Client() builds the middleware anew."""
    look = ServeStaticMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def once(self: ServeStaticMiddleware) -> None:
        if not found:
            look(self)
            found.update(self.files)
        self.files.update(found)

    pytest.MonkeyPatch().setattr(ServeStaticMiddleware, "add_files_from_finders", once)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers of the house and close the outer world."""
    # A busy machine makes examples slowly; that is no fault of what is tested.
    hypothesis.settings.register_profile(
        "priyom", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("priyom")
    for marker in (
        "act(name): this test shows that the act works; docs/states.md points here",
        "journeys: people in real browsers against the whole running system",
        "faults: something breaks on purpose",
        "long: takes minutes; runs only with --long",
    ):
        config.addinivalue_line("markers", marker)
    # So late because models need a set-up Django, and because pytest-django has a
    # django_db_setup too, where the last one wins.
    config.pluginmanager.import_plugin("priyom.testing.fixtures")
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    sockets.close(patch)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove everything that the session wrote outside the clone."""
    if FOLDER in config.stash:
        shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long forms unless they are asked for.

    The journeys run last: Playwright's event loop keeps Django's database shut. The longest of
    them, which have a whole region, run first of these, so that no process ends long after others.
    """
    if not config.getoption("--long"):
        short = [item for item in items if item.get_closest_marker("long") is None]
        if len(short) < len(items):
            config.hook.pytest_deselected(items=[item for item in items if item not in short])
            items[:] = short
    items.sort(
        key=lambda item: (
            item.get_closest_marker("journeys") is not None,
            "region" not in getattr(item, "fixturenames", ()),
        )
    )
