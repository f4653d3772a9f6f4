"""tus 1.0.0 as the listener speaks it: what is cut stays, what is wrong goes, who is foreign sees
nothing."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest

from priyom.files import actions, partial, rules
from priyom.files.models import Permit, Upload
from priyom.files.tests.listener import BYTES, Listener, Sender, on_disk, started, until_size
from priyom.kernel import clock

BODY = os.urandom(3_000_000)
FOUR_FIFTHS = len(BODY) * 4 // 5


@pytest.fixture(scope="module")
def listener(django_db_setup: None) -> Iterator[Listener]:
    """A running listener."""
    with started() as one:
        yield one


@pytest.fixture
def anna(committed_db: None, listener: Listener) -> Sender:
    """Somebody with a permit."""
    return Sender(listener)


def sum_of(body: bytes, name: str = "sha1") -> str:
    """Return the value of an Upload-Checksum header."""
    return f"{name} {base64.b64encode(hashlib.new(name, body).digest()).decode()}"


def test_the_server_says_what_it_can_and_its_limit_before(anna: Sender) -> None:
    said = anna.ask("OPTIONS", Authorization="", Tus_Resumable="")
    assert said.status == 204
    assert said.headers["tus-version"] == "1.0.0"
    assert said.headers["tus-max-size"] == str(500 * 1024 * 1024)
    assert set(said.headers["tus-extension"].split(",")) == {
        "creation", "creation-with-upload", "expiration", "checksum", "termination",
    }  # fmt: skip
    assert "sha1" in said.headers["tus-checksum-algorithm"].split(",")


def test_a_file_in_pieces_comes_whole(anna: Sender) -> None:
    path = anna.create(len(BODY), Upload_Metadata="filename 0YTQvtGC0L4uanBn,empty")
    for begin in range(0, len(BODY), 1_000_000):
        said = anna.patch(path, begin, BODY[begin : begin + 1_000_000])
        assert (said.status, said.offset) == (204, begin + 1_000_000)
        assert said.headers["upload-expires"].endswith("GMT")
    told = anna.head(path)
    assert (told.status, told.offset) == (200, len(BODY))
    assert told.headers["upload-length"] == str(len(BODY))
    assert told.headers["upload-metadata"] == "filename 0YTQvtGC0L4uanBn,empty"
    assert told.headers["cache-control"] == "no-store"
    assert on_disk(path).read_bytes() == BODY


def test_the_first_bytes_may_come_with_the_creation(anna: Sender) -> None:
    said = anna.ask("POST", body=BODY[:1000], Upload_Length=str(len(BODY)), Content_Type=BYTES)
    assert (said.status, said.offset) == (201, 1000)
    assert anna.patch(said.headers["location"], 1000, BODY[1000:]).offset == len(BODY)


def test_a_line_cut_at_four_fifths_keeps_what_came(anna: Sender) -> None:
    path = anna.create(len(BODY))
    with anna.begin_patch(path, len(BODY), BODY[:FOUR_FIFTHS]):
        until_size(path, 1)
    assert anna.head(path).offset == FOUR_FIFTHS, "every byte that arrived is kept"
    assert anna.patch(path, FOUR_FIFTHS, BODY[FOUR_FIFTHS:]).offset == len(BODY)
    assert on_disk(path).read_bytes() == BODY


def test_who_comes_back_takes_over_from_the_line_that_hangs(anna: Sender) -> None:
    path = anna.create(len(BODY))
    with anna.begin_patch(path, len(BODY), BODY[:FOUR_FIFTHS]):
        until_size(path, 1)
        there = anna.head(path).offset
        assert 0 < there <= FOUR_FIFTHS
        assert anna.patch(path, there, BODY[there:]).offset == len(BODY)
    assert on_disk(path).read_bytes() == BODY


def test_a_killed_process_loses_nothing_that_was_told(anna: Sender, listener: Listener) -> None:
    path = anna.create(len(BODY))
    assert anna.patch(path, 0, BODY[:1_000_000]).offset == 1_000_000
    line = anna.begin_patch(path, 2_000_000, BODY[1_000_000:2_500_000], Upload_Offset="1000000")
    with line:
        until_size(path, 1_000_001)
        listener.stop(signal.SIGKILL)
    listener.start()
    there = anna.head(path).offset
    assert 1_000_000 < there <= 2_500_000
    assert anna.patch(path, there, BODY[there:]).offset == len(BODY)
    assert on_disk(path).read_bytes() == BODY


def test_a_wrong_offset_changes_nothing(anna: Sender) -> None:
    path = anna.create(len(BODY))
    anna.patch(path, 0, BODY[:1000])
    for offset in (0, 999, 1001, len(BODY)):
        assert anna.patch(path, offset, b"x").status in (409, 413)
    assert anna.patch(path, 0, BODY[:1000]).headers["upload-offset"] == "1000"
    assert on_disk(path).read_bytes() == BODY[:1000]


def test_a_wrong_checksum_drops_the_chunk(anna: Sender) -> None:
    path = anna.create(len(BODY))
    right = anna.patch(path, 0, BODY[:1000], Upload_Checksum=sum_of(BODY[:1000]))
    assert (right.status, right.offset) == (204, 1000)
    wrong = anna.patch(path, 1000, BODY[1000:9000], Upload_Checksum=sum_of(b"other"))
    assert wrong.status == 460
    assert anna.head(path).offset == 1000
    said = anna.patch(path, 1000, BODY[1000:], Upload_Checksum=sum_of(BODY[1000:], "sha256"))
    assert said.offset == len(BODY)
    assert on_disk(path).read_bytes() == BODY
    assert anna.patch(path, 0, b"", Upload_Checksum="crc32 AAAA").status == 400


def test_a_cut_chunk_with_a_checksum_was_never_there(anna: Sender, listener: Listener) -> None:
    path = anna.create(len(BODY))
    checksum = sum_of(BODY)
    with anna.begin_patch(path, len(BODY), BODY[:FOUR_FIFTHS], Upload_Checksum=checksum):
        until_size(path, 1)
    assert anna.head(path).offset == 0
    with anna.begin_patch(path, len(BODY), BODY[:FOUR_FIFTHS], Upload_Checksum=checksum):
        until_size(path, 1)
        listener.stop(signal.SIGKILL)
    listener.start()
    assert anna.head(path).offset == 0, "nor when the process died in its midst"


def test_too_much_is_refused(anna: Sender) -> None:
    assert anna.ask("POST", Upload_Length=str(rules.UPLOAD_LIMIT + 1)).status == 413
    assert "500 МБ" in anna.ask("POST", Upload_Length=str(1 << 40)).body.decode()
    path = anna.create(10)
    assert anna.patch(path, 0, b"eleven byte").status == 413
    with anna.begin_patch(path, 30, b"", Transfer_Encoding="chunked", Content_Length="0") as line:
        line.sendall(b"1e\r\n" + b"x" * 30 + b"\r\n0\r\n\r\n")
        assert b" 413 " in line.recv(1000) or anna.head(path).offset == 0
    assert anna.head(path).offset == 0
    for wrong in ("", "-1", "1e3", "many"):
        assert anna.ask("POST", Upload_Length=wrong).status == 400


def test_a_consultation_takes_only_so_much(committed_db: None, listener: Listener) -> None:
    boris = Sender(listener, room=1000)
    path = boris.create(600)
    before = set(partial.keys(partial.folder()))
    full = boris.ask("POST", Upload_Length="401")
    assert full.status == 413
    assert "места нет" in full.body.decode()
    assert set(partial.keys(partial.folder())) == before, "what was refused left no file"
    assert boris.ask("DELETE", path).status == 204
    boris.create(1000)


def test_what_is_given_up_is_gone(anna: Sender) -> None:
    path = anna.create(1000)
    anna.patch(path, 0, BODY[:500])
    assert anna.ask("DELETE", path).status == 204
    assert not on_disk(path).exists()
    assert anna.head(path).status == 404
    assert anna.patch(path, 500, BODY[:500]).status == 404
    assert anna.ask("DELETE", path).status == 404


def test_what_is_given_up_stops_whoever_still_sends(anna: Sender) -> None:
    path = anna.create(len(BODY))
    with anna.begin_patch(path, len(BODY), BODY[:FOUR_FIFTHS]) as line:
        until_size(path, 1)
        assert anna.ask("DELETE", path).status == 204
        assert line.recv(100).startswith(b"HTTP/1.1 423")
    assert not on_disk(path).exists()


def test_late_is_told_and_swept(anna: Sender) -> None:
    path, kept = anna.create(1000), anna.create(1000)
    Upload.objects.filter(pk=on_disk(path).name).update(expires_at=clock.now())
    assert anna.head(path).status == 410
    assert anna.patch(path, 0, BODY[:10]).status == 410
    for one in (path, kept):
        os.utime(on_disk(one), (0, 0))
    assert actions.sweep_uploads() == 1
    assert not on_disk(path).exists()
    assert on_disk(kept).exists()
    assert anna.head(path).status == 410, "the reason is still told"
    Upload.objects.update(expires_at=clock.now() - rules.UPLOAD_REMEMBERED - timedelta(days=1))
    assert actions.sweep_uploads() == 1
    assert anna.head(path).status == 404


def test_another_persons_upload_is_not_there(anna: Sender, listener: Listener) -> None:
    path = anna.create(1000)
    gleb = Sender(listener)
    elsewhere = Sender(listener, actor=anna.actor)
    for stranger in (gleb, elsewhere):
        said = [stranger.head(path), stranger.patch(path, 0, b"x"), stranger.ask("DELETE", path)]
        nobodys = stranger.head("/uploads/0190b1c2-0000-7000-8000-000000000000")
        assert {one.status for one in said} == {nobodys.status} == {404}
    assert anna.head(path).offset == 0


def test_nobody_comes_in_without_a_permit(anna: Sender) -> None:
    path = anna.create(1000)
    before = set(partial.keys(partial.folder()))
    for bearer in ("", "Bearer ", "Bearer wrong", "Basic abc"):
        assert anna.ask("POST", Upload_Length="1", Authorization=bearer).status == 401
        assert anna.ask("HEAD", path, Authorization=bearer).status == 401
        said = anna.ask("DELETE", path, Authorization=bearer)
        assert said.status == 401
    assert set(partial.keys(partial.folder())) == before, "a refused upload leaves no file"
    Permit.objects.update(expires_at=clock.now())
    assert anna.head(path).status == 401
    assert anna.ask("POST", Upload_Length="1").status == 401


def test_other_words_are_refused(anna: Sender) -> None:
    path = anna.create(1000)
    old = anna.ask("HEAD", path, Tus_Resumable="0.2.2")
    assert (old.status, old.headers["tus-version"]) == (412, "1.0.0")
    assert anna.ask("PATCH", path, b"x", Upload_Offset="0", Content_Type="text/plain").status == 415
    assert anna.ask("PATCH", path, b"x", Content_Type=BYTES).status == 400
    assert anna.ask("PUT", path).status == 405
    assert anna.head("/uploads/../etc/passwd").status == 404
    assert anna.head("/uploads/x").status == 404


def test_old_proxies_may_say_it_by_post(anna: Sender) -> None:
    path = anna.create(10)
    told = {"Content_Type": BYTES, "Upload_Offset": "0", "X_HTTP_Method_Override": "PATCH"}
    assert anna.ask("POST", path, b"0123456789", **told).offset == 10
    assert anna.ask("POST", path).status == 405


def test_only_our_pages_may_ask(anna: Sender) -> None:
    assert anna.ask("OPTIONS", Origin="http://localhost:8000").status == 204
    foreign = anna.ask("POST", Upload_Length="1", Origin="https://evil.example")
    assert foreign.status == 403
    assert "access-control-allow-origin" not in foreign.headers
