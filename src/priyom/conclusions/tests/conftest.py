"""A talk that has begun, and the demo's signer."""

from __future__ import annotations

from typing import Any

import pytest

from priyom.conclusions.tests.talks import Talk, begun
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    """Sign by the quick way; what is special to ГОСТ says so."""
    settings.DEMO = True
    settings.SIGNING = "demo"


@pytest.fixture
def talk(cast: Cast, clock: Clock) -> Talk:
    """A talk in a transaction that is rolled back."""
    return begun(cast, clock)


@pytest.fixture
def committed_talk(committed_db: None, cast: Cast, clock: Clock) -> Talk:
    """A talk that is really committed, for races."""
    return begun(cast, clock)
