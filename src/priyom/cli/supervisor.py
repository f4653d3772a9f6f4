"""Keeps the children alive in one foreground process, shows their logs, stops them in order.

One thread on purpose: children are bound to the death of the thread that made them.
"""

import contextlib
import importlib.util
import selectors
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from priyom.cli.child import Child
from priyom.cli.console import log_line, paint, say
from priyom.cli.failure import Stop

READY_SECONDS = 60.0
GRACE_SECONDS = 8.0
# SIGINT too: a shell script's background job inherits it ignored.
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """`with Supervisor(logs) as house:` — whatever ends the block, no child is left behind."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.children: list[Child] = []
        self.quiet = True
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        for number in STOPS:
            signal.signal(number, signal.default_int_handler)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A second Ctrl-C must not tear the orderly stop; killing this process still stops all.
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)
        self.stop_all()

    def start(self, children: Sequence[Child]) -> None:
        """Starts them together and returns when all are ready; a child that cannot is a Stop."""
        for child in children:
            require_modules(child)
        for child in children:
            self.children.append(child)
            self._start(child)
        until = time.monotonic() + READY_SECONDS
        waiting = list(children)
        while waiting:
            self.pump(0.03)
            for child in waiting:
                if not child.is_running():
                    self.pump(0)
                    raise Stop(self._why_not(child))
            waiting = [child for child in waiting if not child.is_ready()]
            if waiting and time.monotonic() > until:
                raise Stop(
                    f"{waiting[0].name} was not ready in {READY_SECONDS:.0f} s: see its log."
                )

    def _start(self, child: Child) -> None:
        child.start(self.logs)
        if child.process is not None and child.process.stdout is not None:
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _why_not(self, child: Child) -> str:
        log = self.logs / f"{child.name}.log"
        last = log.read_text(errors="replace").splitlines()[-12:] if log.exists() else []
        for line in reversed(last):
            if child.complains and child.complains in line:
                reason = line.partition(child.complains)[2].rstrip(".")
                return f"{child.name} did not start: {reason}."
        return "\n".join([f"{child.name} did not start; its last words ({log}):", *last])

    def pump(self, seconds: float) -> None:
        """Shows what the children said; waits at most so long for the first word."""
        for key, _ in self._selector.select(seconds):
            self._show(key.data)
            if key.data.process.stdout is key.fileobj and not key.data.is_running():
                self._forget(key.data)

    def _show(self, child: Child) -> None:
        for line in child.read():
            if not self.quiet:
                log_line(child.name, line, self.children.index(child))

    def _forget(self, child: Child) -> None:
        pipe = child.process.stdout if child.process is not None else None
        if pipe is not None and not pipe.closed:
            self._show(child)
            self._selector.unregister(pipe)
            pipe.close()

    def run(self) -> None:
        """Until somebody stops us: shows logs, starts fallen children again, later each time."""
        self.quiet = False
        while True:
            self.pump(0.2)
            for child in self.children:
                self._mend(child)

    def _mend(self, child: Child) -> None:
        if child.is_running() or child.process is None:
            return
        if child.restart_at is None:
            self._forget(child)
            code = child.process.returncode
            wait = child.plan_restart()
            reason = f"signal {-code}" if code < 0 else f"code {code}"
            text = f"ended with {reason}; it is started again in {wait:g} s"
            log_line(child.name, paint(text, "red"), self.children.index(child))
        elif time.monotonic() >= child.restart_at:
            self._start(child)

    def stop_all(self) -> None:
        """Everything that serves stops together; the database, which all need, alone at the end."""
        if not self.quiet:
            with contextlib.suppress(OSError):  # the terminal itself may be gone
                say("\nEverything is being stopped ...")
        self.quiet = True  # goodbyes go to the log files
        for last in (False, True):
            group = [child for child in self.children if child.is_last_to_stop is last]
            for child in reversed(group):
                child.ask_to_stop()
            until = time.monotonic() + GRACE_SECONDS
            while any(child.is_running() for child in group) and time.monotonic() < until:
                self.pump(0.05)
            for child in group:
                if child.is_running():
                    say(f"{child.name} did not stop in {GRACE_SECONDS:.0f} s and was killed.")
                child.kill()
                self._forget(child)
                child.close()


def require_modules(child: Child) -> None:
    """A part that is not there is said by its name, not by a traceback of a child."""
    for module in child.modules:
        try:
            found = importlib.util.find_spec(module)
        except ModuleNotFoundError:
            found = None
        if found is None:
            raise Stop(
                f"The part «{child.name}» is missing: there is no Python module {module}. "
                f"Start without it: --without {child.name}."
            )
