"""Which way the frames of a page take, tried by fast-check on the page's own module."""

from __future__ import annotations

import subprocess
from pathlib import Path

from priyom.testing import browser

MODEL = Path(__file__).with_name("ways.test.mjs")


def test_websocket_is_back_soon_and_never_flaps() -> None:
    browser.node_modules()
    done = subprocess.run(
        [browser.node(), "--test", MODEL], capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stdout + done.stderr
