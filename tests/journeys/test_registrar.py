"""A registrar books by the keyboard alone; the actions are counted, the time never is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.stage import Stage
from tests.journeys.times import connect

pytestmark = pytest.mark.journeys

MOST = 8
"""Actions for a known patient (the design's goal)."""
_ASKED = """
SELECT r.id, p.family || ' ' || p.given
FROM intake_request r JOIN patients_patient p ON p.id = r.patient_id
JOIN clinics_organisation o ON o.id = r.organisation_id
WHERE r.state = 'new' AND r.call_back_at IS NULL AND r.urgency = 'planned' AND r.email <> ''
    AND o.short_name LIKE '%%38' AND NOT p.is_temporary AND p.died_on IS NULL
    AND EXISTS (SELECT FROM schedule_slot s WHERE s.speciality_id = r.speciality_id
        AND s.organisation_id = r.organisation_id AND s.state = 'free' AND s.starts_at > now())
ORDER BY r.asked_at LIMIT 1
"""
_KNOWN = """
SELECT p.family || ' ' || p.given || ' ' || p.patronymic, to_char(p.birth_on, 'DD.MM.YYYY')
FROM patients_patient p
WHERE p.birth_on < now() - interval '30 years' AND NOT p.is_temporary AND p.died_on IS NULL
    AND p.merged_into_id IS NULL AND p.patronymic <> '' AND NOT EXISTS (
        SELECT FROM patients_patient o WHERE o.id <> p.id AND o.family_key = p.family_key
            AND o.birth_on = p.birth_on)
ORDER BY p.made_at, p.id LIMIT 1
"""
_STATE = "SELECT state, taken_by_name FROM intake_request WHERE id = %s"


class Hands:
    """Two hands on a keyboard: each key, and each word typed into a field, is one action."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions: list[str] = []

    def press(self, key: str) -> None:
        """Press a key or a chord."""
        self.actions.append(key)
        self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        """Type into the field that has the focus."""
        self.actions.append(f"«{words}»")
        self.page.keyboard.type(words)


@contextmanager
def keyboard_only(page: Page) -> Iterator[Hands]:
    """Yield hands; a click of a pointer within the block fails the test."""
    page.evaluate(
        "() => { window.pointed = 0; addEventListener('pointerdown', (e) => {"
        " if (e.isTrusted && e.pointerType) window.pointed += 1; }, true); }"
    )
    yield Hands(page)
    assert not page.evaluate("() => window.pointed ?? 0")


def test_a_request_of_a_known_patient_is_booked_by_keys(stage: Stage) -> None:
    page = stage.staff("kovaleva")
    request, name = _request_of_a_known_patient(stage)
    page.goto(stage.url("/desk/journal/"))
    with keyboard_only(page) as hands:
        number = _number(stage, request)
        hands.press("/")
        hands.type(number)
        expect(page.locator("#journal-list a.row")).to_have_count(1)
        hands.press("ArrowDown")
        hands.press("Enter")
        page.wait_for_url(re.compile(f"/desk/requests/{request}/"))
        hands.press("Control+Enter")
        expect(page.get_by_role("heading", name="Пациент в индексе")).to_be_visible()
        expect(page.locator("#plan-who")).to_contain_text(name)
        hands.press("f")
        expect(page.locator("#plan")).to_contain_text("место держим")
        stage.look(page, "keys-ready", quick=True)
        hands.press("Control+Enter")
        expect(page.get_by_role("region", name="Записано")).to_contain_text(name.split()[0])
    assert len(hands.actions) <= MOST, hands.actions
    assert _state(stage, request) == "scheduled"


def test_the_next_request_is_booked_in_three_actions(stage: Stage) -> None:
    page = stage.staff("kovaleva")
    request, _ = _request_of_a_known_patient(stage)
    _alone(stage, request)
    page.goto(stage.url("/desk/journal/"))
    with keyboard_only(page) as hands:
        hands.press("n")
        page.wait_for_url(re.compile(f"/desk/requests/{request}/"))
        expect(page.get_by_role("heading", name="Пациент в индексе")).to_be_visible()
        hands.press("f")
        expect(page.locator("#plan")).to_contain_text("место держим")
        hands.press("Control+Enter")
        expect(page.get_by_role("region", name="Записано")).to_be_visible()
    assert len(hands.actions) == 3, hands.actions


def test_a_caller_whom_the_index_knows_is_booked_by_keys(stage: Stage) -> None:
    page = stage.staff("smirnova")
    with connect(stage.region) as base:
        found = base.execute(_KNOWN).fetchone()
    assert found is not None
    name, born = found
    page.goto(stage.url("/desk/journal/"))
    with keyboard_only(page) as hands:
        hands.press("z")
        expect(page.get_by_role("heading", name="Звонок")).to_be_visible()
        hands.press("Escape")
        hands.press("y")
        hands.press("b")
        hands.type("Кашель третью неделю")
        hands.press("Escape")
        hands.press("k")
        for _ in range(_place(page, "Терапевт, любой")):
            hands.press("ArrowDown")
        hands.press("Escape")
        hands.press("/")
        hands.type(f"{name} {born}")
        expect(page.locator("#found[data-outcome=one]")).to_be_visible()
        hands.press("ArrowDown")
        hands.press("Space")
        expect(page.locator("#plan-who")).to_contain_text(name)
        expect(page.locator("#found")).to_contain_text(re.compile(r"совпало \d из \d"))
        hands.press("t")
        hands.type("921 555-10-20")
        hands.press("Escape")
        hands.press("x")
        hands.press("g")
        hands.press("f")
        expect(page.locator("#plan")).to_contain_text("место держим")
        stage.look(page, "call-ready", quick=True)
        hands.press("Control+Enter")
        expect(page.get_by_role("region", name="Записано")).to_contain_text(name.split()[0])


def _place(page: Page, label: str) -> int:
    """Return how far down the list of doctors the words stand."""
    return page.locator("#whom option").all_inner_texts().index(label)


def _request_of_a_known_patient(stage: Stage) -> tuple[UUID, str]:
    with connect(stage.region) as base:
        found = base.execute(_ASKED).fetchone()
    assert found is not None, "the demo has no new request of a known patient"
    return found[0], found[1]


def _alone(stage: Stage, request: UUID) -> None:
    """Let all other new requests of the place be called back tomorrow, so that this is next."""
    with connect(stage.region) as base:
        base.execute(
            "UPDATE intake_request SET call_back_at = now() + interval '1 day', "
            "last_contact = 'call_back' WHERE state = 'new' AND id <> %s",
            (request,),
        )


def _number(stage: Stage, request: UUID) -> str:
    with connect(stage.region) as base:
        row = base.execute("SELECT number FROM intake_request WHERE id = %s", (request,)).fetchone()
    assert row is not None
    return str(row[0])


def _state(stage: Stage, request: UUID) -> str:
    with connect(stage.region) as base:
        row = base.execute(_STATE, (request,)).fetchone()
    assert row is not None
    return str(row[0])
