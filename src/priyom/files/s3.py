"""Django's storage API over a private S3 bucket, content-addressed as on the disk."""

from __future__ import annotations

from typing import IO, Any, NoReturn, cast

from django.core.files.base import File
from storages.backends.s3 import S3Storage

from priyom.files import store


class ContentBucket(S3Storage):
    """Stores what its name promises, never overwrites, gives nobody an address."""

    def _save(self, name: str, content: File[Any]) -> str:
        """Store the content; its name must be the one its bytes ask for."""
        if name != store.key(store.digest(content).sha256):
            raise ValueError(f"content does not belong under {name}")
        # The uploader closes what it was given; the caller goes on with it.
        saved: str = super()._save(name, File(cast("IO[bytes]", _Open(content))))
        return saved

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return the name itself: the same name is the same content."""
        return name

    def url(self, *names: Any, **more: Any) -> NoReturn:
        """Refuse: files are fetched from the files' origin alone."""
        raise NotImplementedError("files have no address in the bucket")


class _Open:
    """A file that others cannot close."""

    def __init__(self, file: File[Any]) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def close(self) -> None:
        """Stay open."""
