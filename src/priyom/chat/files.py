"""How a sent file is shown: what is there of it already, and its waveform as a line of SVG."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from priyom.chat.pages import FileView
from priyom.consultations.models import Attachment
from priyom.files.queries import is_expected
from priyom.files.rules import Scan, barred

WAVE_STEP, WAVE_MIDDLE = 4, 16
"""Pixels from stroke to stroke and to the middle line; 60 strokes fill the 240 × 32 of the SVG."""


def view_of(one: Attachment, portal: str, reader: UUID) -> FileView:
    """Return a file as its line shows it to an account; its row brings blob and derivation."""
    blob = one.blob
    derivation = getattr(blob, "derivation", None)
    playable = derivation.playable if derivation else None
    is_mine = one.uploaded_by == reader
    url = f"{portal}/files/{one.pk}/"
    return FileView(
        id=one.pk,
        name=one.name,
        look="file" if blob.kind == "document" else blob.kind,
        size=blob.size,
        seconds=blob.seconds,
        width=blob.width,
        height=blob.height,
        url=url,
        preview_url=f"{url}preview/",
        is_mine=is_mine,
        is_waiting=blob.scan == Scan.WAITING,
        barred=barred(blob.scan, is_own=is_mine),
        media_type=blob.media_type,
        playable_type=playable.media_type if playable else "",
        wave=wave(derivation.peaks) if derivation else "",
        has_preview=bool(blob.thumbnail),
        is_expected=is_expected(derivation),
    )


def wave(peaks: Sequence[int]) -> str:
    """Return the path of a waveform: a stroke up and down for each loudness 0…100."""
    strokes = []
    for number, peak in enumerate(peaks):
        reach = max(1, round(peak * (WAVE_MIDDLE - 2) / 100))
        x = number * WAVE_STEP + WAVE_STEP // 2
        strokes.append(f"M{x} {WAVE_MIDDLE - reach}v{2 * reach}")
    return "".join(strokes)
