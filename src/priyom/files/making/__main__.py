"""The child: `python -m priyom.files.making <media type> <source> <folder>`, one line of JSON out.

It gets no database, no secret and no way to more memory or time; hostile content can break only
this process. Knows no Django.
"""

from __future__ import annotations

import ctypes
import json
import resource
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from priyom.files.making import film, paper, scan, sound
from priyom.files.making.outcome import Outcome, Unmakeable

MEMORY = 3 << 30
"""Bytes of address space: a 1080p film of H.264 takes about 0.7 GB of it."""
OUTPUT = 600 << 20


def make(media_type: str, source: Path, folder: Path) -> Outcome:
    """Make what other devices need of a file of that type; Unmakeable when it cannot be read."""
    kind = media_type.partition("/")[0]
    if kind == "audio":
        return sound.make(media_type, source, folder)
    if kind == "video":
        return film.make(source, folder)
    if media_type == "application/pdf":
        return paper.make(source, folder)
    if media_type == "application/dicom":
        return scan.make(source, folder)
    return Outcome()


def confine(seconds: int) -> None:
    """Take away: memory, processor time, big files, core dumps, life after the parent (Linux)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        parent_death = 1
        ctypes.CDLL(None).prctl(parent_death, signal.SIGKILL)


def main(arguments: list[str]) -> int:
    """Run the command line: 0 and JSON, or 3 and the reason's short name."""
    media_type, source, folder, seconds = arguments
    confine(int(seconds))
    try:
        made = make(media_type, Path(source), Path(folder))
    except Unmakeable as reason:
        print(json.dumps({"fault": str(reason)}))
        return 3
    print(json.dumps(asdict(made)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
