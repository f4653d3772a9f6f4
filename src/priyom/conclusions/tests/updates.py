"""What a stranger's program adds to a signed PDF."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


def updated(body: bytes) -> bytes:
    """Return the file with an update behind it (ISO 32000, 7.5.6): its first bytes are the same."""
    writer: Any = IncrementalPdfFileWriter(BytesIO(body))  # its own methods have no types
    writer.root["/Extra"] = generic.pdf_string("другая рекомендация")
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
