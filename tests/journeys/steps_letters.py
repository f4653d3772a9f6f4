"""What the letters say and, more important, what they do not."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.stage import Stage

MEDICAL = re.compile(
    r"кашель|температур|слабост|парацетамол|жалоб|диагноз|лечени|анализ|терапевт|педиатр|болезн"
    r"|J\d\d|симптом|заболев",
    re.IGNORECASE,
)
LINK = re.compile(r"https?://\S+/consultations/[0-9a-f-]{36}/")


def check(letter: dict[str, Any], *, at: str, portal: str) -> str:
    """Check an invitation; return the link in it. `portal` is "my" or "desk"."""
    text: str = letter["text"]
    assert at in text, text
    assert "(МСК)" in text, text
    for part in (letter["subject"], text, letter["html"]):
        assert not MEDICAL.search(part), MEDICAL.findall(part)
    (link,) = {str(one) for one in LINK.findall(text)}
    assert f"/{portal}/" in link
    assert link in letter["html"]
    calendars = [one for one in letter["attachments"] if one["type"] == "text/calendar"]
    assert [one["name"].endswith(".ics") for one in calendars] == [True], letter["attachments"]
    return link


def read(stage: Stage, page: Page, to: str, subject: str) -> None:
    """Open the letter on the demo's mailbox page, as people do who try the demo."""
    page.goto(f"{stage.region.mailbox_url}/?to={to}")
    stage.look(page, "mailbox", quick=True)
    page.get_by_role("link", name=re.compile(re.escape(subject))).first.click()
    expect(page.locator("iframe[title='Письмо']")).to_be_visible()
    stage.look(page, "letter", quick=True)
