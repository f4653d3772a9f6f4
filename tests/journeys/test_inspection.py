"""Somebody holds a paper of the region: sends its file, on a phone and at a desk, and reads."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from priyom.files import store
from priyom.testing.pages import desktop
from tests.journeys.stage import Stage
from tests.journeys.steps_paper import SOON, sent
from tests.journeys.times import connect

pytestmark = pytest.mark.journeys

_PAPER = """
SELECT signed_pdf_id, check_code FROM conclusions_conclusion WHERE state = 'signed'
ORDER BY signed_at LIMIT 1
"""


def _paper(stage: Stage) -> tuple[bytes, str]:
    with connect(stage.region) as base:
        found = base.execute(_PAPER).fetchone()
    assert found is not None, "the demo has signed papers"
    return store.path(stage.region.var / "files", found[0]).read_bytes(), found[1]


def test_a_stranger_sends_a_paper_to_be_checked(stage: Stage) -> None:
    pdf, code = _paper(stage)
    visitor = stage.visitor()
    sent(stage, visitor, pdf)
    expect(visitor.get_by_text("Документ подлинный")).to_be_visible(timeout=SOON)
    stage.look(visitor, "genuine")
    visitor.goto(stage.url(f"/check/{code}/"))
    stage.look(visitor, "by-code", quick=True)
    at_desk = stage.page(desktop(stage.browser))
    sent(stage, at_desk, pdf + b"\0")
    expect(at_desk.get_by_text("К документу что-то дописали")).to_be_visible(timeout=SOON)
    stage.look(at_desk, "longer", quick=True)
    sent(stage, at_desk, b"")
    expect(at_desk.get_by_role("alert").get_by_text("Файл пустой")).to_be_visible()
    stage.look(at_desk, "empty", quick=True)


def test_without_script_the_answer_comes_by_itself(stage: Stage) -> None:
    pdf, _ = _paper(stage)
    visitor = stage.visitor(scripts=False)
    sent(stage, visitor, pdf)
    visitor.wait_for_url(re.compile("/check/file/"))
    expect(visitor.get_by_text("Документ подлинный")).to_be_visible(timeout=SOON)
