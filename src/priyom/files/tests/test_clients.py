"""The listener with the clients that others wrote: tus-js-client, as in the pages, and tuspy."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from priyom.files.tests.listener import BadLine, Listener, Sender, on_disk, started
from priyom.testing import browser

BODY = os.urandom(8_000_000)
SCRIPT = Path(__file__).with_name("send.mjs")


@pytest.fixture(scope="module")
def listener(django_db_setup: None) -> Iterator[Listener]:
    """A running listener."""
    with started() as one:
        yield one


@pytest.fixture
def anna(committed_db: None, listener: Listener) -> Sender:
    """Somebody with a permit."""
    return Sender(listener)


def by_script(sender: Sender, file: Path, at: str = "", **told: Any) -> dict[str, Any]:
    """Send a file with tus-js-client under Node.js and return what it says."""
    address = at or sender.listener.url
    done = subprocess.run(
        [browser.node(), SCRIPT, browser.node_modules(), address, sender.permit, file,
         json.dumps(told)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def kept(url: str | None) -> str:
    """Return the sha-256 of what stands on the disk."""
    assert url
    return hashlib.sha256(on_disk(url).read_bytes()).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file that everybody sends."""
    path = tmp_path / "film.bin"
    path.write_bytes(BODY)
    return path


@pytest.mark.parametrize("chunk", [None, 3_000_000])
def test_tus_js_client_sends_whole_and_in_chunks(
    anna: Sender, file: Path, chunk: int | None
) -> None:
    said = by_script(anna, file, chunk=chunk)
    assert "error" not in said
    assert len(said["offsets"]) == (1 if chunk is None else 3)
    assert kept(said["url"]) == hashlib.sha256(BODY).hexdigest()


def test_tus_js_client_goes_on_where_the_line_was_cut(anna: Sender, file: Path) -> None:
    with BadLine(anna.listener, len(BODY) * 4 // 5) as line:
        said = by_script(anna, file, line.url, retry=True)
    assert "error" not in said
    there, end = said["offsets"]
    verb, offset = there.split()
    assert verb == "HEAD"
    assert int(offset) > len(BODY) * 3 // 5, "it asked, and went on from what was kept"
    assert end == f"PATCH {len(BODY)}"
    assert kept(said["url"]) == hashlib.sha256(BODY).hexdigest()


def test_tus_js_client_goes_on_after_a_restart_of_its_own(anna: Sender, file: Path) -> None:
    with BadLine(anna.listener, len(BODY) // 2) as line:
        broken = by_script(anna, file, line.url)
    assert broken["error"]
    path = broken["url"].rpartition("/")[2]
    said = by_script(anna, file, url=f"{anna.listener.url}{path}")
    assert int(said["offsets"][0].split()[1]) > 0
    assert kept(said["url"]) == hashlib.sha256(BODY).hexdigest()


@pytest.mark.parametrize("chunk", [None, 3_000_000])
def test_tuspy_sends_with_checksums(anna: Sender, chunk: int | None) -> None:
    client = TusClient(anna.listener.url, headers={"Authorization": f"Bearer {anna.permit}"})
    size = {"chunk_size": chunk} if chunk else {}
    uploader = client.uploader(file_stream=io.BytesIO(BODY), upload_checksum=True, **size)
    uploader.upload()
    assert kept(uploader.url) == hashlib.sha256(BODY).hexdigest()


def test_tuspy_goes_on_in_another_process(anna: Sender) -> None:
    client = TusClient(anna.listener.url, headers={"Authorization": f"Bearer {anna.permit}"})
    first = client.uploader(file_stream=io.BytesIO(BODY), chunk_size=1_000_000)
    first.upload(stop_at=1_000_000)
    second = client.uploader(file_stream=io.BytesIO(BODY), url=first.url)
    assert second.offset == 1_000_000
    second.upload()
    assert kept(first.url) == hashlib.sha256(BODY).hexdigest()


def test_tuspy_goes_on_where_the_line_was_cut(anna: Sender) -> None:
    with BadLine(anna.listener, len(BODY) * 4 // 5) as line:
        client = TusClient(line.url, headers={"Authorization": f"Bearer {anna.permit}"})
        uploader = client.uploader(file_stream=io.BytesIO(BODY), retries=3, retry_delay=0)
        uploader.upload()
    assert kept(uploader.url) == hashlib.sha256(BODY).hexdigest()


def test_tuspy_without_a_permit_gets_nowhere(anna: Sender) -> None:
    client = TusClient(anna.listener.url)
    with pytest.raises(TusCommunicationError) as refused:
        client.uploader(file_stream=io.BytesIO(BODY)).upload()
    assert refused.value.status_code == 401
