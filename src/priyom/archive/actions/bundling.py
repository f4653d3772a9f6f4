"""A closed talk to be taken along: asked for on its page, made by a job, kept for a day."""

from __future__ import annotations

import logging
import tempfile
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from procrastinate.contrib.django import app

from priyom.archive import packing, transcript
from priyom.archive.actions.sealing import seal_now
from priyom.archive.actions.signing import sign_now
from priyom.archive.models import Bundle
from priyom.archive.queries import attachments_of, closed_talk, own_bundle, signature_of
from priyom.archive.rules import KEPT_FOR, MEDIA_TYPES, BundleKind, file_name, not_ready
from priyom.audit.actions import record
from priyom.conclusions.queries.signed import signed_of
from priyom.consultations.models import Consultation, Seal
from priyom.consultations.queries import seals
from priyom.files import actions as files
from priyom.files.models import Blob
from priyom.files.rules import barred
from priyom.kernel import clock
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing

PACK = "archive.pack"
logger = logging.getLogger("priyom.archive")
_STEP = 1 << 22
"""Bytes between two notes of progress."""


def ask(actor: Actor, consultation_id: UUID, kind: BundleKind) -> Bundle:
    """Have a transcript or a ZIP made; what is under way or ready already is answered again.

    Raises Refusal: missing for strangers, conflict while the talk goes on.
    """
    talk = closed_talk(actor, consultation_id)
    subject = ("consultation", talk.pk)
    with transaction.atomic():
        record(actor, "archive.ask", subject, patient=talk.patient_id, detail={"kind": kind})
        before = own_bundle(actor, talk, kind)
        if before is not None and before.failed_at is None:
            return before
        row = Bundle.objects.create(
            consultation=talk,
            organisation_id=talk.organisation_id,
            account=actor.account,
            kind=kind,
            asked_at=clock.now(),
            entries=talk.last_seq,
        )
        app.configure_task(PACK, lock=f"{PACK}.{actor.account}").defer(bundle_id=str(row.pk))
        return row


def pack(bundle_id: UUID) -> None:
    """Make one bundle; a job calls it, outside of any transaction. Done is done."""
    row = Bundle.objects.get(pk=bundle_id)
    if row.made_at is not None or row.failed_at is not None:
        return
    try:
        blob = _made(row)
    except Exception:
        logger.exception("the bundle %s could not be made", bundle_id)
        Bundle.objects.filter(pk=bundle_id).update(failed_at=clock.now())
        return
    Bundle.objects.filter(pk=bundle_id).update(blob=blob, made_at=clock.now())


def download(actor: Actor, consultation_id: UUID, bundle_id: UUID) -> str:
    """Return an address on the files' own origin for one's own bundle; the download is recorded.

    The right to the talk is asked again. Raises Refusal: missing for strangers, conflict for what
    is not made or gone.
    """
    talk = closed_talk(actor, consultation_id)
    row = Bundle.objects.filter(pk=bundle_id, consultation=talk, account=actor.account).first()
    if row is None:
        raise missing("Консультация")  # as for a talk that is not there
    if row.blob_id is None or row.gone_at or _is_over(row):
        raise not_ready()
    record(
        actor,
        "archive.download",
        ("consultation", talk.pk),
        patient=talk.patient_id,
        result="read",
        detail={"kind": row.kind, "sha256": row.blob_id},
    )
    return files.link(actor, row.blob_id, file_name(BundleKind(row.kind), talk.number))


def forget() -> int:
    """Remove the bytes of bundles whose day is over; a job calls it. Returns how many went."""
    gone = 0
    rows = Bundle.objects.filter(made_at__lt=clock.now() - KEPT_FOR, gone_at=None)
    for row in rows.order_by("made_at")[:500]:
        with transaction.atomic():
            Bundle.objects.filter(pk=row.pk).update(gone_at=clock.now())
            if not Bundle.objects.filter(blob=row.blob_id, gone_at=None).exists():
                files.discard(row.blob_id or "")
        gone += 1
    return gone


def _is_over(row: Bundle) -> bool:
    return row.made_at is None or row.made_at < clock.now() - KEPT_FOR


def _made(row: Bundle) -> Blob:
    talk, seal = seal_now(row.consultation_id)
    at = clock.now()
    entries = list(seals.entries_of(talk.pk, until=seal.entries))
    signed = signed_of(talk.pk)
    told = transcript.transcript_of(talk, seal, entries, signed, at)
    paper = transcript.render(told, at)
    media_type = MEDIA_TYPES[BundleKind(row.kind)]
    if row.kind == BundleKind.TRANSCRIPT:
        return files.keep(paper, media_type)
    sign_now(seal)
    signature = signature_of(seal.pk)
    given, left_out = _files(talk)
    contents = packing.Contents(
        number=talk.number,
        organisation=talk.organisation.name,
        check_url=transcript.check_url(),
        made_at=at,
        manifest=_manifest(seal),
        manifest_signature=bytes(signature.cms) if signature else b"",
        entries=entries,
        transcript=paper,
        signed=signed,
        files=given,
        left_out=left_out,
    )
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as out:
        packing.pack(contents, out, _Teller(row.pk, contents.size).tell)
        out.seek(0)
        return files.keep_stream(out, media_type)


def _manifest(seal: Seal) -> bytes:
    return files.read(seal.kept_manifest)


def _files(talk: Consultation) -> tuple[list[tuple[int, str, Blob]], list[str]]:
    """Return what may leave, and the hashes of what may not: found harmful, or not looked at."""
    given, left_out = [], []
    for one in attachments_of(talk.pk):
        if barred(one.blob.scan, is_own=False):
            left_out.append(one.blob_id)
        else:
            given.append((one.seq or 0, one.name, one.blob))
    return given, sorted(set(left_out))


class _Teller:
    """Notes how far a bundle is, every few megabytes."""

    def __init__(self, bundle: UUID, total: int) -> None:
        self.bundle = bundle
        self.fresh = 0
        Bundle.objects.filter(pk=bundle).update(total=total, done=0)

    def tell(self, count: int) -> None:
        """Count bytes that were packed."""
        self.fresh += count
        if self.fresh >= _STEP:
            Bundle.objects.filter(pk=self.bundle).update(done=F("done") + self.fresh)
            self.fresh = 0
