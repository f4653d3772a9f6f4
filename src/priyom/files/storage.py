"""Django's storage API over the content-addressed store; S3 takes its place by settings."""

from __future__ import annotations

from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from priyom.files import store


class ContentStorage(FileSystemStorage):
    """Saves synced, never overwrites; the name is store.key(sha256)."""

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        """Store the content; its name must be the one its bytes ask for."""
        stored = store.put(Path(self.location), content.chunks())
        if name != store.key(stored.sha256):
            raise ValueError(f"content does not belong under {name}")
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return the name itself: the same name is the same content."""
        return name
