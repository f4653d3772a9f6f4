"""The whole process, walked by three people in three browsers against `./priyom up`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from priyom.testing.region import Region
from tests.journeys import steps_request
from tests.journeys.stage import Stage

pytestmark = pytest.mark.journeys


@pytest.fixture
def stage(
    region: Region, browser: Browser, screen: Callable[[Page, str], Path]
) -> Iterator[Stage]:
    made = Stage(region, browser, screen)
    yield made
    made.close()
    assert not made.faults, "\n".join(made.faults)


def test_from_request_to_conclusion(stage: Stage) -> None:
    anna = stage.patient("Ли Вэй")
    stage.look(anna, "home-empty")
    address = steps_request.ask(stage, anna)
    stage.look(anna, "request")
    anna.goto(stage.url("/my/"))
    expect(anna.locator("[data-request]")).to_contain_text("Заявка к терапевту")
    stage.look(anna, "home-asked")
    assert address
