"""Анна on her phone and Борис at his desk in one talk, with the files' origin beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from playwright.sync_api import Browser, BrowserContext, Page, expect

from priyom.chat.tests.live import House, apart, house
from priyom.consultations.actions import join
from priyom.consultations.models import Consultation
from priyom.consultations.tests.origin import started
from priyom.kernel import clock
from priyom.testing import builders
from priyom.testing.cast import Cast, gather
from priyom.testing.pages import desktop, phone


class Talk:
    """The running house and who is in it; pages are opened by `as_anna`, `as_boris`."""

    def __init__(self, browser: Browser, servers: House) -> None:
        self.browser, self.servers = browser, servers
        self.cast: Cast = apart(gather)
        self.row: Consultation = apart(self._book)
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def _book(self) -> Consultation:
        soon = builders.slots(self.cast.boris.doctor, begins=clock.now() + timedelta(minutes=5))
        made = self.cast.consultation(at=soon[0])
        join(self.cast.anna.actor, made.pk)
        return made

    def as_anna(self, *, scripts: bool = True) -> Page:
        """Open the talk on the patient's phone."""
        context = phone(self.browser, scripts=scripts)
        self.servers.sign_in(context, self.cast.anna.account, "/my")
        return self._open(context, "my", scripts)

    def as_boris(self) -> Page:
        """Open the talk at the doctor's desk."""
        context = desktop(self.browser)
        self.servers.sign_in(context, self.cast.boris.account, "/desk")
        return self._open(context, "desk", True)

    def _open(self, context: BrowserContext, portal: str, scripts: bool) -> Page:
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(f"{self.servers.url}/{portal}/consultations/{self.row.pk}/")
        if scripts:
            expect(page.locator("ol.thread")).to_have_attribute("data-line", "up", timeout=15_000)
        return page


@contextmanager
def talk(browser: Browser) -> Iterator[Talk]:
    """Yield a talk; a page whose script threw fails the test at the end."""
    with started() as origin:
        before = os.environ.get("PRIYOM_FILES_URL")
        os.environ["PRIYOM_FILES_URL"] = origin
        try:
            with house() as servers:
                made = Talk(browser, servers)
                yield made
                for context in made.contexts:
                    context.close()  # a forgotten camera stalls the fake one of everybody
                assert not made.faults, made.faults
        finally:
            if before is None:
                del os.environ["PRIYOM_FILES_URL"]
            else:
                os.environ["PRIYOM_FILES_URL"] = before
