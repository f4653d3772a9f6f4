"""Scripts of the pages: their JSDoc types hold (tsc), and nothing comes from another host."""

from __future__ import annotations

import re
import subprocess

from priyom.testing import browser, house


def test_types_of_the_scripts_hold() -> None:
    compiler = browser.node_modules() / "typescript" / "bin" / "tsc"
    done = subprocess.run(
        [browser.node(), compiler, "--project", house.ROOT, "--pretty", "false"],
        cwd=house.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, "\n" + done.stdout + done.stderr


def test_pages_load_nothing_from_elsewhere() -> None:
    loads = re.compile(
        r"(?:src|href|import|url)\s*[=(]?\s*[\"'(]\s*(?:https?:)?//(?!localhost)", re.I
    )
    links = re.compile(r"<a\b[^>]*>", re.I | re.S)
    house.require_none(
        f"{house.where(path)} {found.group()}"
        for path in house.files(".html", ".css", ".js", under=house.SOURCE)
        for found in loads.finditer(links.sub("", house.text(path)))
    )
