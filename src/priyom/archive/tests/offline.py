"""An archive's own checker, run as its owner would: apart from this house."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def checked(place: Path) -> tuple[int, str]:
    """Return the exit code and the words of the checker that lies in an unpacked archive."""
    done = subprocess.run(
        [sys.executable, "-I", str(place / "proverka.py")],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONIOENCODING": "utf-8"},
    )
    return done.returncode, done.stdout + done.stderr
