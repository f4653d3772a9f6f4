"""A running ЕСИА for the tests of the sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from simulators.esia.application import Registered
from simulators.esia.tests.running import running


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registered]:
    """One simulator for a module: its key takes a while to make."""
    folder: Path = tmp_path_factory.mktemp("esia")
    with running(folder, "http://testserver", "tests") as client:
        yield client


@pytest.fixture
def esia(simulator: Registered, settings: Settings) -> Iterator[Registered]:
    """The simulator, and settings that lead to it; faults are forgotten afterwards."""
    settings.PUBLIC_URL = "http://testserver"
    settings.ESIA_URL = settings.ESIA_INNER_URL = simulator.issuer
    yield simulator
    simulator.faults.clear()
