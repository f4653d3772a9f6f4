"""A talk that has begun, and a registry that really listens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from priyom.conclusions.tests.talks import Talk, begun
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from simulators.registry.application import Served
from simulators.registry.tests.running import AUTHORIZATION, address, running


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.DEMO = True
    settings.SIGNING = "demo"
    settings.MIS_NUMBER = "12.1"


@pytest.fixture
def talk(cast: Cast, clock: Clock) -> Talk:
    """A talk in a transaction that is rolled back."""
    return begun(cast, clock)


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The simulator of this module."""
    with running(tmp_path_factory.mktemp("registry")) as served:
        yield served


@pytest.fixture
def registry(simulator: Served, settings: Any) -> Served:
    """The simulator as this installation's registry, without faults."""
    simulator.faults.clear()
    simulator.asked.clear()
    settings.REGISTRY_URL = address(simulator)
    settings.REGISTRY_AUTHORIZATION = AUTHORIZATION
    return simulator


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """A folder as this installation's registry."""
    settings.REGISTRY_URL = str(tmp_path)
    return tmp_path
