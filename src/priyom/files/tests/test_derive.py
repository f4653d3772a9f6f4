"""What the job makes: the other codec, waveform, stills, first pages, in a child with limits."""

from __future__ import annotations

import io
import os
from pathlib import Path

import av
import pytest
from PIL import Image

from priyom.files import actions, queries, workshop
from priyom.files.content import clean
from priyom.files.models import Blob, Derivation
from priyom.files.rules import TRIES
from priyom.files.tests.media import film, sound, turned
from priyom.kernel import clock
from priyom.kernel.refusal import Refusal
from priyom.testing.jobs import deferred, run_deferred

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("place")]


def derived(body: bytes, name: str = "запись") -> Derivation:
    """Receive, let the job run, return what it noted."""
    blob, _ = actions.receive(io.BytesIO(body), name)
    assert run_deferred("files.derive")
    return Derivation.objects.select_related("blob", "playable").get(blob=blob)


def codecs(blob: Blob) -> set[str]:
    with av.open(io.BytesIO(actions.read(blob))) as container:
        return {stream.codec_context.name for stream in container.streams}


def picture(sha256: str) -> Image.Image:
    return Image.open(io.BytesIO(actions.read(Blob.objects.get(pk=sha256)))).convert("RGB")


@pytest.mark.parametrize(
    ("form", "codec", "other", "named", "media_type"),
    [
        ("webm", "libopus", "aac", "запись.m4a", "audio/mp4"),
        ("ogg", "libopus", "aac", "запись.m4a", "audio/mp4"),
        ("mp4", "aac", "opus", "запись.webm", "audio/webm"),
    ],
)
def test_a_voice_message_is_made_in_the_other_codec(
    form: str, codec: str, other: str, named: str, media_type: str
) -> None:
    body = sound(form, codec, seconds=3, quiet_from=1.5)
    row = derived(body)
    assert row.playable is not None
    assert codecs(row.playable) == {other}
    assert (row.playable.kind, row.playable.media_type) == ("audio", media_type)
    again = clean(io.BytesIO(actions.read(row.playable)))
    assert again.seconds == pytest.approx(3.0, abs=0.15)
    assert queries.playable(row.blob, "запись.x") == (row.playable.sha256, named)
    assert len(row.peaks) == 60
    assert min(row.peaks[:28]) > 90
    assert max(row.peaks[33:]) < 10
    assert not queries.is_expected(row)


def test_mp3_plays_everywhere_and_gets_its_waveform_only() -> None:
    row = derived(sound("mp3", "libmp3lame"))
    assert row.playable is None
    assert len(row.peaks) == 60
    with pytest.raises(Refusal):
        queries.playable(row.blob, "запись.mp3")


def test_a_silent_or_very_short_recording_is_no_fault() -> None:
    assert derived(sound("webm", "libopus", quiet_from=0)).peaks == [0] * 60
    blink = derived(sound("webm", "libopus", seconds=0.1))
    assert (blink.fault, blink.playable is None) == ("", False)


@pytest.mark.parametrize(
    ("form", "video", "audio"), [("webm", "libvpx", "libopus"), ("mp4", "libx265", "aac")]
)
def test_a_film_becomes_h264_with_a_still(form: str, video: str, audio: str) -> None:
    row = derived(film(form, video, audio))
    assert row.playable is not None
    assert row.playable.media_type == "video/mp4"
    assert codecs(row.playable) == {"h264", "aac"}
    again = clean(io.BytesIO(actions.read(row.playable)))
    assert (again.width, again.height) == (322, 182)
    assert again.seconds == pytest.approx(2.0, abs=0.2)
    still = picture(row.blob.thumbnail)
    red, _, blue = still.getpixel((10, 10))  # type: ignore[misc]
    assert red > 150 > blue, "the still is taken after the black beginning"
    assert row.peaks


def test_h264_in_mp4_stays_and_gets_its_still() -> None:
    row = derived(film("mp4", "libx264", "aac"))
    assert (row.playable, row.fault) == (None, "")
    assert picture(row.blob.thumbnail).size == (322, 182)


def test_a_film_of_a_phone_held_upright_is_upright() -> None:
    row = derived(turned(film("mp4", "libx265", "aac")))
    still = picture(row.blob.thumbnail)
    assert still.width < still.height
    left, right = still.getpixel((8, 90)), still.getpixel((still.width - 8, 90))
    assert {left[0] > 150, right[0] > 150} == {True, False}, "red is at one side now"  # type: ignore[index]
    assert row.playable is not None
    again = clean(io.BytesIO(actions.read(row.playable)))
    assert (again.width, again.height) == (182, 322)


def test_the_original_stays_and_derived_files_are_kept_by_content(place: Path) -> None:
    body = sound("webm", "libopus")
    row = derived(body)
    assert row.playable is not None
    assert len({row.blob.sha256, row.blob.original, row.playable.sha256}) == 3
    assert (place / row.blob.original[:2] / row.blob.original[2:]).read_bytes() == body
    assert actions.read(row.playable)


def test_done_is_done() -> None:
    row = derived(sound("webm", "libopus"))
    actions.derive(row.pk)
    actions.plan(row.blob)
    assert len(deferred("files.derive")) == 1
    assert Derivation.objects.get(pk=row.pk).tries == 1


def test_a_derived_recording_is_not_derived_again() -> None:
    row = derived(sound("webm", "libopus"))
    assert not Derivation.objects.filter(pk=row.playable_id).exists()


def test_first_page_of_a_paper(place: Path) -> None:
    out = io.BytesIO()
    sheet = Image.new("RGB", (620, 877), "white")
    sheet.paste("red", (0, 0, 620, 100))
    sheet.save(out, "PDF", save_all=True, append_images=[Image.new("RGB", (620, 877), "blue")])
    row = derived(out.getvalue())
    page = picture(row.blob.thumbnail)
    assert max(page.size) == 640
    assert page.getpixel((200, 20))[0] > 200  # type: ignore[index]
    assert page.getpixel((200, 600)) == (255, 255, 255)


def test_what_cannot_be_read_is_tried_thrice_and_stays_as_it_came(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob, _ = actions.receive(io.BytesIO(b"%PDF-1.7 nothing %%EOF"), "пусто.pdf")
    now = clock.now()
    for tried in range(1, TRIES + 1):
        actions.derive(blob.pk)
        row = Derivation.objects.get(pk=blob.pk)
        assert (row.tries, row.fault, row.done_at) == (tried, "unreadable", None)
        assert row.due_at > now
        Derivation.objects.update(due_at=now)
        assert actions.sweep() == (1 if tried < TRIES else 0)
    actions.derive(blob.pk)
    row = Derivation.objects.get(pk=blob.pk)
    assert row.tries == TRIES
    assert not queries.is_expected(row)
    assert Blob.objects.get(pk=blob.pk).thumbnail == ""


def test_the_child_has_limits_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PRIYOM_SECRET_KEY", "a secret")
    given = workshop._environment(tmp_path)
    assert not [name for name in given if name.startswith(("PRIYOM", "DJANGO"))]
    assert "a secret" not in str(given)
    assert os.environ["PRIYOM_SECRET_KEY"] == "a secret"
    monkeypatch.setitem(workshop.SECONDS, "audio", 0)
    with (
        pytest.raises(workshop.Failed, match=r"slow|crashed"),
        workshop.made("audio/webm", io.BytesIO(sound("webm", "libopus"))),
    ):
        pass
