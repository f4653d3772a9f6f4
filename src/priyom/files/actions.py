"""Keeping a file and giving a short-lived right to fetch it."""

from __future__ import annotations

import hashlib
import io
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app

from priyom.files import clamd, partial, store, workshop
from priyom.files.content import Clean, clean
from priyom.files.making.outcome import Outcome
from priyom.files.models import Blob, Derivation, Link, Permit, Upload
from priyom.files.papers import EXTENSIONS
from priyom.files.rules import (
    DERIVED,
    LINK_LIVES,
    PERMIT_LIVES,
    READABLE,
    SIZE_LIMIT,
    TRIES,
    UPLOAD_REMEMBERED,
    Scan,
    empty,
    next_try,
    safe_name,
    too_big,
    unfinished,
)
from priyom.files.tus import file_name
from priyom.kernel import clock
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing

DERIVE, SCAN = "files.derive", "files.scan"
logger = logging.getLogger("priyom.files")


def receive(upload: IO[bytes], name: str, limit: int = SIZE_LIMIT) -> tuple[Blob, str]:
    """Keep what a person sent, `limit` bytes at most: sniffed, cleaned, synced before its row.

    Returns the blob that may be served and the name to show. The bytes as they came stay in the
    store under `original`. Raises Refusal (invalid): empty, too_big, wrong_type, unreadable.
    """
    came = store.digest(upload)
    if came.size == 0:
        raise empty()
    if came.size > limit:
        raise too_big(limit)
    known = Blob.objects.filter(original=came.sha256).first()
    if known is not None and known.media_type in EXTENSIONS:
        return known, safe_name(name, EXTENSIONS[known.media_type])
    made = clean(upload)
    upload.seek(0)
    _save(upload, came.sha256)
    return _keep_clean(made, came), safe_name(name, made.extension)


def keep(body: bytes, media_type: str) -> Blob:
    """Keep a document that the house itself made (a conclusion's PDF)."""
    return keep_stream(io.BytesIO(body), media_type)


def keep_stream(stream: IO[bytes], media_type: str) -> Blob:
    """Keep what the house itself made and does not hold in memory; the stream is seekable."""
    return _kept(stream, Clean("document", media_type, "pdf", None))


def discard(sha256: str) -> None:
    """Remove the bytes of what was made for one download; its row stays, links to it end."""
    Link.objects.filter(blob=sha256).delete()
    storages["files"].delete(store.key(sha256))


def read(blob: Blob) -> bytes:
    """Return the bytes of a kept file, after checking that they are still the ones of its hash.

    Raises OSError when the store has lost or changed them.
    """
    with storages["files"].open(store.key(blob.sha256)) as stream:
        body = stream.read()
    if hashlib.sha256(body).hexdigest() != blob.sha256:
        raise OSError(f"stored content {blob.sha256} was changed")
    return bytes(body)


def link(actor: Actor, sha256: str, name: str, *, inline: bool = False) -> str:
    """Return an address on the files' own origin that works for 60 s and for this session.

    The caller has checked the right to the file and recorded the read.
    """
    if actor.session is None:
        raise missing("Файл")
    token = secrets.token_urlsafe(24)
    Link.objects.create(
        hash=hashlib.sha256(token.encode()).hexdigest(),
        blob_id=sha256,
        name=name,
        inline=inline,
        session=actor.session,
        expires_at=clock.now() + LINK_LIVES,
    )
    return f"{settings.FILES_URL}/f/{token}/{quote(name)}"


def plan(blob: Blob) -> None:
    """See to it that a job makes what other devices need of this file; saying it twice is once.

    What a scanner has yet to look at is noted only: its verdict rings.
    """
    if blob.media_type not in DERIVED:
        return
    with transaction.atomic():
        _, is_new = Derivation.objects.get_or_create(blob=blob, defaults={"due_at": clock.now()})
        if is_new and blob.scan in _readable():
            _wake(blob.pk)


def derive(sha256: str) -> None:
    """Make the counterpart, the waveform, the preview of a stored file; done is done.

    The work is outside of any transaction and in a child process (files.workshop). What fails is
    tried again later by `sweep`, at most TRIES times; the file itself stays as it is. No decoder
    opens what a scanner has yet to look at, or has found harmful.
    """
    row = _makeable().select_related("blob").filter(pk=sha256).first()
    if row is None:
        return
    # Counted first: a file that brings the whole worker down is not tried for ever.
    row.tries += 1
    row.due_at = clock.now() + next_try(row.tries)
    row.save(update_fields=["tries", "due_at"])
    try:
        with (
            storages["files"].open(store.key(sha256)) as content,
            workshop.made(row.blob.media_type, content) as (outcome, folder),
        ):
            _keep_derived(row, outcome, folder)
    except workshop.Failed as fault:
        Derivation.objects.filter(pk=sha256).update(fault=str(fault))


def sweep() -> int:
    """Ring again for derivations whose job was lost or failed; a job calls it each minute."""
    due = _makeable().filter(due_at__lt=clock.now())
    keys = list(due.order_by("due_at").values_list("pk", flat=True)[:20])
    for key in keys:
        with transaction.atomic():
            later = clock.now() + next_try(TRIES)
            Derivation.objects.filter(pk=key).update(due_at=later)
            _wake(key)
    return len(keys)


def scan(sha256: str) -> bool:
    """Let clamd look at a file as it came; True when its verdict is known now.

    What is found is quarantined: never served, kept for the archive. While clamd does not answer
    the file waits for `sweep_scans`.
    """
    row = Blob.objects.filter(pk=sha256, scan=Scan.WAITING).first()
    if row is None:
        return True
    try:
        with storages["files"].open(store.key(row.original)) as content:
            found = clamd.signature(settings.CLAMD, store.chunks(content))
    except clamd.Unanswered as silence:
        logger.warning("clamd gave no verdict: %s", silence)
        return False
    if found:
        logger.warning("quarantined %s: %s", sha256, found)
    verdict = Scan.INFECTED if found else Scan.CLEAN
    with transaction.atomic():
        is_first = Blob.objects.filter(pk=sha256, scan=Scan.WAITING).update(scan=verdict)
        if is_first and _makeable().filter(pk=sha256).exists():
            _wake(sha256)
    return True


def sweep_scans() -> int:
    """Ask for the files whose job was lost or met no clamd; a job calls it each minute.

    Where no scanner is configured any more, nobody waits for one. Where one is new, what a decoder
    has yet to open goes to it first.
    """
    waiting = Blob.objects.filter(scan=Scan.WAITING)
    if not settings.CLAMD:
        return waiting.update(scan=Scan.NONE)
    unopened = Derivation.objects.filter(done_at=None, tries__lt=TRIES, blob__scan=Scan.NONE)
    Blob.objects.filter(pk__in=unopened.values("pk")).update(scan=Scan.WAITING)
    done = 0
    for key in list(waiting.order_by("stored_at").values_list("pk", flat=True)[:100]):
        if scan(key):
            done += 1
        elif not done:
            break  # it is down, or stuck at the first: the next minute tries again
    return done


def forget_links() -> int:
    """Delete the links and permits whose time is over; a job calls it."""
    Permit.objects.filter(expires_at__lt=clock.now()).delete()
    return Link.objects.filter(expires_at__lt=clock.now()).delete()[0]


def _readable() -> frozenset[Scan]:
    return READABLE[bool(settings.CLAMD)]


def _makeable() -> QuerySet[Derivation]:
    return Derivation.objects.filter(done_at=None, tries__lt=TRIES, blob__scan__in=_readable())


def _ask_scanner(blob: Blob) -> None:
    if not settings.CLAMD:
        return
    unknown = Blob.objects.filter(pk=blob.pk, scan=Scan.NONE)
    if unknown.update(scan=Scan.WAITING):
        app.configure_task(SCAN, priority=10).defer(sha256=blob.pk)
    blob.refresh_from_db(fields=["scan"])


def _wake(sha256: str) -> None:
    """Defer the work in one of two lanes, so that films never hold up every hand of the worker."""
    lane = f"files.derive.{int(sha256[-1], 16) % 2}"
    job = app.configure_task(DERIVE, lock=lane, priority=-10)
    job.defer(sha256=sha256)


def _keep_derived(row: Derivation, outcome: Outcome, folder: Path) -> None:
    """Store what was made, bytes before rows, then note it in one transaction."""
    preview, playable = "", None
    if outcome.preview:
        made = Clean("image", "image/jpeg", "jpg", None)
        preview = _keep_file(folder / outcome.preview, made).sha256
    if outcome.playable:
        made = Clean(row.blob.kind, outcome.media_type, outcome.extension, None)
        playable = _keep_file(folder / outcome.playable, made)
    with transaction.atomic():
        if preview:
            Blob.objects.filter(pk=row.pk, thumbnail="").update(thumbnail=preview)
        row.playable, row.peaks = playable, list(outcome.peaks)
        row.done_at, row.fault = clock.now(), ""
        row.save(update_fields=["playable", "peaks", "done_at", "fault"])


def _keep_file(path: Path, made: Clean) -> Blob:
    with path.open("rb") as stream:
        return _kept(stream, made)


def _kept(stream: IO[bytes], made: Clean) -> Blob:
    stored = store.digest(stream)
    _save(stream, stored.sha256)
    return _row(stored, made, stored.sha256, "")


def permit(actor: Actor, subject: UUID, room: int) -> str:
    """Return the secret that lets this session send files into `subject` for five minutes.

    `room` is how many bytes it may still take. The caller has checked the right to the subject.
    """
    if actor.session is None:
        raise missing("Файл")
    secret = secrets.token_urlsafe(32)
    Permit.objects.create(
        hash=hashlib.sha256(secret.encode()).hexdigest(),
        account=actor.account,
        session=actor.session,
        subject=subject,
        room=room,
        issued_at=clock.now(),
        expires_at=clock.now() + PERMIT_LIVES,
    )
    return secret


@contextmanager
def finished(actor: Actor, subject: UUID, key: UUID) -> Iterator[tuple[IO[bytes], str]]:
    """Open an upload of the actor into `subject` that came whole; yields its bytes and its name.

    Raises Refusal: missing for what is not theirs, conflict while a part is missing.
    """
    row = Upload.objects.filter(pk=key, account=actor.account, subject=subject).first()
    if row is None or row.expires_at <= clock.now():
        raise missing("Загрузка")
    try:
        stream = partial.path(partial.folder(), key).open("rb")
    except FileNotFoundError:
        raise missing("Загрузка") from None
    with stream:
        if stream.seek(0, io.SEEK_END) != row.size:
            raise unfinished()
        yield stream, file_name(row.metadata)


def bound(actor: Actor, subject: UUID, key: UUID) -> UUID | None:
    """Return what an upload of the actor has become, None while it is nothing yet.

    In a transaction it stays locked: two who finish the same upload get one thing.
    """
    rows = Upload.objects.select_for_update()
    row = rows.filter(pk=key, account=actor.account, subject=subject).first()
    if row is None:
        raise missing("Загрузка")
    return row.bound_to


def bind(key: UUID, to: UUID) -> None:
    """Note what an upload has become; its bytes under way go with the commit."""
    Upload.objects.filter(pk=key).update(bound_to=to, bound_at=clock.now())
    transaction.on_commit(lambda: partial.remove(partial.folder(), key))


def sweep_uploads() -> int:
    """Remove what came in part or was never bound, once its time is over; a job calls it.

    Returns how many files went. Rows stay a week longer, to tell late senders why.
    """
    now = clock.now()
    Upload.objects.filter(expires_at__lt=now - UPLOAD_REMEMBERED).delete()
    living = set(
        Upload.objects.filter(expires_at__gt=now, bound_at=None).values_list("pk", flat=True)
    )
    gone = 0
    for key, touched_at in partial.keys(partial.folder()):
        # A file is made a moment before its row.
        if key not in living and touched_at < now.timestamp() - 3600:
            partial.remove(partial.folder(), key)
            gone += 1
    return gone


def _keep_clean(made: Clean, came: store.Stored) -> Blob:
    preview, served = "", came
    if made.preview is not None:
        stream = io.BytesIO(made.preview)
        small = store.digest(stream)
        _save(stream, small.sha256)
        _row(small, Clean("image", "image/jpeg", "jpg", None), small.sha256, "")
        preview = small.sha256
    if made.body is not None:
        with made.body as body:
            served = store.digest(body)
            _save(body, served.sha256)
    # Together: no row is seen before its scanner was asked.
    with transaction.atomic():
        blob = _row(served, made, came.sha256, preview)
        _ask_scanner(blob)
        plan(blob)
    return blob


def _row(stored: store.Stored, made: Clean, original: str, preview: str) -> Blob:
    with transaction.atomic():
        blob, _ = Blob.objects.get_or_create(
            sha256=stored.sha256,
            defaults={
                "size": stored.size,
                "media_type": made.media_type,
                "kind": made.kind,
                "width": made.width,
                "height": made.height,
                "seconds": made.seconds,
                "thumbnail": preview,
                "original": original,
                "stored_at": clock.now(),
            },
        )
        return blob


def _save(stream: IO[bytes], sha256: str) -> None:
    storage, name = storages["files"], store.key(sha256)
    if not storage.exists(name):
        storage.save(name, File(stream, name=name))
    stream.seek(0)
