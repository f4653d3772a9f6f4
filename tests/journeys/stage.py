"""The stage of a journey: who enters where, what every page is looked at for, what was sent."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from priyom.demo.staff import PASSWORD
from priyom.testing.pages import axe, axe_all_looks, desktop, phone, through_esia
from priyom.testing.region import Region

LETTER_SECONDS = 20.0
"""How long a letter may take through worker and SMTP."""
EXPECTED = (400, 403, 404, 409, 410, 422)
"""Answers that a step may provoke on purpose; anything worse is a fault of the page."""


@dataclass
class Stage:
    """One region, one browser, the people in it, and everything that went wrong so far."""

    region: Region
    browser: Browser
    keep: Callable[..., Path]
    journey: str
    faults: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    number: int = 0

    def patient(self, family: str, at: str = "/my/", *, scripts: bool = True) -> Page:
        """Return the page of somebody who came in on a phone through the ЕСИА simulator."""
        page = self.page(phone(self.browser, scripts=scripts))
        page.goto(self.url(f"/my/sign-in/?next={quote(at)}"))
        self.through_esia(page, family)
        return page

    def through_esia(self, page: Page, family: str) -> None:
        """Press the button on the sign-in page, choose the person, agree, come back."""
        through_esia(page, self.region.url, family)

    def visitor(self, *, scripts: bool = True) -> Page:
        """Return a page on a phone where nobody has signed in."""
        return self.page(phone(self.browser, scripts=scripts))

    def staff(self, login: str, *, scripts: bool = True) -> Page:
        """Return the page of a member of staff at a desk, signed in by login and password."""
        page = self.page(desktop(self.browser, scripts=scripts))
        page.goto(self.url("/desk/sign-in/"))
        page.get_by_label("Логин").fill(login)
        page.get_by_label("Пароль").fill(PASSWORD)
        page.get_by_role("button", name="Войти", exact=True).click()
        page.wait_for_url("**/desk/**")
        return page

    def url(self, path: str) -> str:
        """Return the whole address of a path of the portals."""
        return self.region.url + path

    def look(self, page: Page, name: str, *, full: bool = True, quick: bool = False) -> None:
        """Keep a picture of the page and note what axe finds in every look (`quick`: in one)."""
        self.number += 1
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.keep(page, f"{self.journey}-{self.number:02}-{name}", full=full)
        found = {"light": axe(page)} if quick else axe_all_looks(page)
        for look, violations in found.items():
            for one in violations:
                where = "; ".join(one.where[:3])
                self.faults.append(f"{name}, {look}: {one.rule} ({one.help}) at {where}")

    def letters(self, to: str) -> list[dict[str, Any]]:
        """Return the letters in the demo's mailbox to an address, newest first."""
        url = f"{self.region.mailbox_url}/api/messages?to={quote(to)}"
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            found: list[dict[str, Any]] = json.load(answer)["messages"]
        return found

    def letter(self, to: str, words: str) -> dict[str, Any]:
        """Return the newest letter to somebody with these words in it; wait for it to come."""
        until = time.monotonic() + LETTER_SECONDS
        while time.monotonic() < until:
            for one in self.letters(to):
                if words in one["subject"] or words in one["text"]:
                    return one
            time.sleep(0.1)  # the mailbox has no push: this is the wait for its condition
        subjects = [one["subject"] for one in self.letters(to)]
        raise AssertionError(f"No letter «{words}» to {to}; there are: {subjects}")

    def close(self) -> None:
        """End every person's browser: a forgotten camera stalls the fake one of everybody."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def page(self, context: BrowserContext) -> Page:
        """Return a page of this browser, watched for faults."""
        self.contexts.append(context)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: script: {error}"))
        page.on("console", lambda said: self._said(page, said))
        page.on("response", self._answered)
        return page

    def _said(self, page: Page, said: ConsoleMessage) -> None:
        is_about_network = said.text.startswith(("Failed to load resource", "WebSocket connection"))
        if said.type == "error" and not is_about_network:
            self.faults.append(f"{page.url}: console: {said.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in EXPECTED:
            self.faults.append(f"{response.status} {response.request.method} {response.url}")
