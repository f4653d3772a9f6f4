"""Анна on her phone and Борис at his desk in one talk."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, expect

from priyom.chat.tests.live import House
from priyom.consultations.actions import attach, join
from priyom.consultations.log import Item, Verdict, append
from priyom.consultations.models import Consultation
from priyom.files.actions import derive, receive
from priyom.files.models import Derivation
from priyom.kernel import clock
from priyom.testing import builders
from priyom.testing.apart import apart
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

    def send(self, kind: str, *bodies: bytes) -> None:
        """Anna sends files in one message, past the browser."""

        def act() -> None:
            anna = self.cast.anna
            sent = []
            for number, body in enumerate(bodies):
                blob, name = receive(io.BytesIO(body), f"{kind} {number + 1}.x")
                sent.append(attach(anna.actor, self.row.pk, blob, name).pk)
            item = Item(self.row.pk, anna.account.pk, str(uuid4()), kind, "", None, tuple(sent))
            with connection.cursor() as cursor:
                assert append(cursor, [item], "test")[0].verdict is Verdict.STORED

        apart(act)

    def derive_all(self) -> int:
        """Let the job make what it makes of every file; return of how many."""

        def act() -> int:
            waiting = list(Derivation.objects.filter(done_at=None).values_list("pk", flat=True))
            for key in waiting:
                derive(key)
            assert not Derivation.objects.filter(done_at=None).exists()
            return len(waiting)

        return apart(act)

    def _open(self, context: BrowserContext, portal: str, scripts: bool) -> Page:
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(f"{self.servers.url}/{portal}/consultations/{self.row.pk}/")
        if scripts:
            expect(page.locator("ol.thread")).to_have_attribute("data-line", "up", timeout=15_000)
        return page


@contextmanager
def talk(browser: Browser, servers: House) -> Iterator[Talk]:
    """Yield a talk; a page whose script threw fails the test at the end."""
    made = Talk(browser, servers)
    try:
        yield made
    finally:
        for context in made.contexts:
            context.close()  # a forgotten camera stalls the fake one of everybody
    assert not made.faults, made.faults
