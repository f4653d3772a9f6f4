"""What a stranger's file is, told by its bytes alone: nothing of it is unpacked or followed.

A bomb stays unexploded: no stream is inflated, no reference resolved, a signature is read only up
to a size that real ones never reach.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from asn1crypto import pem

LARGEST_CMS = 64 * 1024
"""Bytes of a signature: with its chain and a timestamp it takes about ten thousand."""
_PLACES = 8
"""Signatures of one file that are looked at."""
_HEAD = 1024
_PLACE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s*\]")
_HEX = re.compile(rb"<[0-9A-Fa-f\s]*>")
_PACKED = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"BZh",
    b"\xfd7zXZ",
)
_LOOKS_DER = (b"\x30\x81", b"\x30\x82", b"\x30\x83", b"\x30\x84", b"\x30\x80")


class Kind(StrEnum):
    """What a file looks like by its first bytes."""

    PDF = "pdf"
    SIGNATURE = "signature"
    PACKED = "packed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Marks:
    """What the places of signatures in a PDF say."""

    ends: tuple[int, ...]
    """Where the signed bytes end, each once; the file's own length is among them or not."""
    held: bytes
    """What stands in the first place, decoded; b"" where it is empty or no hexadecimal."""

    @property
    def has_place(self) -> bool:
        """Whether there is a place for a signature at all."""
        return bool(self.ends)


def kind_of(body: bytes) -> Kind:
    """Return what the bytes look like."""
    if b"%PDF-" in body[:_HEAD]:
        return Kind.PDF
    if body.startswith(_PACKED):
        return Kind.PACKED
    start = body.lstrip()[:16]
    if body.startswith(_LOOKS_DER) or start.startswith((b"-----BEGIN", b"MI")):
        return Kind.SIGNATURE
    return Kind.OTHER


def is_cut(pdf: bytes) -> bool:
    """Tell whether a PDF has lost its end."""
    return b"%%EOF" not in pdf[-_HEAD:]


def marks_of(pdf: bytes) -> Marks:
    """Return the places of signatures as they are written, at most a few."""
    ends: list[int] = []
    held = b""
    for found in islice(_PLACE.finditer(pdf), _PLACES):
        start, end, rest = (int(number) for number in found.groups())
        if not 0 < start < end <= len(pdf):
            continue
        if not ends:
            held = _decoded(pdf, start, end)
        if end + rest not in ends:
            ends.append(end + rest)
    return Marks(tuple(ends), held)


def signature_in(body: bytes) -> bytes:
    """Return the DER of a signature's file: binary, PEM or base64. Raises ValueError for others."""
    if body.startswith(_LOOKS_DER):
        return body
    text = body.strip()
    if pem.detect(text):
        _, _, der = pem.unarmor(text)
        return bytes(der)
    return base64.b64decode(b"".join(text.split()), validate=True)


def _decoded(pdf: bytes, start: int, end: int) -> bytes:
    """Return the bytes between the brackets, without the zeros behind the first DER value."""
    written = pdf[start:end]
    if not _HEX.fullmatch(written):
        return b""
    text = b"".join(written[1:-1].split())
    held = bytes.fromhex(text[: len(text) // 2 * 2].decode())
    if len(held) < 4 or held[0] != 0x30:
        return b""
    if held[1] < 0x80:
        return held[: 2 + held[1]]
    count = held[1] & 0x7F
    if not 1 <= count <= 4:
        return held.rstrip(b"\0")
    return held[: 2 + count + int.from_bytes(held[2 : 2 + count], "big")]
