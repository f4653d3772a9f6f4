"""What the page shows and asks for, tried by fast-check on the page's own module."""

from __future__ import annotations

import subprocess
from pathlib import Path

from priyom.testing import browser

MODEL = Path(__file__).with_name("sequence.test.mjs")


def test_no_interleaving_loses_doubles_or_disorders() -> None:
    browser.node_modules()
    done = subprocess.run(
        [browser.node(), "--test", MODEL], capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stdout + done.stderr
