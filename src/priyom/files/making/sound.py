"""Sound: the waveform, and the other of the two codecs that browsers record and play."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from priyom.files.making.outcome import Outcome, Unmakeable

PEAKS = 60
_RATE = 8000
COUNTERPART = {
    # Opus of Android and desks for older iPhones; AAC of iPhones for browsers without its licence.
    "audio/webm": ("audio/mp4", "m4a", "ipod", "aac"),
    "audio/ogg": ("audio/mp4", "m4a", "ipod", "aac"),
    "audio/mp4": ("audio/webm", "webm", "webm", "libopus"),
}
BITS = {"aac": 64_000, "libopus": 32_000}


def make(media_type: str, source: Path, folder: Path) -> Outcome:
    """Return waveform and counterpart; MP3 plays everywhere and gets the waveform alone."""
    peaks = waveform(source)
    if media_type not in COUNTERPART:
        return Outcome(peaks=peaks)
    other, extension, container, codec = COUNTERPART[media_type]
    name = f"playable.{extension}"
    _transcode(source, folder / name, container, codec)
    return Outcome(name, other, extension, peaks=peaks)


def waveform(source: Path) -> tuple[int, ...]:
    """Return how loud it is over its length: PEAKS numbers against the loudest part, 0…100."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE)
    with opened(source) as container:
        if not container.streams.audio:
            return ()
        pieces = [
            piece.to_ndarray()[0]
            for frame in frames(container, container.streams.audio[0])
            for piece in resampler.resample(frame)
        ]
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
    return loudness(samples)


def loudness(samples: NDArray[np.int16]) -> tuple[int, ...]:
    """Return the root mean square of PEAKS equal parts, the loudest being 100."""
    if samples.size < PEAKS:
        return ()
    parts = np.array_split(samples.astype(np.float64), PEAKS)
    heights = np.array([np.sqrt(np.mean(np.square(part))) for part in parts])
    most = heights.max()
    if most < 1:  # silence
        return (0,) * PEAKS
    return tuple(round(100 * float(height) / float(most)) for height in heights)


def opened(source: Path) -> Any:
    """Open a recording; nothing but files may be read by whatever it names."""
    try:
        return av.open(str(source), "r", options={"protocol_whitelist": "file"})
    except (av.error.FFmpegError, ValueError) as error:
        raise Unmakeable("unreadable") from error


def frames(container: Any, stream: Any) -> Iterator[Any]:
    """Yield decoded frames; a damaged end ends the recording instead of losing it."""
    seen = False
    try:
        for frame in container.decode(stream):
            seen = True
            yield frame
    except av.error.FFmpegError as error:
        if not seen:
            raise Unmakeable("undecodable") from error


def _transcode(source: Path, target: Path, container: str, codec: str) -> None:
    with opened(source) as came, av.open(str(target), "w", format=container) as made:
        heard = came.streams.audio[0]
        layout = "mono" if heard.codec_context.channels == 1 else "stereo"
        track: Any = made.add_stream(codec, rate=48_000, layout=layout)
        track.bit_rate = BITS[codec]
        for frame in frames(came, heard):
            frame.pts = None  # one after another: browsers leave holes where one paused
            made.mux(track.encode(frame))
        made.mux(track.encode(None))
