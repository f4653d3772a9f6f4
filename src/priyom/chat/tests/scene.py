"""Анна on her phone and Борис at his desk, in real browsers and in one talk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from priyom.chat.tests.live import House
from priyom.consultations.actions import join
from priyom.consultations.models import Consultation, Entry
from priyom.kernel import clock
from priyom.testing import builders
from priyom.testing.apart import apart
from priyom.testing.cast import Cast, gather
from priyom.testing.pages import desktop, phone

Before = Callable[[Cast, Consultation], object]


class Scene:
    """Анна on her phone and Борис at his desk, both in one talk."""

    def __init__(self, browser: Browser, servers: House, before: Before | None = None) -> None:
        """Open both pages; `before` fills the talk."""
        self.servers = servers
        self.cast: Cast = apart(gather)
        self.talk: Consultation = apart(self._book)
        if before is not None:
            apart(lambda: before(self.cast, self.talk))
        self.anna_context = phone(browser)
        self.boris_context = desktop(browser)
        servers.sign_in(self.anna_context, self.cast.anna.account, "/my")
        servers.sign_in(self.boris_context, self.cast.boris.account, "/desk")
        self.anna = self._open(self.anna_context.new_page(), "my")
        self.boris = self._open(self.boris_context.new_page(), "desk")

    def _book(self) -> Consultation:
        soon = builders.slots(self.cast.boris.doctor, begins=clock.now() + timedelta(minutes=5))
        made = self.cast.consultation(at=soon[0])
        join(self.cast.anna.actor, made.pk)
        return made

    def _open(self, page: Page, portal: str) -> Page:
        page.goto(f"{self.servers.url}/{portal}/consultations/{self.talk.pk}/")
        expect(page.locator("ol.thread")).to_have_attribute("data-line", "up")
        return page

    def close(self) -> None:
        """Let both go."""
        self.anna_context.close()
        self.boris_context.close()

    def bodies(self) -> list[str]:
        """Return what stands in the log, in order."""
        return apart(
            lambda: list(
                Entry.objects.filter(consultation=self.talk, kind="message")
                .order_by("seq")
                .values_list("body", flat=True)
            )
        )


@pytest.fixture
def scene(committed_db: None, browser: Browser, servers: House) -> Iterator[Scene]:
    """Both pages open in a talk that nobody has written in."""
    made = Scene(browser, servers)
    yield made
    made.close()


def stand_by(page: Page) -> None:
    """Wait until the portal's worker holds what it needs and serves the page."""
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def write(page: Page, words: str) -> None:
    page.locator("form.composer textarea").fill(words)
    page.locator("[data-composer-send]").click()


def last(page: Page, side: str) -> str:
    """Return the text of the last bubble of a side, spaces joined."""
    return re.sub(r"\s+", " ", page.locator(f".bubble.{side}").last.inner_text())
