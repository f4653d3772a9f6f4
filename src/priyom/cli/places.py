"""Where things stand: the clone, the state folder, the short private folder of sockets."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from priyom.cli.failure import Stop

ROOT = Path(__file__).resolve().parents[3]
SYSTEM_STATE = Path("/var/lib/priyom")
SOCKET_LIMIT = 107  # bytes of sockaddr_un.sun_path without its closing zero
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True)
class State:
    """One state folder: everything that `up` keeps, and nothing of the clone itself."""

    var: Path

    @property
    def key(self) -> str:
        """Names this folder in places shared with other clones."""
        return hashlib.sha256(os.fsencode(self.var.resolve())).hexdigest()[:12]

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def files(self) -> Path:
        return self.var / "files"

    @property
    def uploads(self) -> Path:
        return self.var / "uploads"

    @property
    def mail(self) -> Path:
        return self.var / "mail"

    @property
    def caddy(self) -> Path:
        return self.var / "caddy"

    def make(self) -> None:
        """0700: a neighbour on the same machine must not read files of patients."""
        self.var.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.logs, self.files, self.uploads, self.mail):
            folder.mkdir(exist_ok=True, mode=0o700)


def state() -> State:
    """The state folder of this run: PRIYOM_VAR, or var/ in the clone."""
    return State(Path(os.environ.get("PRIYOM_VAR") or ROOT / "var").absolute())


def socket_folder(key: str) -> Path:
    """A private folder for an ordinary user's sockets, short because a socket's path ends at 107.

    A stranger could have made the name first in a shared /tmp; such a folder is refused.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    usable = runtime and os.access(runtime, os.W_OK) and len(os.fsencode(runtime)) < 60
    parent = Path(runtime) if usable else Path("/tmp")  # noqa: S108 - checked below
    folder = parent / f"priyom-{os.getuid()}-{key}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise Stop(f"{folder} is not a private folder of yours: remove it and start again.")
    return folder


def fits_socket(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_LIMIT
