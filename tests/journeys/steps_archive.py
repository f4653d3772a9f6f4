"""A closed talk is taken along: asked for, built by the worker, downloaded, checked without us."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from priyom.archive.tests.offline import checked as proven
from tests.journeys.stage import Stage

BUILT = 60_000


def opened(stage: Stage, page: Page) -> None:
    """From home to the closed talk, and from there to its archive."""
    past = page.get_by_role("region", name="Прошлые консультации")
    past.get_by_role("listitem").filter(has_text="заключение подписано").get_by_role(
        "link"
    ).first.click()
    page.get_by_role("link", name="Скачать переписку").click()
    expect(page.get_by_role("heading", name="Архив консультации")).to_be_visible()
    stage.look(page, "archive")


def built(page: Page, kind: str, button: str) -> Path:
    """Ask for it, leave the page alone until the worker has it, and download it."""
    part = page.get_by_role("region", name=kind)
    part.get_by_role("button", name=button).click()
    ready = part.get_by_role("link", name=re.compile("^Скачать, "))
    # The worker may be quicker than the page; while it is not, the page says how far it is.
    expect(part.get_by_role("progressbar", name=f"{kind}: собираем").or_(ready)).to_be_visible()
    expect(ready).to_be_visible(timeout=BUILT)
    with page.expect_download() as got:
        ready.click()
    return Path(got.value.path())


def checked(archive: Path, folder: Path) -> None:
    """The checker inside says that all is whole, and what is not once a file was changed."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    code, words = proven(folder)
    assert code == 0, words
    assert "Всё сошлось" in words
    assert (folder / "rasshifrovka.pdf").read_bytes().startswith(b"%PDF-")
    (paper,) = folder.glob("zaklyucheniya/*.pdf")
    paper.write_bytes(paper.read_bytes() + b"\0")
    code, words = proven(folder)
    assert code == 1
    assert paper.name in words
