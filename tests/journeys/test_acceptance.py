"""The whole process, walked by three people in three browsers against `./priyom up`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from priyom.testing.region import Region
from tests.journeys import steps_registry, steps_request
from tests.journeys.stage import Stage
from tests.journeys.times import near_time

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
    patient = stage.patient("Ли Вэй")
    stage.look(patient, "home-empty")
    steps_request.ask(stage, patient)
    stage.look(patient, "request")
    patient.goto(stage.url("/my/"))
    expect(patient.locator("[data-request]").first).to_contain_text("Заявка к терапевту")
    stage.look(patient, "home-asked")

    time = near_time(stage.region, "sokolova", "orlov")
    registrar, colleague = stage.staff("kovaleva"), stage.staff("smirnova")
    stage.look(registrar, "journal")
    address = steps_registry.take(stage, registrar, "Ли В")
    steps_registry.sees_it_taken(stage, colleague, address, "Ковалёва В. О.")
    steps_registry.find_card(stage, registrar, name="Ли Вэй", born="12.07.1997")
    booked = steps_registry.book(stage, registrar, doctor=time.doctor, at=time.at, name="Ли Вэй")
    assert booked
