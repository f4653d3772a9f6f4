"""A store of each test's own, and a real clamd for who asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from priyom.files.tests.scanner import configured, scanner

__all__ = ["configured", "place", "scanner"]


@pytest.fixture
def place(settings: object, tmp_path: Path) -> Path:
    """A store of the test's own."""
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "files": {
            "BACKEND": "priyom.files.storage.ContentStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    return tmp_path
