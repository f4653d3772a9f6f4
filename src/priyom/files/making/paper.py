"""The first page of a PDF as a picture."""

from __future__ import annotations

from pathlib import Path

import pypdfium2

from priyom.files.making.outcome import Outcome, Unmakeable

_SIDE = 640


def make(source: Path, folder: Path) -> Outcome:
    """Return the first page, its longer side 640; a locked or broken paper has none."""
    try:
        paper = pypdfium2.PdfDocument(source)
        page = paper[0]
        scale = _SIDE / max(1.0, *page.get_size())
        picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        raise Unmakeable("unreadable") from error
    picture.thumbnail((_SIDE, _SIDE))
    picture.save(folder / "preview.jpg", "JPEG", quality=82, optimize=True)
    return Outcome(preview="preview.jpg")
