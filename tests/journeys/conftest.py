"""Fixtures of the browser journeys: one browser a session, screenshots in screens/."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from priyom.testing.pages import launch


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; make a person with `phone(browser)` or `desktop(browser)`."""
    with launch() as running:
        yield running


@pytest.fixture(scope="session")
def screens() -> Path:
    """The folder that screenshots go to, outside version control."""
    folder = Path(__file__).parent / "screens"
    folder.mkdir(exist_ok=True)
    return folder
