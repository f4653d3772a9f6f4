"""A talk that has begun, and the demo's signer: the same as those of the conclusions."""

from __future__ import annotations

from typing import Any

import pytest

from priyom.conclusions.tests.talks import Talk, begun
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.DEMO = True


@pytest.fixture
def talk(cast: Cast, clock: Clock) -> Talk:
    """A talk in a transaction that is rolled back."""
    return begun(cast, clock)


@pytest.fixture
def committed_talk(committed_db: None, cast: Cast, clock: Clock) -> Talk:
    """A talk that is really committed, for the table's owner to see."""
    return begun(cast, clock)
