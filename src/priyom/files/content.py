"""What a file really is, and the clean form in which others get it; no row is written here.

Pictures are drawn anew (no EXIF, no place, right way up), sound and video are remuxed (no tags);
a PDF stays as it is and is only ever opened on the files' own origin, where nothing is signed in.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

import av
import av.error
import pi_heif
from PIL import Image, ImageOps

from priyom.files.papers import HEAD, is_dicom, office
from priyom.files.rules import PIXEL_LIMIT, SECONDS_LIMIT, unreadable, wrong_type

pi_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = PIXEL_LIMIT

_SIDE, _PREVIEW = 2560, 640
_IN_MEMORY = 8 * 1024 * 1024


class _Film(tempfile.SpooledTemporaryFile[bytes]):
    """Half a gigabyte does not belong in memory; goes with whoever held it last."""

    def __del__(self) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Clean:
    """Content ready to be served. `seconds` for sound and video, sides for pictures and video."""

    kind: str
    media_type: str
    extension: str
    body: IO[bytes] | None
    """None: the bytes as they came."""
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    preview: bytes | None = None


def clean(stream: IO[bytes]) -> Clean:
    """Return the clean form of what the stream holds, told by content, never by its name.

    Raises Refusal: wrong_type for what is not on the list, unreadable for damaged content.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    stream.seek(0)
    for looks_like, make in _READERS:
        if looks_like(head):
            return make(stream)
    raise wrong_type()


def _picture(stream: IO[bytes]) -> Clean:
    try:
        with Image.open(stream, formats=["JPEG", "PNG", "WEBP", "HEIF"]) as opened:
            if opened.width * opened.height > PIXEL_LIMIT:
                raise unreadable()
            picture = ImageOps.exif_transpose(opened)
            has_alpha = picture.mode in ("RGBA", "LA", "PA")
            picture = picture.convert("RGBA" if has_alpha else "RGB")
    except (OSError, ValueError, Image.DecompressionBombError, SyntaxError) as error:
        raise unreadable() from error
    if has_alpha:
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    picture.thumbnail((_SIDE, _SIDE))
    preview = picture.copy()
    preview.thumbnail((_PREVIEW, _PREVIEW))
    return Clean(
        "image",
        "image/jpeg",
        "jpg",
        io.BytesIO(_jpeg(picture, 88)),
        width=picture.width,
        height=picture.height,
        preview=_jpeg(preview, 80),
    )


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.info.clear()  # Pillow would carry the comment over
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _paper(stream: IO[bytes]) -> Clean:
    stream.seek(0, io.SEEK_END)
    stream.seek(max(0, stream.tell() - 2048))
    tail = stream.read()
    stream.seek(0)
    if b"%%EOF" not in tail:
        raise unreadable()
    return Clean("document", "application/pdf", "pdf", None)


_FORMS = {
    # what demuxers call themselves → (container to write, with video, without video)
    "matroska,webm": ("webm", ("video/webm", "webm"), ("audio/webm", "webm")),
    "mov,mp4,m4a,3gp,3g2,mj2": ("mp4", ("video/mp4", "mp4"), ("audio/mp4", "m4a")),
    "ogg": ("ogg", None, ("audio/ogg", "ogg")),
    "mp3": ("mp3", None, ("audio/mpeg", "mp3")),
}
_CODECS = frozenset({"opus", "vorbis", "vp8", "vp9", "av1", "h264", "hevc", "aac", "mp3"})


def _recording(stream: IO[bytes]) -> Clean:
    try:
        return _remuxed(stream)
    except (av.error.FFmpegError, ValueError, IndexError) as error:
        raise unreadable() from error


def _remuxed(stream: IO[bytes]) -> Clean:
    """Copy the first video and sound track into a new container without tags; nothing decoded."""
    with av.open(stream, "r") as source:
        form = _FORMS.get(source.format.name)
        video = source.streams.video[0] if source.streams.video else None
        sound = source.streams.audio[0] if source.streams.audio else None
        tracks = [track for track in (video, sound) if track is not None]
        known = all(track.codec_context.codec.canonical_name in _CODECS for track in tracks)
        named = form and (form[1] if video else form[2])
        if form is None or named is None or not tracks or not known:
            raise wrong_type()
        out = _Film(_IN_MEMORY)
        last = 0.0
        with av.open(out, "w", format=form[0]) as target:
            copies = {track.index: target.add_stream_from_template(track) for track in tracks}
            for packet in source.demux(tracks):
                if packet.dts is None or packet.pts is None:
                    continue
                end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
                last = max(last, end)
                if last > SECONDS_LIMIT:
                    raise unreadable()
                packet.stream = copies[packet.stream.index]
                target.mux(packet)
        return Clean(
            "video" if video else "audio",
            named[0],
            named[1],
            out,
            width=video.codec_context.width if video else None,
            height=video.codec_context.height if video else None,
            seconds=round(last, 2),
        )


def _office(stream: IO[bytes]) -> Clean:
    told = office(stream)
    if told is None:
        raise wrong_type()
    return Clean("document", told[0], told[1], None)


def _dicom(_: IO[bytes]) -> Clean:
    return Clean("document", "application/dicom", "dcm", None)


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


def _brand(*brands: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[4:8] == b"ftyp" and head[8:12] in brands


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[IO[bytes]], Clean]], ...] = (
    (_starts(b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"), _picture),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", _picture),
    (_brand(b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"heim", b"heis"), _picture),
    (_starts(b"%PDF-"), _paper),
    (_starts(b"PK\x03\x04"), _office),
    (is_dicom, _dicom),
    (
        _starts(b"\x1a\x45\xdf\xa3", b"OggS", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
        _recording,
    ),
    (lambda head: head[4:8] == b"ftyp", _recording),
)
