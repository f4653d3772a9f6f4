"""The log as a chain of hashes: what an outsider needs to see that no entry was changed; no Django.

An entry is one line of canonical JSON: keys sorted, no spaces, UTF-8, nothing escaped that need not
be, instants as `2026-11-24T09:05:00.000000Z`, numbers at their shortest. The chain begins with the
hash of `["priyom-log-1","<key of the consultation>"]`; each link is the hash of the link before
(its 32 bytes) followed by the entry. The last link is the head.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

FORMAT = "priyom-log-1"


def canonical(value: object) -> bytes:
    """Return the one way in which this value is written; raises ValueError for NaN and infinity."""
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def instant(at: datetime) -> str:
    """Return an aware instant as the chain writes it: UTC, microseconds."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def start(consultation: UUID) -> str:
    """Return what stands before the first link: no two talks have the same."""
    return hashlib.sha256(canonical([FORMAT, str(consultation)])).hexdigest()


def follow(head: str, entry: Mapping[str, Any]) -> str:
    """Return the link of this entry; `head` is the one before it (hexadecimal)."""
    return hashlib.sha256(bytes.fromhex(head) + canonical(entry)).hexdigest()
