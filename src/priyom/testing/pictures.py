"""The pictures of the README, made anew: `python -m priyom.testing.pictures [address]`.

Starts the demo region (or takes the one at the address), walks it as its people do, saves
docs/pictures/{patient,registrar,doctor}.png: light, one pixel a pixel, few colours.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from priyom.cli.places import ROOT
from priyom.demo.staff import PASSWORD
from priyom.testing.pages import desktop, launch, through_esia
from priyom.testing.region import started

FOLDER = ROOT / "docs" / "pictures"
HEAVIEST = 150 * 1024
"""Bytes a picture may have."""
COLOURS = (256, 192, 128, 96, 64)
STILL_MS = 700
"""A moment for the chat's line and the letters' typeface."""


@contextmanager
def _region(address: str) -> Iterator[str]:
    if address:
        yield address.rstrip("/")
        return
    with started() as region:
        yield region.url


def _keep(page: Page, name: str) -> Path:
    """Save what is in sight with as many colours as the weight allows; returns the file."""
    page.evaluate("() => document.activeElement?.blur()")
    page.wait_for_timeout(STILL_MS)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / f"{name}.png"
    for colours in COLOURS:
        few = picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        if path.stat().st_size <= HEAVIEST:
            return path
    raise SystemExit(f"{path.name} stays heavier than {HEAVIEST} bytes.")


def _staff(browser: Browser, url: str, login: str) -> Page:
    page = desktop(browser).new_page()
    page.goto(f"{url}/desk/sign-in/")
    page.get_by_label("Логин").fill(login)
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти", exact=True).click()
    page.wait_for_url("**/desk/**")
    return page


def patient(browser: Browser, url: str) -> Path:
    """A mother's home on a phone: the child's consultation now, a request on its way."""
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, locale="ru-RU", timezone_id="Europe/Moscow"
    )
    page = context.new_page()
    page.goto(f"{url}/my/")
    through_esia(page, url, "Петрова Ольга")
    return _keep(page, "patient")


def registrar(browser: Browser, url: str) -> Path:
    """A request taken, its card found, a time chosen and held."""
    page = _staff(browser, url, "kovaleva")
    page.goto(f"{url}/desk/journal/?only=new")
    page.locator("#journal-list .row", has_text="терапевт").first.click()
    page.get_by_role("button", name="Взять в работу").click()
    page.locator("#found [data-row]").first.check()
    slots = page.locator("#book label.slot:has(input:enabled)")
    fitting = page.locator("#book label.slot.fits:has(input:enabled)")
    (fitting if fitting.count() else slots).nth(1).click()
    page.locator("#plan", has_text="место держим").wait_for()
    return _keep(page, "registrar")


def doctor(browser: Browser, url: str) -> Path:
    """A live consultation: the day, the talk, the conclusion being written."""
    page = _staff(browser, url, "sokolova")
    page.locator(".rows a", has_text="Иванова А. С.").first.click()
    page.locator("ol.thread[data-line=up]").wait_for()
    return _keep(page, "doctor")


def main() -> None:
    """Make all three and say how heavy they are."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    address = sys.argv[1] if len(sys.argv) > 1 else ""
    with _region(address) as url, launch() as browser:
        for make in (patient, registrar, doctor):
            made = make(browser, url)
            print(f"{made.relative_to(ROOT)}  {made.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
