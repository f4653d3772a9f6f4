"""Reads of the archive: who may have which closed talk, and how far a bundle is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from priyom.archive.models import Bundle
from priyom.archive.queries.retention import HoldLine, hold_of
from priyom.archive.rules import KEPT_FOR, MADE_WITHIN, BundleKind, not_closed
from priyom.audit.actions import record_read
from priyom.consultations.access import is_consultant
from priyom.consultations.models import Attachment, Consultation, Seal
from priyom.consultations.queries import find
from priyom.consultations.rules import LIVE
from priyom.files.models import Blob
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing


@dataclass(frozen=True, slots=True)
class BundleLine:
    """One bundle as its page shows it; `state` is made, waiting or failed."""

    id: UUID
    kind: BundleKind
    state: str
    percent: int
    size: int
    until: datetime | None
    """Until when it can be downloaded."""


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """A closed talk to be taken along. `head` and `manifest` are "" until it is sealed."""

    consultation: UUID
    number: str
    patient: str
    doctor: str
    ended_at: datetime | None
    files: int
    entries: int
    head: str
    manifest: str
    transcript: BundleLine | None
    zip: BundleLine | None
    hold: HoldLine | None
    """For the head: the talk may not be destroyed."""

    @property
    def is_waiting(self) -> bool:
        """Whether the page should look again by itself."""
        return any(one and one.state == "waiting" for one in (self.transcript, self.zip))


def closed_talk(actor: Actor, consultation_id: UUID) -> Consultation:
    """Return a closed talk for the patient's side, its consultant or the head of the МО.

    Others get missing; a talk that goes on is refused (conflict).
    """
    row = find(actor, consultation_id)
    may = actor.kind in (ActorKind.PATIENT, ActorKind.HEAD) or is_consultant(actor, row)
    if not may:
        raise missing("Консультация")
    if row.state in LIVE:
        raise not_closed()
    return row


def page_of(actor: Actor, consultation_id: UUID) -> ArchivePage:
    """Return the page of one closed talk's archive; the read is recorded."""
    row = closed_talk(actor, consultation_id)
    record_read(actor, "archive.open", ("consultation", row.pk), row.patient_id)
    seal = Seal.objects.filter(consultation=row, sealed_at__isnull=False).order_by("part").last()
    return ArchivePage(
        consultation=row.pk,
        number=row.number,
        patient=str(row.patient),
        doctor=str(row.doctor),
        ended_at=row.ended_at,
        files=Attachment.objects.filter(consultation=row, seq__isnull=False).count(),
        entries=row.last_seq,
        head=seal.head if seal else "",
        manifest=(seal.manifest_id or "") if seal else "",
        transcript=_line(own_bundle(actor, row, BundleKind.TRANSCRIPT)),
        zip=_line(own_bundle(actor, row, BundleKind.ZIP)),
        hold=hold_of(row.pk) if actor.kind is ActorKind.HEAD else None,
    )


def own_bundle(actor: Actor, talk: Consultation, kind: BundleKind) -> Bundle | None:
    """Return the newest bundle of the actor that is made or under way for the log as it stands."""
    now = clock.now()
    row = (
        Bundle.objects.select_related("blob")
        .filter(consultation=talk, account=actor.account, kind=kind, gone_at=None)
        .filter(entries=talk.last_seq)
        .order_by("-asked_at", "-pk")
        .first()
    )
    if row is None or (row.made_at and row.made_at < now - KEPT_FOR):
        return None
    is_lost = row.made_at is None and row.failed_at is None and row.asked_at < now - MADE_WITHIN
    return None if is_lost else row


def waiting_of(consultation_id: UUID) -> datetime | None:
    """Return since when a talk waits for a seal, None when it waits for none."""
    rows = Seal.objects.filter(consultation_id=consultation_id, sealed_at=None)
    return rows.values_list("asked_at", flat=True).first()


def blobs_of(consultation_id: UUID) -> list[Blob]:
    """Return the files that were sent in a talk."""
    return [one.blob for one in attachments_of(consultation_id)]


def attachments_of(consultation_id: UUID) -> list[Attachment]:
    """Return what was sent in a talk, in its order, with the contents."""
    rows = Attachment.objects.select_related("blob").filter(
        consultation_id=consultation_id, seq__isnull=False
    )
    return list(rows.order_by("seq", "uploaded_at", "pk"))


def _line(row: Bundle | None) -> BundleLine | None:
    if row is None:
        return None
    state = "made" if row.made_at else "failed" if row.failed_at else "waiting"
    return BundleLine(
        id=row.pk,
        kind=BundleKind(row.kind),
        state=state,
        percent=min(99, row.done * 100 // row.total) if row.total else 0,
        size=row.blob.size if row.blob else 0,
        until=row.made_at + KEPT_FOR if row.made_at else None,
    )
