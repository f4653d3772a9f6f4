"""What a person sees in the terminal: steps with their time, prefixed logs, one tidy block."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

COLOURS = {"green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36", "red": "31"}
PREFIX_COLOURS = ("cyan", "green", "magenta", "yellow", "blue")
WIDTH = 8


def is_coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def paint(text: str, colour: str) -> str:
    return f"\033[{COLOURS[colour]}m{text}\033[0m" if is_coloured() else text


def say(text: str = "") -> None:
    print(text, flush=True)


def log_line(name: str, text: str, number: int) -> None:
    """One line of a child; number picks its colour."""
    colour = PREFIX_COLOURS[number % len(PREFIX_COLOURS)]
    say(f"{paint(name.ljust(WIDTH), colour)} | {text}")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Shows a step while it works and its seconds when it is done."""
    begun = time.monotonic()
    if sys.stdout.isatty():
        print(f"  {title} ...", end="", flush=True)
    yield
    seconds = f"{time.monotonic() - begun:.1f} s"
    done = f"  {paint('ok', 'green')}  {title.ljust(44)} {seconds}"
    say(f"\r\033[K{done}" if sys.stdout.isatty() else done)


def block(title: str, rows: Sequence[tuple[str, str]]) -> None:
    """A heading and two aligned columns."""
    say()
    say("  " + paint(title, "green"))
    wide = max((len(left) for left, _ in rows), default=0)
    for left, right in rows:
        say(f"    {left.ljust(wide)}   {right}")


def confirm(question: str) -> bool:
    """Asks for the whole word yes; without a terminal the answer is no."""
    if not sys.stdin.isatty():
        return False
    return input(f"{question} Type yes to go on: ").strip().lower() == "yes"
