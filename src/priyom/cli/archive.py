"""The backup file: one .tar whose manifest of sha-256 is checked before anything is touched."""

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from priyom.cli.failure import Stop

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1024 * 1024


def digest(file: IO[bytes]) -> str:
    seen = hashlib.sha256()
    while chunk := file.read(CHUNK):
        seen.update(chunk)
    return seen.hexdigest()


def write(target: Path, members: Iterator[tuple[str, Path]], facts: dict[str, object]) -> int:
    """Writes the archive beside its name and moves it there whole; returns the members' number.

    members: name inside, path outside. A member that grows while it is read would be a wrong
    backup, therefore each is hashed as it was stored, from the same open file.
    """
    unfinished = target.with_name(target.name + ".part")
    sums: dict[str, str] = {}
    try:
        with tarfile.open(unfinished, "w") as archive:
            for name, path in members:
                with path.open("rb") as file:
                    sums[name] = digest(file)
                    size = file.tell()
                    file.seek(0)
                    entry = tarfile.TarInfo(name)
                    entry.size, entry.mode = size, 0o600
                    archive.addfile(entry, file)
            text = json.dumps({"format": FORMAT, **facts, "sha256": sums}, indent=1).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size, entry.mode = len(text), 0o600
            archive.addfile(entry, io.BytesIO(text))
        unfinished.chmod(0o600)
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return len(sums)


def verify(source: Path) -> dict[str, object]:
    """Reads the whole file once and compares every sum; returns the manifest's facts.

    Raises Stop when it is no backup, is cut short, or one byte differs.
    """
    seen: dict[str, str] = {}
    facts: dict[str, object] | None = None
    try:
        with tarfile.open(source, "r:") as archive:
            for entry in archive:
                content = archive.extractfile(entry)
                if content is None:
                    raise Stop(f"{source} is not a backup of Priyom: {entry.name} is no file.")
                if entry.name == MANIFEST:
                    facts = json.loads(content.read())
                else:
                    seen[entry.name] = digest(content)
    except FileNotFoundError:
        raise Stop(f"There is no file {source}: name the backup to restore.") from None
    except (tarfile.TarError, EOFError, ValueError) as reason:
        raise Stop(f"{source} is damaged and was not restored: {reason}.") from None
    if facts is None or facts.get("format") != FORMAT:
        raise Stop(f"{source} is not a whole backup of this Priyom: its manifest is missing.")
    if facts.pop("sha256", None) != seen:
        raise Stop(f"{source} is damaged and was not restored: its sums differ.")
    return facts


def unpack(source: Path, target: Path) -> None:
    """Into an own empty folder: plain files only, and none whose name leads out of it.

    Written out because tarfile's own data filter is missing in Debian 12's Python 3.11.2.
    """
    with tarfile.open(source, "r:") as archive:
        for entry in archive:
            path = target / entry.name
            content = archive.extractfile(entry) if entry.isfile() else None
            if content is None or not path.resolve().is_relative_to(target.resolve()):
                raise Stop(f"{source} was not restored: it holds {entry.name}, which is no backup.")
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with path.open("xb") as file:
                shutil.copyfileobj(content, file, CHUNK)
            path.chmod(0o600)
