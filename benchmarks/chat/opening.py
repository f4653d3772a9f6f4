"""How long a talk of ten thousand messages takes to show in a real browser."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings

from benchmarks.chat.world import Pair, long_talk
from benchmarks.stand import ground
from priyom.accounts.models import Account
from priyom.testing.browser import BrowserMissing
from priyom.testing.doors import enter
from priyom.testing.pages import desktop, launch
from priyom.testing.ports import free_port

MESSAGES = 10_000
SHOWN = """(last) => new Promise((done) => {
    const look = () => {
        const found = document.querySelector(`.thread [data-seq="${last}"]`);
        const box = found?.getBoundingClientRect();
        if (box && box.height > 0 && box.top >= 0 && box.bottom <= innerHeight) {
            done(performance.now());
        } else {
            requestAnimationFrame(look);
        }
    };
    look();
    setTimeout(() => done(null), 10_000);
})"""
"""Resolves at the first frame with the last message in sight: ms since the navigation began."""


def milliseconds(env: Mapping[str, str], pair: Pair, folder: Path, times: int) -> float | None:
    """Return the median from the click to the last message in sight; None without a browser
    or when it is not shown within ten seconds.

    The first opening is not counted: it fills caches of scripts and of the server.
    """
    long_talk(pair, MESSAGES)
    client = enter(Account.objects.get(pk=pair.doctor.account), "/desk")
    cookie = settings.PORTAL_COOKIES["/desk"]
    with ExitStack() as stack:
        port = free_port()
        url = f"http://localhost:{port}"
        log = folder / "web.log"
        web = [sys.executable, "-m", "uvicorn", "priyom.asgi:application", "--port", str(port)]
        child = ground.start(
            [*web, "--log-level", "warning"],
            dict(os.environ) | env | {"PRIYOM_PUBLIC_URL": url},
            log,
        )
        stack.callback(ground.stop, child)
        ground.wait(child, port, log, "/healthz")
        try:
            browser = stack.enter_context(launch())
        except BrowserMissing:
            return None
        context = stack.enter_context(desktop(browser))
        context.add_cookies([{"name": cookie, "value": client.cookies[cookie].value, "url": url}])
        page = context.new_page()
        took = []
        for _ in range(times + 1):
            page.goto(f"{url}/desk/consultations/{pair.consultation}/", wait_until="commit")
            took.append(page.evaluate(SHOWN, MESSAGES))
            if took[-1] is None:
                return None
        shown = [float(one) for one in took[1:] if one is not None]
        return statistics.median(shown) if shown else None
