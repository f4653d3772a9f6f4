"""Pages as people see them: a phone, a desktop, and axe-core over every look.

Playwright's sync API and a running event loop exclude each other: journeys stay sync.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from priyom.testing import browser as chromium

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
)
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


@contextmanager
def launch(*extra: str) -> Iterator[Browser]:
    """Yield a headless Chromium with a fake camera and microphone; `extra` are more flags."""
    executable = chromium.install()
    # Playwright's bundled Node wants libatomic, which a bare machine lacks.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(chromium.node()))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=[*FLAGS, *extra],
            env=chromium.environment(executable),
        )
        try:
            yield browser
        finally:
            browser.close()


def phone(browser: Browser, *, scripts: bool = True) -> BrowserContext:
    """Return a new person on a phone, 390×844, touch; `scripts=False` turns JavaScript off."""
    return browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="ru-RU",
        timezone_id="Europe/Moscow",
        java_script_enabled=scripts,
    )


def desktop(browser: Browser, *, scripts: bool = True) -> BrowserContext:
    """Return a new person at a desk, 1440×900; `scripts=False` turns JavaScript off."""
    return browser.new_context(
        viewport={"width": 1440, "height": 900},
        locale="ru-RU",
        timezone_id="Europe/Moscow",
        java_script_enabled=scripts,
    )


@dataclass(frozen=True)
class Violation:
    """One broken rule of accessibility: axe's rule, how bad, and where."""

    rule: str
    impact: str
    help: str
    where: tuple[str, ...]


@cache
def _axe_source() -> str:
    return (chromium.node_modules() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


_AXE = """async (tags) => {
    const run = (where, runOnly) => window.axe.run(where, { runOnly, resultTypes: ["violations"] });
    // A target half under a sticky head is small only until one scrolls: it is judged in the open.
    const isSmallInTheOpen = async (node) => {
        const target = document.querySelector(node.target.flat().join(" "));
        if (!target) return true;
        const moved = [];
        for (let one = target.parentElement; one; one = one.parentElement)
            moved.push([one, one.scrollTop]);
        target.scrollIntoView({ block: "center", behavior: "instant" });
        const again = await run(target, { type: "rule", values: ["target-size"] });
        for (const [one, top] of moved) one.scrollTop = top;
        return again.violations.length > 0;
    };
    const { violations } = await run(document, { type: "tag", values: tags });
    const kept = [];
    for (const v of violations) {
        const nodes = [];
        for (const node of v.nodes)
            if (v.id !== "target-size" || await isSmallInTheOpen(node)) nodes.push(node);
        const where = nodes.map((n) => n.target.flat().join(" ") + ": " + n.failureSummary);
        if (where.length) kept.push([v.id, v.impact || "", v.help, where]);
    }
    return kept;
}"""


def axe(page: Page) -> list[Violation]:
    """Return what axe-core finds against WCAG 2.2 AA on the page as it stands."""
    # Colours of a look that was just chosen are there only after the next picture.
    page.evaluate(
        """async () => {
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            const moves = document.getAnimations().filter((one) => one instanceof CSSTransition);
            await Promise.allSettled(moves.map((one) => one.finished));
        }"""
    )
    # Evaluated, not added as a script: the pages' own policy refuses foreign scripts.
    page.evaluate(f"() => {{ if (!window.axe) {{ {_axe_source()} }} }}")
    found = page.evaluate(_AXE, list(WCAG))
    return [Violation(rule, impact, text, tuple(where)) for rule, impact, text, where in found]


def _reflow(page: Page) -> list[Violation]:
    wide = page.evaluate(
        "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
    )
    if wide <= 1:
        return []
    return [Violation("reflow", "serious", f"The page is {wide} px too wide.", ("html",))]


@contextmanager
def _zoomed(page: Page) -> Iterator[None]:
    """Show the page at 200 %: half the width at a desk, twice the letters on a phone."""
    size = page.viewport_size
    assert size is not None, "pages of these helpers have a fixed size"
    if size["width"] >= 640:
        page.set_viewport_size({"width": size["width"] // 2, "height": size["height"] // 2})
        yield
        page.set_viewport_size(size)
    else:
        page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        yield
        page.evaluate("() => { document.documentElement.style.fontSize = '' }")


def axe_all_looks(page: Page) -> dict[str, list[Violation]]:
    """Return the violations of each look that has any: light, dark, high contrast, 200 % zoom.

    An empty dict is a page that everybody can read. The page is left light.
    """
    found: dict[str, list[Violation]] = {}
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found["light"] = axe(page) + _reflow(page)
    with _zoomed(page):
        found["zoom"] = axe(page) + _reflow(page)
    page.emulate_media(color_scheme="dark")
    found["dark"] = axe(page)
    page.emulate_media(color_scheme="light")
    before = page.evaluate("() => document.documentElement.dataset.vision ?? null")
    page.evaluate("() => { document.documentElement.dataset.vision = 'high' }")
    found["high contrast"] = axe(page) + _reflow(page)
    page.evaluate(
        """(look) => {
            if (look === null) delete document.documentElement.dataset.vision;
            else document.documentElement.dataset.vision = look;
        }""",
        before,
    )
    return {look: list_ for look, list_ in found.items() if list_}


def through_esia(page: Page, home: str, person: str) -> None:
    """From a portal's sign-in page through the ЕСИА simulator: choose the person, agree if asked.

    `home` is the portal's address, where the page stands afterwards.
    """
    page.get_by_role("button", name="Войти через Госуслуги").click()
    page.locator("button[name=oid]", has_text=person).click()
    agree = page.get_by_role("button", name="Разрешить")
    page.wait_for_url(lambda url: url.startswith(home) or url.endswith("/consent"))
    if not page.url.startswith(home):
        agree.click()
    page.wait_for_url(f"{home}/**")
