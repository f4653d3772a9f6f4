"""Runs the child that makes derived files (`files.making`): limits outside, no secrets inside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from priyom.files import store
from priyom.files.making.outcome import Outcome

SECONDS = {"application": 30, "audio": 300, "video": 1800}
"""How long a file of each kind may take; a quarter of an hour of 720p takes about five minutes."""
_SOURCE = Path(__file__).resolve().parents[2]


class Failed(Exception):
    """The child made nothing; the message is a short code, never content."""


@contextmanager
def made(media_type: str, content: IO[bytes]) -> Iterator[tuple[Outcome, Path]]:
    """Yield what was made of the content, and the folder it lies in until the block ends.

    Raises Failed: the content's fault (its code), "crashed" or "slow".
    """
    with tempfile.TemporaryDirectory(prefix="priyom-making-") as place:
        folder = Path(place)
        source = folder / "source"
        with source.open("wb") as out:
            for piece in store.chunks(content):
                out.write(piece)
        yield _run(media_type, source, folder), folder


def _run(media_type: str, source: Path, folder: Path) -> Outcome:
    seconds = SECONDS[media_type.partition("/")[0]]
    command = [sys.executable, "-m", "priyom.files.making", media_type, str(source), str(folder)]
    try:
        done = subprocess.run(
            [*command, str(seconds)],
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds * 2,  # the limit inside counts the processor, this one the clock
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Failed("slow") from error
    try:
        told = json.loads(done.stdout)
    except ValueError as error:
        raise Failed("crashed") from error
    if done.returncode or "fault" in told:
        raise Failed(str(told.get("fault", "crashed"))[:40])
    return Outcome(**(told | {"peaks": tuple(told["peaks"])}))


def _environment(folder: Path) -> dict[str, str]:
    """Return only what Python needs: whoever breaks the child finds no address and no secret."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(_SOURCE),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
