"""Recordings as browsers and phones make them, written with PyAV."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import av
import numpy as np
from PIL import Image, ImageDraw

RATE = 48_000
FPS = 10


def sound(form: str, codec: str, seconds: float = 2, *, quiet_from: float = 1e9) -> bytes:
    """Return a tone in that container and codec, silent from `quiet_from` on."""
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        track: Any = container.add_stream(codec, rate=RATE, layout="mono")
        for frame in _tone(seconds, quiet_from):
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return out.getvalue()


def _tone(seconds: float, quiet_from: float = 1e9) -> list[av.AudioFrame]:
    made = []
    for start in range(0, int(seconds * RATE), 960):
        at = (start + np.arange(960)) / RATE
        wave = np.where(at < quiet_from, 9000 * np.sin(at * 2 * np.pi * 300), 0)
        frame = av.AudioFrame.from_ndarray(
            wave.astype(np.int16).reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        made.append(frame)
    return made


def film(form: str, video: str, audio: str, size: tuple[int, int] = (322, 182)) -> bytes:
    """Return two seconds: red above, blue below, a black first picture, a tone beside it."""
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        track: Any = container.add_stream(video, rate=FPS)
        track.width, track.height, track.pix_fmt = *size, "yuv420p"
        heard: Any = container.add_stream(audio, rate=RATE, layout="mono")
        for number in range(2 * FPS):
            picture = Image.new("RGB", size, "blue" if number else "black")
            if number:
                ImageDraw.Draw(picture).rectangle((0, 0, size[0], size[1] // 2), fill="red")
            frame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(track.encode(frame))
        for sounding in _tone(2):
            container.mux(heard.encode(sounding))
        container.mux(track.encode(None))
        container.mux(heard.encode(None))
    return out.getvalue()


def turned(mp4: bytes) -> bytes:
    """Return the film as a phone held upright writes it: the first track's matrix says 90°."""
    at = mp4.index(b"tkhd") + 4 + 40  # version, times, ids, duration, layer, volume
    one, minus = (0x10000).to_bytes(4, "big"), (-0x10000 & 0xFFFFFFFF).to_bytes(4, "big")
    nought, end = bytes(4), (0x40000000).to_bytes(4, "big")
    matrix = [nought, one, nought, minus, nought, nought, nought, nought, end]
    return mp4[:at] + b"".join(matrix) + mp4[at + 36 :]
