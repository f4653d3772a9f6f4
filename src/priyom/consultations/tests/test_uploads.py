"""A file by tus becomes an attachment: who may begin, who may finish, once and never late."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from priyom.consultations import actions
from priyom.consultations.models import Attachment, Consultation
from priyom.files.models import Permit, Upload
from priyom.files.tests.listener import Listener, Sender, on_disk, started
from priyom.kernel import clock
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.doors import visit


def photo(size: tuple[int, int] = (1600, 1200)) -> bytes:
    """Return a JPEG."""
    out = io.BytesIO()
    Image.effect_noise(size, 60).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def listener(django_db_setup: None) -> Iterator[Listener]:
    """A running listener."""
    with started() as one:
        yield one


@pytest.fixture
def place(committed_db: None, cast: Cast, listener: Listener) -> Place:
    """Анна in the chat with Борис, really committed."""
    row = cast.consultation()
    actions.join(cast.anna.actor, row.pk)
    return Place(cast, row, listener)


class Place:
    """The chat, its people's browsers, and the listener."""

    def __init__(self, cast: Cast, row: Consultation, listener: Listener) -> None:
        self.cast, self.row, self.listener = cast, row, listener
        self.anna = visit(cast.anna)

    def address(self, root: str = "/my", tail: str = "") -> str:
        """Return where files of the consultation are posted."""
        return f"{root}/consultations/{self.row.pk}/files/{tail}"

    def sender(self, by: Client | None = None) -> Sender:
        """Return somebody with the page's own permit."""
        answer = (by or self.anna).post(self.address(tail="permit/"))
        assert answer.status_code == 201, answer.status_code
        made = Sender.__new__(Sender)
        made.listener, made.permit = self.listener, answer.json()["permit"]
        return made

    def sent(self, body: bytes, name: str = "Z29ybG8uanBn") -> str:
        """Send a whole file by tus; return the upload's path."""
        sender = self.sender()
        path = sender.create(len(body), Upload_Metadata=f"filename {name}")
        assert sender.patch(path, 0, body).status == 204
        return path

    def finish(self, path: str, by: Client | None = None, root: str = "/my") -> Any:
        """Ask for the attachment that an upload becomes."""
        key = path.rsplit("/", 1)[-1]
        return (by or self.anna).post(self.address(root), {"upload": key})


def test_the_whole_way(place: Place) -> None:
    body = photo()
    path = place.sent(body)
    answer = place.finish(path)
    assert answer.status_code == 201
    said = answer.json()
    assert (said["name"], said["kind"]) == ("gorlo.jpg", "image")
    kept = Attachment.objects.select_related("blob").get(pk=said["id"])
    assert kept.blob.original == hashlib.sha256(body).hexdigest()
    assert kept.seq is None, "seen only when the message is sent"
    assert not on_disk(path).exists(), "what was under way is gone"


def test_finishing_twice_gives_one_attachment(place: Place) -> None:
    path = place.sent(photo())
    first, second = place.finish(path), place.finish(path)
    assert first.json() == second.json()
    assert Attachment.objects.count() == 1
    assert place.sender().head(path).offset > 0, "a late question is answered: it is all there"


def test_a_part_is_no_file(place: Place) -> None:
    sender, body = place.sender(), photo()
    path = sender.create(len(body))
    sender.patch(path, 0, body[:1000])
    answer = place.finish(path)
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (409, "text/html")
    assert not Attachment.objects.exists()
    sender.patch(path, 1000, body[1000:])
    assert place.finish(path).status_code == 201


def test_only_its_sender_finishes_it(place: Place) -> None:
    path = place.sent(photo())
    boris, gleb = visit(place.cast.boris), visit(place.cast.gleb)
    assert place.finish(path, boris, "/desk").status_code == 404
    assert place.finish(path, gleb).status_code == 404
    assert place.finish("/uploads/x").status_code == 404
    assert place.finish("/uploads/0190b1c2-0000-7000-8000-000000000000").status_code == 404
    assert not Attachment.objects.exists()


def test_it_goes_only_into_the_consultation_it_was_sent_to(place: Place) -> None:
    path = place.sent(photo())
    later = builders.slots(
        place.cast.boris.doctor, begins=place.row.starts_at + timedelta(hours=3)
    )[0]
    other = place.cast.consultation(consented=False, at=later)
    actions.join(place.cast.anna.actor, other.pk)
    address = f"/my/consultations/{other.pk}/files/"
    answer = place.anna.post(address, {"upload": path.rsplit("/", 1)[-1]})
    assert answer.status_code == 404


def test_strangers_get_no_permit(place: Place) -> None:
    for person, root in (
        (place.cast.gleb, "/my"), (place.cast.darya, "/desk"), (place.cast.vera, "/desk"),
    ):  # fmt: skip
        assert visit(person).post(place.address(root, "permit/")).status_code == 404
    assert not Permit.objects.exists()


def test_a_closed_chat_gives_no_permit_and_takes_no_file(place: Place) -> None:
    path = place.sent(photo())
    actions.cancel(place.cast.vera.actor, place.row.pk, "Врач заболел")
    assert place.anna.post(place.address(tail="permit/")).status_code == 409
    assert place.finish(path).status_code == 409
    assert not Attachment.objects.exists()


def test_a_permit_ends_with_its_session(place: Place) -> None:
    sender = place.sender()
    path = sender.create(10)
    place.anna.post("/my/sign-out/")
    assert sender.head(path).status == 401


def test_what_another_session_of_the_same_person_began_goes_on(place: Place) -> None:
    body = photo()
    sender = place.sender()
    path = sender.create(len(body))
    sender.patch(path, 0, body[:1000])
    place.anna.post("/my/sign-out/")
    again = visit(place.cast.anna)
    assert place.sender(again).patch(path, 1000, body[1000:]).offset == len(body)
    assert place.finish(path, again).status_code == 201


def test_what_came_too_late_is_not_taken(place: Place) -> None:
    path = place.sent(photo())
    Upload.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert place.finish(path).status_code == 404


@pytest.mark.parametrize("body", [b"", b"<svg onload='x()'>", b"MZ" + b"\0" * 99])
def test_hostile_content_is_refused_at_the_end(place: Place, body: bytes) -> None:
    path = place.sent(body)
    assert place.finish(path).status_code == 400
    assert not Attachment.objects.exists()
