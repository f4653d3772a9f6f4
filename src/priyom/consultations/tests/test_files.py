"""A file's whole way: sent, attached, linked, fetched from its own origin, and out of reach."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from priyom.consultations import actions
from priyom.consultations.log import Item, Verdict
from priyom.consultations.models import Attachment, Consultation
from priyom.consultations.tests import origin
from priyom.consultations.tests.origin import fetch
from priyom.consultations.tests.test_log import send
from priyom.files.actions import read
from priyom.files.models import Link
from priyom.kernel import clock
from priyom.testing.cast import Cast
from priyom.testing.doors import visit

PAPER = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF\n"


def photo(size: tuple[int, int] = (1600, 1200)) -> bytes:
    """Return a JPEG."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def files_url(django_db_setup: None) -> Iterator[str]:
    """A running origin."""
    with origin.started() as url:
        yield url


@pytest.fixture
def place(committed_db: None, cast: Cast, files_url: str, settings: Any) -> Place:
    """Анна in the chat with Борис, really committed."""
    settings.FILES_URL = files_url
    row = cast.consultation()
    actions.join(cast.anna.actor, row.pk)
    return Place(cast, row)


class Place:
    """The chat, its people's browsers, and what they do with files."""

    def __init__(self, cast: Cast, row: Consultation) -> None:
        self.cast, self.row = cast, row
        self.anna, self.boris = visit(cast.anna), visit(cast.boris)

    def upload(self, body: bytes, name: str = "горло.jpg", by: Client | None = None) -> Any:
        """Send one file for the next message."""
        root = "/desk" if by is self.boris else "/my"
        sent = SimpleUploadedFile(name, body, "application/octet-stream")
        path = f"{root}/consultations/{self.row.pk}/files/"
        return (by or self.anna).post(path, {"file": sent})

    def sent(self, body: bytes, name: str = "горло.jpg") -> str:
        """Upload and send with a message; return the attachment's key."""
        key: str = self.upload(body, name).json()["id"]
        item = Item(self.row.pk, self.cast.anna.account.pk, key, "file", "", files=(_uuid(key),))
        assert send(item)[0].verdict is Verdict.STORED
        return key

    def link(self, key: str, query: str = "", by: Client | None = None) -> str:
        """Return where the portal leads; by the doctor unless said otherwise."""
        root = "/my" if by is self.anna else "/desk"
        answer = (by or self.boris).get(f"{root}/files/{key}/{query}")
        assert answer.status_code == 302, answer.status_code
        return str(answer.headers["Location"])


def _uuid(text: str) -> Any:
    return Attachment.objects.get(pk=text).pk


def test_the_whole_way(place: Place, files_url: str) -> None:
    key = place.sent(photo())
    url = place.link(key)
    assert url.startswith(f"{files_url}/f/")
    got = fetch(url)
    kept = Attachment.objects.select_related("blob").get(pk=key).blob
    assert got.status == 200
    assert got.body == read(kept)
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["content-length"] == str(kept.size)


def test_what_the_origin_says_runs_nothing(place: Place) -> None:
    got = fetch(place.link(place.sent(photo())))
    policy = got.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "; sandbox" in policy
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["x-frame-options"] == "DENY"
    assert got.headers["referrer-policy"] == "no-referrer"
    assert "no-store" in got.headers["cache-control"]
    assert "set-cookie" not in got.headers
    assert got.headers["content-disposition"].startswith("inline")


def test_a_paper_is_shown_or_saved_and_runs_nothing(place: Place) -> None:
    key = place.sent(PAPER, "анализ.pdf")
    shown, saved = fetch(place.link(key)), fetch(place.link(key, "?download"))
    assert shown.body == saved.body == PAPER
    assert shown.headers["content-disposition"].startswith("inline")
    assert saved.headers["content-disposition"].startswith("attachment")
    for got in (shown, saved):
        assert got.headers["content-type"] == "application/pdf"
        assert "default-src 'none'" in got.headers["content-security-policy"]


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a\r\nSet-Cookie: x=1.jpg", "снимок\u202egpj.exe", "😀" * 60, "a; x='b"],
)
def test_a_name_writes_no_header_and_no_path(place: Place, name: str) -> None:
    got = fetch(place.link(place.sent(photo(), name), "?download"))
    told = unquote(got.headers["content-disposition"])
    assert got.status == 200
    assert "set-cookie" not in got.headers
    assert not {"\u202e", "\r", "\n", "/"} & set(told.replace("utf-8''", ""))
    assert told.rstrip('"').endswith(".jpg")


def test_a_part_of_a_file(place: Place) -> None:
    url = place.link(place.sent(photo()))
    whole = fetch(url).body
    part = fetch(url, Range="bytes=100-199")
    assert part.status == 206
    assert part.body == whole[100:200]
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    assert part.headers["x-content-type-options"] == "nosniff"
    assert fetch(url, Range=f"bytes={len(whole)}-").status == 416
    head = fetch(url, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole))


def test_a_preview_is_small(place: Place) -> None:
    key = place.sent(photo())
    answer = place.boris.get(f"/desk/files/{key}/preview/")
    small = fetch(answer.headers["Location"])
    with Image.open(io.BytesIO(small.body)) as picture:
        assert max(picture.size) <= 640
    assert len(small.body) < len(fetch(place.link(key)).body)


def test_a_link_dies_after_its_minute(place: Place) -> None:
    url = place.link(place.sent(photo()))
    link = Link.objects.get()
    assert link.hash not in url, "only a hash is kept"
    assert clock.now() < link.expires_at <= clock.now() + timedelta(seconds=60)
    Link.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    dead = fetch(url)
    assert dead.status == 404
    assert "больше не действует" in dead.body.decode()


def test_a_link_dies_with_its_session(place: Place) -> None:
    key = place.sent(photo())
    his, hers = place.link(key), place.link(key, by=place.anna)
    place.boris.post("/desk/sign-out/")
    assert fetch(his).status == 404
    assert fetch(hers).status == 200, "another person's link lives on"


def test_a_guess_and_a_dead_link_read_the_same(place: Place, files_url: str) -> None:
    url = place.link(place.sent(photo()))
    Link.objects.all().delete()
    guess, dead = fetch(f"{files_url}/f/{'a' * 32}/x.jpg"), fetch(url)
    assert (guess.status, guess.body) == (dead.status, dead.body)
    assert fetch(f"{files_url}/f/../../etc/passwd").status == 404
    assert fetch(f"{files_url}/").status == 404
    assert fetch(url, "POST").status == 405


def test_what_is_not_sent_is_only_its_uploaders(place: Place) -> None:
    key = place.upload(photo()).json()["id"]
    assert place.boris.get(f"/desk/files/{key}/").status_code == 404
    assert place.boris.get(f"/desk/files/{key}/preview/").status_code == 404
    assert fetch(place.link(key, by=place.anna)).status == 200
    page = place.boris.get(f"/desk/consultations/{place.row.pk}/?tab=files").content.decode()
    assert key not in page


def test_strangers_get_no_link(place: Place) -> None:
    key = place.sent(photo())
    for person, root in (
        (place.cast.gleb, "/my"),
        (place.cast.darya, "/desk"),
        (place.cast.vera, "/desk"),
        (place.cast.nina, "/desk"),
        (place.cast.inna, "/desk"),
    ):
        for tail in ("", "preview/", "?download"):
            assert visit(person).get(f"{root}/files/{key}/{tail}").status_code == 404
    assert not Link.objects.exists()


def test_strangers_send_no_bytes(place: Place, settings: Any) -> None:
    for person, root in ((place.cast.gleb, "/my"), (place.cast.darya, "/desk")):
        path = f"{root}/consultations/{place.row.pk}/files/"
        sent = SimpleUploadedFile("x.jpg", photo((41, 41)))
        assert visit(person).post(path, {"file": sent}).status_code == 404
    assert not Attachment.objects.exists()


def test_somebody_elses_upload_cannot_be_sent(place: Place) -> None:
    key = place.upload(photo()).json()["id"]
    stolen = Item(place.row.pk, place.cast.boris.account.pk, "1", "file", "", files=(_uuid(key),))
    assert send(stolen)[0].verdict is Verdict.BAD


def test_who_handed_over_loses_the_files(place: Place) -> None:
    key = place.sent(photo())
    assert fetch(place.link(key)).status == 200
    actions.hand_over(
        place.cast.boris.actor, place.row.pk, place.cast.darya.doctor.pk, "Ваш профиль"
    )
    assert place.boris.get(f"/desk/files/{key}/").status_code == 404
    assert fetch(place.link(key, by=visit(place.cast.darya))).status == 200


def test_files_stay_readable_in_a_closed_chat(place: Place) -> None:
    key = place.sent(photo())
    actions.cancel(place.cast.vera.actor, place.row.pk, "Врач заболел")
    assert fetch(place.link(key, by=place.anna)).status == 200
    assert place.upload(photo()).status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", 400),
        (b"<!doctype html><script>alert(1)</script>", 400),
        (b"MZ" + b"\0" * 100, 400),
        (b"PK\x03\x04" + b"\0" * 100, 400),
    ],
)
def test_other_content_never_gets_in(place: Place, body: bytes, status: int) -> None:
    assert place.upload(body, "photo.jpg").status_code == status
    assert not Attachment.objects.exists()


def test_a_picture_with_a_page_inside_comes_out_as_a_picture(place: Place) -> None:
    evil = photo() + b"<script>alert(1)</script>"
    got = fetch(place.link(place.sent(evil, "photo.html")))
    assert b"<script>" not in got.body
    assert got.headers["content-type"] == "image/jpeg"
    assert unquote(got.headers["content-disposition"]).rstrip('"').endswith(".jpg")
