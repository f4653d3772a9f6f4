"""The words of tus 1.0.0 (tus.io/protocols/resumable-upload): headers read and headers said."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from priyom.files.rules import UPLOAD_LIMIT

VERSION = "1.0.0"
BYTES = "application/offset+octet-stream"
_SUMS: dict[str, Callable[[], Any]] = {
    # sha1 because the protocol demands it; it guards against a bad line, not against a person.
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
}
COMMON = {
    "Tus-Resumable": VERSION,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
ABILITIES = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,creation-with-upload,expiration,checksum,termination",
    "Tus-Max-Size": str(UPLOAD_LIMIT),
    "Tus-Checksum-Algorithm": ",".join(_SUMS),
}


@dataclass
class Checksum:
    """What a chunk must come to; `sum` is fed with its bytes."""

    wanted: bytes
    sum: Any

    @property
    def is_right(self) -> bool:
        """Tell whether what was fed is what the sender meant."""
        return bool(self.sum.digest() == self.wanted)


def checksum(told: str) -> Checksum | None:
    """Return what `Upload-Checksum: <algorithm> <base64>` asks for; None when it is not ours."""
    name, _, value = told.partition(" ")
    make = _SUMS.get(name)
    if make is None:
        return None
    try:
        return Checksum(base64.b64decode(value, validate=True), make())
    except (binascii.Error, ValueError):
        return None


def number(told: str | None) -> int | None:
    """Return a length or offset, None for what is none."""
    is_one = told is not None and told.isascii() and told.isdecimal() and len(told) < 16
    return int(told or "") if is_one else None


def file_name(metadata: str) -> str:
    """Return the `filename` of an Upload-Metadata header, "" when it has none."""
    for pair in metadata.split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return ""
    return ""


def is_foreign(origin: str) -> bool:
    """Tell whether a page of another origin asks; programs without a page name none."""
    return origin not in ("", os.environ.get("PRIYOM_PUBLIC_URL", "http://localhost:8000"))
