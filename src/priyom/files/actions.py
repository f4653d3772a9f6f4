"""Keeping a file and giving a short-lived right to fetch it."""

from __future__ import annotations

import hashlib
import io
import secrets
from typing import IO
from urllib.parse import quote

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction

from priyom.files import store
from priyom.files.content import Clean, clean
from priyom.files.models import Blob, Link
from priyom.files.rules import LINK_LIVES, SIZE_LIMIT, empty, safe_name, too_big
from priyom.kernel import clock
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing


def receive(upload: IO[bytes], name: str) -> tuple[Blob, str]:
    """Keep what a person sent: sniffed, cleaned, synced to disk before its row.

    Returns the blob that may be served and the name to show. The bytes as they came stay in the
    store under `original`. Raises Refusal (invalid): empty, too_big, wrong_type, unreadable.
    """
    came = store.digest(upload)
    if came.size == 0:
        raise empty()
    if came.size > SIZE_LIMIT:
        raise too_big()
    known = Blob.objects.filter(original=came.sha256).first()
    if known is not None:
        return known, safe_name(name, _extension(known.media_type))
    made = clean(upload)
    upload.seek(0)
    _save(upload, came.sha256)
    blob = _keep_clean(made, came)
    return blob, safe_name(name, made.extension)


def keep(body: bytes, media_type: str) -> Blob:
    """Keep a document that the house itself made (a conclusion's PDF)."""
    stream = io.BytesIO(body)
    came = store.digest(stream)
    _save(stream, came.sha256)
    return _row(came, Clean("document", media_type, "pdf", None), came.sha256, "")


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


def forget_links() -> int:
    """Delete the links whose time is over; a job calls it."""
    return Link.objects.filter(expires_at__lt=clock.now()).delete()[0]


def _keep_clean(made: Clean, came: store.Stored) -> Blob:
    preview = ""
    if made.preview is not None:
        stream = io.BytesIO(made.preview)
        small = store.digest(stream)
        _save(stream, small.sha256)
        _row(small, Clean("image", "image/jpeg", "jpg", None), small.sha256, "")
        preview = small.sha256
    if made.body is None:
        return _row(came, made, came.sha256, preview)
    stream = io.BytesIO(made.body)
    served = store.digest(stream)
    _save(stream, served.sha256)
    return _row(served, made, came.sha256, preview)


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


def _extension(media_type: str) -> str:
    return {
        "image/jpeg": "jpg",
        "application/pdf": "pdf",
        "video/webm": "webm",
        "video/mp4": "mp4",
        "audio/webm": "webm",
        "audio/mp4": "m4a",
        "audio/ogg": "ogg",
        "audio/mpeg": "mp3",
    }[media_type]
