"""Voice and video messages, synthesised: a murmur with the rhythm of speech, a moving hand."""

from __future__ import annotations

import array
import io
import math
import random
from collections.abc import Iterator
from fractions import Fraction

import av
from PIL import Image, ImageDraw

RATE = 16_000
_FRAME = RATE // 50
_FRAMES_A_SECOND = 10
_SIDES = (320, 240)


def voice(name: str, seconds: int = 8) -> bytes:
    """Return WebM with Opus: about `seconds` of murmur, or of cough when the name says so."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = 24_000
        for frame in _sound(name, seconds):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def video(name: str, seconds: int = 5) -> bytes:
    """Return WebM with VP8 and Opus: a hand that opens and closes, a voice beside it."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as container:
        film = container.add_stream("libvpx", rate=_FRAMES_A_SECOND)
        film.width, film.height = _SIDES
        film.pix_fmt = "yuv420p"
        film.options = {"deadline": "realtime", "cpu-used": "8", "b": "180k"}
        track = container.add_stream("libopus", rate=RATE, layout="mono")
        track.bit_rate = 24_000
        sound = list(_sound(name, seconds))
        each = len(sound) // (seconds * _FRAMES_A_SECOND)
        for number in range(seconds * _FRAMES_A_SECOND):
            picture = av.VideoFrame.from_image(  # type: ignore[no-untyped-call]
                _hand(number / _FRAMES_A_SECOND)
            )
            picture.pts = number
            picture.time_base = Fraction(1, _FRAMES_A_SECOND)
            container.mux(film.encode(picture))
            for frame in sound[number * each : (number + 1) * each]:
                container.mux(track.encode(frame))
        container.mux(film.encode(None))
        container.mux(track.encode(None))
    return out.getvalue()


def _sound(name: str, seconds: int) -> Iterator[av.AudioFrame]:
    samples = _cough(name, seconds) if "кашля" in name else _murmur(name, seconds)
    for start in range(0, seconds * RATE - _FRAME + 1, _FRAME):
        frame = av.AudioFrame(format="s16", layout="mono", samples=_FRAME)
        frame.planes[0].update(samples[start : start + _FRAME].tobytes())
        frame.sample_rate = RATE
        frame.pts = start
        frame.time_base = Fraction(1, RATE)
        yield frame


def _murmur(name: str, seconds: int) -> array.array[int]:
    """Four syllables a second, a pause at the end of each phrase, a tone that falls."""
    chance = random.Random(name)
    pitch = chance.choice((118.0, 196.0))
    samples, phase = array.array("h"), 0.0
    for index in range(seconds * RATE):
        at = index / RATE
        phrase = at % 2.6
        loud = max(0.0, math.sin(at * math.tau * 2)) ** 0.6 if phrase < 2.1 else 0.0
        phase += math.tau * pitch * (1.12 - 0.1 * phrase) / RATE
        tone = math.sin(phase) + 0.5 * math.sin(3 * phase) + 0.3 * math.sin(5 * phase)
        samples.append(int(5200 * loud * tone))
    return samples


def _cough(name: str, seconds: int) -> array.array[int]:
    chance = random.Random(name)
    samples = array.array("h")
    for index in range(seconds * RATE):
        since = (index / RATE) % 1.9
        loud = math.exp(-since * 9) if since < 0.6 else 0.0
        samples.append(int(16_000 * loud * (chance.random() * 2 - 1)))
    return samples


def _hand(at: float) -> Image.Image:
    picture = Image.new("RGB", _SIDES, (74, 92, 100))
    draw = ImageDraw.Draw(picture)
    open_ = 0.5 + 0.5 * math.sin(at * 2.2)
    skin = (216, 172, 146)
    draw.rounded_rectangle((110, 150, 210, 240), 20, fill=skin)
    draw.ellipse((100, 100, 220, 200), fill=skin)
    for finger in range(4):
        lean = (finger - 1.5) * 22 * (0.6 + open_)
        tip = 120 - 70 * (0.35 + 0.65 * open_)
        draw.line((125 + finger * 24, 130, 125 + finger * 24 + lean, tip), fill=skin, width=19)
    return picture
