"""Office documents and DICOM, told by content: kept as they came, never shown, only saved."""

from __future__ import annotations

import zipfile
from typing import IO

_PARTS = {
    "word/document.xml": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
    "xl/workbook.xml": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
    "ppt/presentation.xml": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "pptx",
    ),
}
_OPEN = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
OFFICE = dict(_PARTS.values()) | {kind.decode(): ending for kind, ending in _OPEN.items()}
"""Media types of office documents and their endings."""
_MOST_FILES, _MOST_BYTES, _MOST_RATIO = 5_000, 1 << 30, 300
_ACTIVE = ("vbaproject.bin", "basic/", "scripts/", "activex/")
HEAD = 160
"""Bytes that tell a DICOM file: a preamble, the mark, the first element (PS3.10, 7.1)."""
EXTENSIONS = {
    "image/jpeg": "jpg",
    "application/pdf": "pdf",
    "video/webm": "webm",
    "video/mp4": "mp4",
    "audio/webm": "webm",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "application/dicom": "dcm",
    **OFFICE,
}
"""Of everything that people may send; the house keeps more (XML of conclusions)."""


def office(stream: IO[bytes]) -> tuple[str, str] | None:
    """Return media type and ending of an office document without macros; None for other zips."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            if _is_hostile(parts):
                return None
            names = {part.filename for part in parts}
            if "[Content_Types].xml" in names:
                found = [told for name, told in _PARTS.items() if name in names]
                return found[0] if len(found) == 1 else None
            first = parts[0] if parts else None
            if first is None or first.filename != "mimetype" or first.file_size > 200:
                return None
            kind = archive.read(first).strip()
            return (kind.decode(), _OPEN[kind]) if kind in _OPEN else None
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return None
    finally:
        stream.seek(0)


def _is_hostile(parts: list[zipfile.ZipInfo]) -> bool:
    """Tell a bomb, a locked archive, a way out of its folder, or macros."""
    size = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    return (
        len(parts) > _MOST_FILES
        or size > _MOST_BYTES
        or size > _MOST_RATIO * max(packed, 1)
        or any(part.flag_bits & 1 for part in parts)
        or any(part.filename.startswith("/") or ".." in part.filename for part in parts)
        or any(mark in part.filename.lower() for part in parts for mark in _ACTIVE)
    )


def is_dicom(head: bytes) -> bool:
    """Tell DICOM: an empty preamble (a full one may hide a program), the mark, the first group."""
    return head[:128] == bytes(128) and head[128:136] == b"DICM\x02\x00\x00\x00"
