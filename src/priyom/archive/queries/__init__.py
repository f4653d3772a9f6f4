"""Reads of the archive: who may have which closed talk, what is kept, held and due."""

from priyom.archive.queries.bundles import (
    ArchivePage,
    BundleLine,
    attachments_of,
    blobs_of,
    closed_talk,
    own_bundle,
    page_of,
    waiting_of,
)
from priyom.archive.queries.retention import HoldLine, Retention, hold_of, retention
from priyom.archive.queries.signatures import signature_of, unsigned_seals

__all__ = [
    "ArchivePage",
    "BundleLine",
    "HoldLine",
    "Retention",
    "attachments_of",
    "blobs_of",
    "closed_talk",
    "hold_of",
    "own_bundle",
    "page_of",
    "retention",
    "signature_of",
    "unsigned_seals",
    "waiting_of",
]
