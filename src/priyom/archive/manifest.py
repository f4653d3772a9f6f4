"""The manifest of a closed talk: one machine-readable file that names everything that was sealed.

Canonical JSON (consultations.chain.canonical), so that its hash is one: the talk, the head of its
log, each file and each signed version with its own hash. No name but the signers', no word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from priyom.conclusions.queries.signed import Signed
from priyom.consultations import chain
from priyom.consultations.models import Consultation, Seal

FORMAT = "priyom-manifest-1"
MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Link:
    """The chain as far as one seal reaches."""

    entries: int
    head: str


def manifest_of(
    talk: Consultation,
    link: Link,
    before: Iterable[Seal],
    files: list[dict[str, Any]],
    signed: Iterable[Signed],
) -> bytes:
    """Return the manifest's bytes; `before` are the talk's earlier seals, `files` of files_in."""
    return chain.canonical(
        {
            "format": FORMAT,
            "talk": _talk(talk),
            "chain": {
                "format": chain.FORMAT,
                "entries": link.entries,
                "head": link.head,
                "before": [
                    {"entries": one.entries, "head": one.head, "manifest": one.manifest_id}
                    for one in before
                ],
            },
            "files": files,
            "conclusions": [signed_line(one) for one in signed],
        }
    )


def files_in(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the files of an entry as the manifest names them: with the entry's number."""
    return [{"entry": entry["seq"], **file} for file in entry["files"]]


def signed_line(one: Signed) -> dict[str, Any]:
    """Return one signed version as the manifest names it."""
    return {
        "number": one.number,
        "version": one.version,
        "state": one.state,
        "signed_at": chain.instant(one.signed_at),
        "signer": one.signer,
        "certificate": one.certificate,
        "check_code": one.check_code,
        "size": one.file.size,
        "sha256": one.file.sha256,
        "beside": [
            {"ending": part.ending, "size": part.size, "sha256": part.sha256} for part in one.beside
        ],
    }


def read(body: bytes) -> dict[str, Any]:
    """Return a manifest; raises ValueError for what is none."""
    found = json.loads(body)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError("not a manifest of this format")
    return found


def _talk(talk: Consultation) -> dict[str, Any]:
    place = talk.organisation
    return {
        "id": str(talk.pk),
        "number": talk.number,
        "organisation": place.name,
        "oid": place.oid,
        "state": talk.state,
        "booked_at": chain.instant(talk.booked_at),
        "began_at": _known(talk.began_at),
        "ended_at": _known(talk.ended_at),
    }


def _known(at: datetime | None) -> str | None:
    return chain.instant(at) if at else None
