"""Child processes that never outlive their parent, not even one that was killed with -9."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def with_parent(at_parents_death: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """A preexec_fn: own process group (the terminal's Ctrl-C reaches only the supervisor), and the
    given signal from the kernel when the parent dies. Spawn from the main thread: Linux means the
    thread, not the process. On other systems only the first half holds."""
    parent = os.getpid()

    def prepare() -> None:
        os.setpgid(0, 0)
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(at_parents_death), 0, 0, 0)
            if os.getppid() != parent:  # it died before the line above
                os._exit(1)

    return prepare
