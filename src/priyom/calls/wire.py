"""What members of a call may pass each other through the gateway: WebRTC's descriptions only.

The gateway relays and stores nothing; nothing here imports Django.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SIGNAL_LIMIT = 32 * 1024
"""Bytes of JSON in one signal; an offer of a browser has 2 to 10 KB."""
KINDS = frozenset({"offer", "answer", "candidate"})
_TEXTS = {"sdp": SIGNAL_LIMIT, "from": 64, "to": 64}
_CANDIDATE = frozenset({"candidate", "sdpMid", "sdpMLineIndex", "usernameFragment"})


def is_signal(data: Mapping[str, Any]) -> bool:
    """Tell whether `data` is {kind: offer|answer, sdp} or {kind: candidate, candidate}.

    `from` and `to`, if there, name pages of one person; `candidate` is RTCIceCandidate.toJSON(),
    or null for the end of candidates.
    """
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        return False
    if not set(data) <= {"kind", "candidate", *_TEXTS}:
        return False
    for name, limit in _TEXTS.items():
        value = data.get(name, "")
        if not isinstance(value, str) or len(value) > limit:
            return False
    if (kind == "candidate") == ("sdp" in data) or (kind == "candidate") != ("candidate" in data):
        return False
    if not _is_candidate(data.get("candidate")):
        return False
    try:
        return len(json.dumps(data, ensure_ascii=False).encode()) <= SIGNAL_LIMIT
    except (ValueError, RecursionError):
        return False


def _is_candidate(value: object) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and set(value) <= _CANDIDATE
        and all(one is None or isinstance(one, str | int) for one in value.values())
    )
