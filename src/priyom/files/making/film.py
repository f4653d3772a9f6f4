"""Films: H.264 with AAC where the film is something else, the waveform, and a still picture."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import av.error
import av.filter

from priyom.files.making.outcome import Outcome, Unmakeable
from priyom.files.making.sound import BITS, frames, opened, waveform

LONGEST_SIDE = 1280
_STILL = 640
_STILL_AT = 1.0
"""Seconds: the first pictures are often black, or the inside of a pocket."""
_CLOCK = Fraction(1, 90_000)
_TURNS = {90: "transpose=cclock", -90: "transpose=clock", 180: "hflip,vflip", -180: "hflip,vflip"}


def make(source: Path, folder: Path) -> Outcome:
    """Return still, waveform and, unless it is H.264 in MP4 already, the counterpart."""
    with opened(source) as container:
        if not container.streams.video:
            raise Unmakeable("no_picture")
        form, codec = (
            container.format.name,
            container.streams.video[0].codec_context.codec.canonical_name,
        )
    still = _still(source, folder)
    peaks = waveform(source)
    if "mp4" in form and codec == "h264":
        return Outcome(preview=still, peaks=peaks)
    _transcode(source, folder / "playable.mp4")
    return Outcome("playable.mp4", "video/mp4", "mp4", still, peaks)


def _still(source: Path, folder: Path) -> str:
    with opened(source) as container:
        stream = container.streams.video[0]
        best = None
        for frame in frames(container, stream):
            best = frame
            if frame.time is not None and frame.time >= _STILL_AT:
                break
        if best is None:
            raise Unmakeable("no_picture")
        picture = Upright().turn(best).to_image()
    picture.thumbnail((_STILL, _STILL))
    picture.save(folder / "preview.jpg", "JPEG", quality=80, optimize=True)
    return "preview.jpg"


class Upright:
    """Turns the pictures of a phone that was held another way."""

    def __init__(self) -> None:
        self.graph: Any = None
        self.key: tuple[Any, ...] = ()

    def turn(self, frame: Any) -> Any:
        """Return the picture as it is to be seen."""
        way = _TURNS.get(round(frame.rotation / 90) * 90)
        if way is None:
            return frame
        key = (way, frame.width, frame.height, frame.format.name)
        if key != self.key:
            self.graph, self.key = _graph(frame, way), key
        self.graph.push(frame)
        return self.graph.pull()


def _graph(frame: Any, way: str) -> Any:
    graph = av.filter.Graph()
    nodes = [
        graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=_CLOCK
        )
    ]
    for step in way.split(","):
        name, _, options = step.partition("=")
        nodes.append(graph.add(name, options or None))
    nodes.append(graph.add("buffersink"))
    for before, after in pairwise(nodes):
        before.link_to(after)
    graph.configure()
    return graph


def _transcode(source: Path, target: Path) -> None:
    with (
        opened(source) as came,
        av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as made,
    ):
        seen = came.streams.video[0]
        heard = came.streams.audio[0] if came.streams.audio else None
        writer = _Writer(made, heard)
        for packet in came.demux([one for one in (seen, heard) if one is not None]):
            try:
                decoded = packet.decode()
            except av.error.FFmpegError:
                continue  # one damaged picture is no reason to lose the rest
            for frame in decoded:
                writer.write(frame)
        writer.finish()


class _Writer:
    """One film on its way: the first picture decides the size, times only go forward."""

    def __init__(self, made: Any, heard: Any) -> None:
        self.made = made
        self.film: Any = None
        self.last = -1
        self.upright = Upright()
        self.sound: Any = None
        if heard is not None:
            layout = "mono" if heard.codec_context.channels == 1 else "stereo"
            self.sound = made.add_stream("aac", rate=48_000, layout=layout)
            self.sound.bit_rate = BITS["aac"]
        # A stream cannot be added once the first packet is written: sound waits for the picture.
        self.waiting: list[Any] = []

    def write(self, frame: Any) -> None:
        """Take one decoded frame of either track."""
        if isinstance(frame, av.AudioFrame):
            if self.film is None:
                self.waiting.append(frame)
            else:
                self.made.mux(self.sound.encode(frame))
            return
        picture = self.upright.turn(frame)
        if self.film is None:
            self._begin(picture)
        at = int((frame.time or 0) / _CLOCK)
        if at <= self.last:
            return
        self.last = at
        ready = picture.reformat(self.film.width, self.film.height, "yuv420p")
        ready.pts, ready.time_base = at, _CLOCK
        self.made.mux(self.film.encode(ready))

    def finish(self) -> None:
        """Write what the encoders still hold."""
        if self.film is None:
            raise Unmakeable("no_picture")
        for track in (self.film, self.sound):
            if track is not None:
                self.made.mux(track.encode(None))

    def _begin(self, picture: Any) -> None:
        share = min(1.0, LONGEST_SIDE / max(picture.width, picture.height))
        self.film = self.made.add_stream("libx264", rate=30)
        self.film.width = max(2, int(picture.width * share) // 2 * 2)
        self.film.height = max(2, int(picture.height * share) // 2 * 2)
        self.film.pix_fmt = "yuv420p"
        self.film.codec_context.time_base = _CLOCK
        self.film.codec_context.thread_count = 2
        self.film.options = {"preset": "veryfast", "crf": "26", "profile": "main"}
        for frame in self.waiting:
            self.made.mux(self.sound.encode(frame))
        self.waiting = []
