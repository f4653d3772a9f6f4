"""Files under way on disk: bytes appended as they come, each file held by one request; no Django.

The offset is the file's own size. A chunk with a checksum leaves a mark where it began, so that a
process that died in its midst keeps no byte that nobody has verified.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID


def folder() -> Path:
    """Return where files under way stand: PRIYOM_UPLOADS, or `uploads` in the state folder."""
    given = os.environ.get("PRIYOM_UPLOADS")
    var = Path(os.environ.get("PRIYOM_VAR", Path(__file__).resolve().parents[3] / "var"))
    return Path(given) if given else var / "uploads"


class Busy(Exception):
    """Another request holds this file."""


class Partial:
    """One file under way, held; offsets are bytes from its beginning."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path, self._handle = path, handle

    @property
    def offset(self) -> int:
        """Return how much has come."""
        return os.fstat(self._handle).st_size

    def append(self, piece: bytes | bytearray) -> None:
        """Write at the end; raises OSError (disk full) with as much kept as fitted."""
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(self._handle, rest) :]

    def sync(self) -> None:
        """Let nothing that was told to the sender be lost with the power."""
        os.fdatasync(self._handle) if hasattr(os, "fdatasync") else os.fsync(self._handle)

    def cut(self, offset: int) -> None:
        """Drop everything behind the offset."""
        os.ftruncate(self._handle, offset)

    def doubt(self) -> None:
        """Mark what comes from here on as unverified."""
        _mark(self._path).write_text(str(self.offset))

    def trust(self) -> None:
        """What came was verified."""
        _mark(self._path).unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete the file; whoever waits for it finds nothing."""
        self._path.unlink(missing_ok=True)
        self.trust()


def path(root: Path, key: UUID) -> Path:
    """Return where the bytes of an upload stand."""
    return root / key.hex


def create(root: Path, key: UUID) -> None:
    """Make the empty file."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path(root, key), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


@contextmanager
def held(root: Path, key: UUID) -> Iterator[Partial]:
    """Hold one file for the block, in this process and against all others of the machine.

    Raises Busy, or FileNotFoundError when it is not there (or was removed meanwhile).
    """
    place = path(root, key)
    handle = os.open(place, os.O_WRONLY | os.O_APPEND)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(key) from None
        if not os.fstat(handle).st_nlink:
            raise FileNotFoundError(place)
        _forget_unverified(place, handle)
        yield Partial(place, handle)
    finally:
        os.close(handle)


def remove(root: Path, key: UUID) -> None:
    """Delete the bytes of an upload, if they are there; whoever holds them writes into nothing."""
    path(root, key).unlink(missing_ok=True)
    _mark(path(root, key)).unlink(missing_ok=True)


def keys(root: Path) -> Iterator[tuple[UUID, float]]:
    """Yield (key, time of the last byte) of every file under way on this disk."""
    for place in root.glob("*") if root.is_dir() else ():
        with suppress(ValueError, FileNotFoundError):
            if not place.suffix:
                yield UUID(place.name), place.stat().st_mtime


def _mark(place: Path) -> Path:
    return place.with_suffix(".mark")


def _forget_unverified(place: Path, handle: int) -> None:
    with suppress(FileNotFoundError, ValueError):
        os.ftruncate(handle, int(_mark(place).read_text()))
        _mark(place).unlink()
