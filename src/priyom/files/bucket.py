"""Where files stand in S3, told by the environment, and reading a part of one there; no Django.

The bucket is private: nobody gets an address in it, what is served goes through the files' origin.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from priyom.files import store

_ONE_RANGE = re.compile(r"bytes=\d*-\d*")
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Bucket:
    """PRIYOM_S3_BUCKET, _ENDPOINT, _REGION, _KEY, _SECRET."""

    name: str
    endpoint: str | None
    region: str
    key: str
    secret: str

    def client(self) -> Any:
        """Return a client of the bucket's server; may be used by several threads."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path" if self.endpoint else "auto"},
                connect_timeout=5,
                read_timeout=60,
                retries={"max_attempts": 3, "mode": "standard"},
            ),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A file or a part of it: HTTP status (200, 206, 416), headers, bytes."""

    status: int
    headers: dict[str, str]
    pieces: Iterator[bytes]


def configured() -> Bucket | None:
    """Return the bucket of PRIYOM_S3_BUCKET, None when files stand on the disk."""
    name = os.environ.get("PRIYOM_S3_BUCKET")
    if not name:
        return None
    return Bucket(
        name,
        os.environ.get("PRIYOM_S3_ENDPOINT") or None,
        os.environ.get("PRIYOM_S3_REGION", "us-east-1"),
        os.environ.get("PRIYOM_S3_KEY", ""),
        os.environ.get("PRIYOM_S3_SECRET", ""),
    )


def part(client: Any, bucket: str, sha256: str, wanted: str | None) -> Part | None:
    """Return what a request with the Range header `wanted` gets; None when nothing is there.

    Anything but one plain range gets the whole, as RFC 9110 allows. Raises ClientError.
    """
    told = {"Bucket": bucket, "Key": store.key(sha256)}
    if wanted and _ONE_RANGE.fullmatch(wanted):
        told["Range"] = wanted
    try:
        found = client.get_object(**told)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("NoSuchKey", "404"):
            return None
        if code in ("InvalidRange", "416"):
            size = client.head_object(Bucket=bucket, Key=store.key(sha256))["ContentLength"]
            return Part(416, {"Content-Range": f"bytes */{size}"}, iter(()))
        raise
    headers = {"Content-Length": str(found["ContentLength"]), "Accept-Ranges": "bytes"}
    if "ContentRange" in found:
        headers["Content-Range"] = found["ContentRange"]
    return Part(206 if "ContentRange" in found else 200, headers, _pieces(found["Body"]))


def _pieces(body: Any) -> Iterator[bytes]:
    try:
        while piece := body.read(_CHUNK):
            yield piece
    finally:
        body.close()
