"""What is going on, said while it goes on: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time

WIDTH = 28


class Progress:
    """A bar over `total` parts; `step` says in English what is being done, as the launcher does."""

    def __init__(self, total: int, *, is_shown: bool = True, what: str = "demo region") -> None:
        self.total = total
        self.what = what
        self.done = 0
        self.began = time.monotonic()
        self.is_bar = is_shown and sys.stdout.isatty()
        self.is_shown = is_shown

    def step(self, text: str, parts: int = 1) -> None:
        """Say that `text` begins; the parts of what came before are done."""
        self._show(text)
        self.done += parts

    def end(self, text: str) -> None:
        """Fill the bar and leave one line with the time it took."""
        self.done = self.total
        self._show(f"{text} · {time.monotonic() - self.began:.0f} s")
        if self.is_bar:
            print(flush=True)

    def _show(self, text: str) -> None:
        if self.is_bar:
            full = WIDTH * min(self.done, self.total) // max(self.total, 1)
            bar = "█" * full + "░" * (WIDTH - full)
            print(f"\r\x1b[K  {self.what}  {bar}  {text}", end="", flush=True)
        elif self.is_shown:
            print(f"  {self.what}: {text}", flush=True)
