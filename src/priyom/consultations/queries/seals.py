"""Reads for whoever seals a closed talk or looks whether its seal still fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from priyom.consultations.chain import instant
from priyom.consultations.models import Attachment, Consultation, Entry, Seal
from priyom.consultations.queries.pages import PARTS
from priyom.consultations.rules import LIVE

_AT_ONCE = 500


def waiting_seals(limit: int, consultation_id: UUID | None = None) -> list[UUID]:
    """Return the keys of the seals that are asked for and not made, oldest first; of one talk."""
    rows = Seal.objects.filter(sealed_at=None).order_by("asked_at", "pk")
    if consultation_id is not None:
        rows = rows.filter(consultation_id=consultation_id)
    return list(rows.values_list("pk", flat=True)[:limit])


def to_seal(seal_id: UUID) -> tuple[Seal, Consultation]:
    """Return a seal and its talk as it stands now."""
    row = Seal.objects.get(pk=seal_id)
    return row, Consultation.objects.select_related(*PARTS).get(pk=row.consultation_id)


def seals_of(consultation_id: UUID) -> list[Seal]:
    """Return the made seals of a talk, oldest first; access was checked."""
    rows = Seal.objects.select_related("manifest").exclude(sealed_at=None)
    return list(rows.filter(consultation_id=consultation_id).order_by("part"))


def closed_talks() -> Iterator[Consultation]:
    """Yield every talk that is over, oldest first, with doctor, patient and МО."""
    rows = Consultation.objects.select_related(*PARTS).exclude(state__in=sorted(LIVE))
    last: UUID | None = None
    while part := list((rows.filter(pk__gt=last) if last else rows).order_by("pk")[:_AT_ONCE]):
        yield from part
        last = part[-1].pk


def entries_of(consultation_id: UUID, until: int | None = None) -> Iterator[dict[str, Any]]:
    """Yield the entries, with numbers up to `until`, as the chain hashes them.

    Each with its files in the order of the page; a long talk is never whole in memory.
    """
    rows = Entry.objects.filter(consultation_id=consultation_id)
    rows = rows if until is None else rows.filter(seq__lte=until)
    files, after = _files_of(consultation_id), 0
    while part := list(rows.filter(seq__gt=after).order_by("seq")[:_AT_ONCE]):
        yield from (as_hashed(entry, files[entry.seq]) for entry in part)
        after = part[-1].seq


def as_hashed(entry: Entry, files: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one entry as the chain hashes it (chain.canonical)."""
    return {
        "seq": entry.seq,
        "at": instant(entry.at),
        "kind": entry.kind,
        "side": entry.side,
        "name": entry.author_name,
        "author": str(entry.author),
        "organisation": str(entry.organisation_id),
        "key": entry.client_key,
        "refers": entry.refers_to_seq,
        "frame": entry.frame,
        "body": entry.body,
        "data": entry.data,
        "files": files,
    }


def _files_of(consultation_id: UUID) -> defaultdict[int, list[dict[str, Any]]]:
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Attachment.objects.select_related("blob").filter(
        consultation_id=consultation_id, seq__isnull=False
    )
    for one in rows.order_by("seq", "uploaded_at", "pk"):
        found[one.seq or 0].append(
            {
                "id": str(one.pk),
                "name": one.name,
                "size": one.blob.size,
                "sha256": one.blob_id,
                "received": one.blob.original,
            }
        )
    return found
