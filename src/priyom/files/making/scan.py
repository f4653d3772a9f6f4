"""The first frame of a DICOM file as a picture, as far as its window says how to show it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut
from pydicom.pixels.utils import pixel_array

from priyom.files.making.outcome import Outcome, Unmakeable

_SIDE = 640
_PIXELS = 64_000_000


def make(source: Path, folder: Path) -> Outcome:
    """Return the first frame, windowed; Unmakeable for codecs that pydicom cannot read alone."""
    try:
        data = pydicom.dcmread(source)
        if int(data.Rows) * int(data.Columns) > _PIXELS:
            raise Unmakeable("too_big")
        plane = pixel_array(data, index=0)
        picture = Image.fromarray(_shown(data, plane))
    except Unmakeable:
        raise
    except Exception as error:  # a library for hostile input raises whatever its parts raise
        raise Unmakeable("unreadable") from error
    picture.thumbnail((_SIDE, _SIDE))
    picture.convert("RGB").save(folder / "preview.jpg", "JPEG", quality=85)
    return Outcome(preview="preview.jpg")


def _shown(data: pydicom.Dataset, plane: NDArray[np.generic]) -> NDArray[np.uint8]:
    if plane.ndim == 3:
        return np.asarray(plane, dtype=np.uint8)
    tones = apply_voi_lut(apply_modality_lut(plane, data), data, index=0).astype(np.float64)
    low, high = float(tones.min()), float(tones.max())
    tones = (tones - low) / max(high - low, 1e-9)
    if data.get("PhotometricInterpretation") == "MONOCHROME1":  # white is nothing
        tones = 1 - tones
    return np.asarray(np.rint(tones * 255), dtype=np.uint8)
