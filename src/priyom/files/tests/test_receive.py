"""What people send: told by content, cleaned, kept once."""

from __future__ import annotations

import io
from pathlib import Path

import av
import pytest
from PIL import Image

from priyom.files import actions, store
from priyom.files.content import clean
from priyom.files.models import Blob
from priyom.kernel.refusal import Refusal


def photo(size: tuple[int, int] = (3000, 2000)) -> bytes:
    """A JPEG that carries a place and an orientation."""
    picture = Image.new("RGB", size, "teal")
    exif = picture.getexif()
    exif[0x0112] = 6
    exif[0x010E] = "secret place"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def voice(seconds: int = 2) -> bytes:
    """Silence in Opus, as browsers record it."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as container:
        track = container.add_stream("libopus", rate=48000)
        for place in range(seconds * 50):
            frame = av.AudioFrame(format="s16", layout="stereo", samples=960)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate = 48000
            frame.pts = place * 960
            container.mux(track.encode(frame))
        container.mux(track.encode())
    return out.getvalue()


@pytest.mark.django_db
def test_photo_loses_its_place_and_stands_upright(place: Path) -> None:
    blob, name = actions.receive(io.BytesIO(photo()), "..\\secret\u202egpj.exe")
    assert (blob.kind, blob.media_type) == ("image", "image/jpeg")
    assert (blob.width or 0) < (blob.height or 0)
    body = actions.read(blob)
    assert b"secret place" not in body
    assert name.endswith(".jpg")
    assert not {"\u202e", "\\"} & set(name)
    assert store.path(place, blob.thumbnail).is_file()
    assert store.path(place, blob.original).read_bytes() == photo()


@pytest.mark.django_db
def test_same_file_twice_is_kept_once(place: Path) -> None:
    first, _ = actions.receive(io.BytesIO(photo()), "a.jpg")
    second, _ = actions.receive(io.BytesIO(photo()), "b.jpg")
    assert first == second
    assert Blob.objects.filter(original=first.original).count() == 1


@pytest.mark.django_db
def test_voice_message_has_its_length(place: Path) -> None:
    blob, name = actions.receive(io.BytesIO(voice()), "voice.webm")
    assert (blob.kind, blob.media_type, name) == ("audio", "audio/webm", "voice.webm")
    assert blob.seconds == pytest.approx(2.0, abs=0.1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file.empty"),
        (b"MZ" + b"0" * 99, "file.wrong_type"),
        (b"<svg onload='x()'>", "file.wrong_type"),
        (b"<html><script>", "file.wrong_type"),
        (b"PK\x03\x04" + b"0" * 99, "file.wrong_type"),
        (b"\xff\xd8\xff not a picture", "file.unreadable"),
        (b"%PDF-1.7 cut", "file.unreadable"),
        (b"\x1a\x45\xdf\xa3 not a recording", "file.unreadable"),
        (b"GIF89a" + b"0" * 99, "file.wrong_type"),
    ],
)
def test_other_content_is_refused_whatever_its_name(place: Path, body: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        actions.receive(io.BytesIO(body), "photo.jpg")
    assert refused.value.code == code
    assert not Blob.objects.exists()


def test_pixel_flood_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (12000, 12000)).save(out, "PNG")
    with pytest.raises(Refusal):
        clean(io.BytesIO(out.getvalue()))


@pytest.mark.django_db
def test_changed_content_is_not_read_as_genuine(place: Path) -> None:
    blob = actions.keep(b"%PDF-1.7 document %%EOF", "application/pdf")
    store.path(place, blob.sha256).write_bytes(b"something else")
    with pytest.raises(OSError, match="was changed"):
        actions.read(blob)


def test_broken_write_leaves_nothing(tmp_path: Path) -> None:
    def pieces() -> object:
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        store.put(tmp_path, pieces())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
