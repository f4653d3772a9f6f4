"""Bytes under their own sha-256: written once, synced before any row names them; no Django."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored: lower-case hexadecimal sha-256 and size in bytes."""

    sha256: str
    size: int


def key(sha256: str) -> str:
    """Return the relative name under which content is kept: ab/cdef…"""
    return f"{sha256[:2]}/{sha256[2:]}"


def path(root: Path, sha256: str) -> Path:
    """Return where the content of that sha-256 stands."""
    return root / key(sha256)


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield a stream's bytes from its present place in pieces of 64 KB."""
    while piece := stream.read(_CHUNK):
        yield piece


def digest(stream: IO[bytes]) -> Stored:
    """Return hash and size of a seekable stream and rewind it."""
    stream.seek(0)
    sha, size = hashlib.sha256(), 0
    for piece in chunks(stream):
        sha.update(piece)
        size += len(piece)
    stream.seek(0)
    return Stored(sha.hexdigest(), size)


def put(root: Path, pieces: Iterable[bytes]) -> Stored:
    """Write the pieces to disk and sync them; what is there already is left as it is.

    Raises OSError (disk full, …) and then leaves nothing behind.
    """
    root.mkdir(parents=True, exist_ok=True)
    draft = root / f".draft-{secrets.token_hex(8)}"
    sha, size = hashlib.sha256(), 0
    try:
        with draft.open("xb") as out:
            for piece in pieces:
                sha.update(piece)
                size += len(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        stored = Stored(sha.hexdigest(), size)
        place = path(root, stored.sha256)
        if not place.exists():
            place.parent.mkdir(exist_ok=True)
            draft.rename(place)
            _sync_folder(place.parent)
        return stored
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
