"""How every benchmark begins and ends: errors in one sentence, one last line, the same as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from benchmarks.stand import ground
from priyom.cli import console
from priyom.cli.failure import Stop


def start(main: Callable[[list[str]], int]) -> None:
    """Run a benchmark with the words of the command line, and end the process."""
    ground.HOME.mkdir(parents=True, exist_ok=True)
    with suppress(BrokenPipeError):
        try:
            sys.exit(main(sys.argv[1:]))
        except Stop as trouble:
            sys.exit(f"priyom: {trouble}")


def finish(name: str, line: Mapping[str, Any], more: Mapping[str, Any]) -> None:
    """Print the last line «name: key=value …»; keep it with `more` as var/bench/<name>.json."""
    console.say()
    console.say(f"{name}: " + " ".join(f"{key}={short(value)}" for key, value in line.items()))
    text = json.dumps({**line, **more}, ensure_ascii=False, indent=1)
    (ground.HOME / f"{name}.json").write_text(text)


def short(value: Any) -> str:
    """Return a figure with four digits, a word as it is."""
    return value if isinstance(value, str) else f"{value:.4g}"
