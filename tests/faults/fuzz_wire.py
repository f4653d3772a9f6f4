"""`python -m tests.faults.fuzz_wire [seconds] [corpus]`: libFuzzer at the parser, by coverage.

Needs atheris, which is no part of the lock: it has wheels for few machines. Install it into the
environment (`.venv/bin/pip install atheris`) and the long form of test_garbage.py runs this too.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from types import FunctionType

import atheris

from priyom.calls import wire as calls
from priyom.chat import wire
from tests.faults import garbage


def main(seconds: int, corpus: Path) -> None:
    """Fuzz for that long; a crash ends the process with its input and code 77."""
    for module in (wire, calls):
        for name, thing in list(vars(module).items()):
            # Without this libFuzzer sees one block and finds nothing.
            if isinstance(thing, FunctionType) and thing.__module__ == module.__name__:
                setattr(module, name, atheris.instrument_func(thing))
    wire._PARSERS.update(
        {kind: getattr(wire, f"_{kind}", parse) for kind, parse in wire._PARSERS.items()}
    )
    for number, told in enumerate(garbage.GOOD):
        (corpus / f"good-{number}").write_bytes(garbage.plain(told))
    options = [f"-max_total_time={seconds}", "-max_len=20000", "-timeout=5", "-rss_limit_mb=1024"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], once)
    atheris.Fuzz()


def once(raw: bytes) -> None:
    """Judge one input."""
    frame = garbage.judge(raw)
    if isinstance(frame, wire.Signal) and calls.is_signal(frame.data):
        wire.frame("signal", call=frame.call, data=dict(frame.data)).encode()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 60,
            Path(sys.argv[2]) if len(sys.argv) > 2 else Path(folder),
        )
