"""What the child found and made; names are of files in the folder that it was given."""

from __future__ import annotations

from dataclasses import dataclass


class Unmakeable(Exception):
    """The content cannot be read; the message is a short code."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`playable` is the counterpart with its type and ending, `preview` a JPEG."""

    playable: str = ""
    media_type: str = ""
    extension: str = ""
    preview: str = ""
    peaks: tuple[int, ...] = ()
    """Loudness over the recording, PEAKS numbers, 0…100."""
