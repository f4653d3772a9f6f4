"""Fixtures of the browser journeys: one region a session, screenshots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page

from priyom.testing.region import Region, started
from tests.journeys.stage import Stage

SCREENS = Path(__file__).parent / "screens"


@pytest.fixture(scope="session")
def region() -> Iterator[Region]:
    """The whole region with few of the demo's people, on ports and a state folder of its own."""
    with started("--small") as running:
        yield running


@pytest.fixture(scope="session")
def screen() -> Callable[[Page, str], Path]:
    """Keep a screenshot of the page as screens/<name>.png, outside version control."""
    SCREENS.mkdir(exist_ok=True)

    def keep(page: Page, name: str, *, full: bool = True) -> Path:
        path = SCREENS / f"{name}.png"
        try:
            page.screenshot(path=path, full_page=full)
        except Error:  # a headless browser that lacks a turn says "unable to capture": once more
            page.screenshot(path=path, full_page=full)
        return path

    return keep


@pytest.fixture
def stage(
    region: Region,
    browser: Browser,
    screen: Callable[[Page, str], Path],
    request: pytest.FixtureRequest,
) -> Iterator[Stage]:
    """Everybody who takes part in one journey; any fault their pages showed fails it at the end."""
    act = request.node.name.removeprefix("test_")
    made = Stage(region, browser, screen, act)
    yield made
    made.close()
    assert not made.faults, "\n".join(made.faults)
