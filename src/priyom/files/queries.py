"""Which content stands for a file: the one that was sent, or what a job made; is it whole?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.core.files.storage import storages

from priyom.files import store
from priyom.files.models import Blob, Derivation
from priyom.files.rules import TRIES, with_extension
from priyom.kernel.refusal import missing

_PART = 1 << 20
_ENDINGS = {"audio/mp4": "m4a", "audio/webm": "webm", "video/mp4": "mp4"}


def playable(blob: Blob, name: str) -> tuple[str, str]:
    """Return sha-256 and name of the recording in the other codec; missing while there is none."""
    row = Derivation.objects.select_related("playable").filter(blob=blob).first()
    if row is None or row.playable is None:
        raise missing("Файл")
    other = row.playable
    return other.sha256, with_extension(name, _ENDINGS[other.media_type])


def is_expected(row: Derivation | None) -> bool:
    """Tell whether a job may still make something of the file."""
    return row is not None and row.done_at is None and row.tries < TRIES


def pieces(blob: Blob) -> Iterator[bytes]:
    """Yield the kept bytes part by part; raises OSError when they are lost."""
    with storages["files"].open(store.key(blob.sha256)) as stream:
        while part := stream.read(_PART):
            yield bytes(part)


def is_whole(blob: Blob) -> bool:
    """Whether the kept bytes are still those of the hash; of any size, never whole in memory."""
    made = hashlib.sha256()
    try:
        for part in pieces(blob):
            made.update(part)
    except OSError:
        return False
    return made.hexdigest() == blob.sha256
