"""The style sheet as one file: ui.css names the parts and their layers, here they are joined.

A page asks once instead of thirty times, and nobody needs a build step.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

FOLDER = Path(__file__).resolve().parent / "static" / "ui"
_IMPORT = re.compile(r'@import url\("([\w/.-]+)"\) layer\((\w+)\);')
_ADDRESS = re.compile(r'url\("([\w/.-]+)"\)')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True)
class Sheet:
    """The joined text, its packed form and the name that changes with it."""

    text: bytes
    packed: bytes
    digest: str


def _part(path: str, layer: str) -> str:
    text = _COMMENT.sub("", (FOLDER / path).read_text(encoding="utf-8"))
    text = _ADDRESS.sub(lambda found: f'url("{static("ui/" + found[1])}")', text)
    lines = (line.strip() for line in text.splitlines())
    return f"@layer {layer}{{" + "\n".join(line for line in lines if line) + "}"


def build() -> Sheet:
    """Join the parts in the order of ui.css."""
    index = _COMMENT.sub("", (FOLDER / "ui.css").read_text(encoding="utf-8"))
    head = index[: index.index("@import")].strip()
    parts = [_part(path, layer) for path, layer in _IMPORT.findall(index)]
    data = "\n".join([head, *parts]).encode()
    return Sheet(data, gzip.compress(data, 9, mtime=0), hashlib.sha256(data).hexdigest()[:12])


_kept = cache(build)


def sheet() -> Sheet:
    """Return the sheet; while developing it is joined anew each time."""
    return build() if settings.DEBUG else _kept()
