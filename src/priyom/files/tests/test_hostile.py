"""A corpus of hostile files: each is refused, or comes out as something harmless."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pytest
from PIL import Image

from priyom.files.content import clean
from priyom.kernel.refusal import Refusal

SCRIPT = b"<script>alert(1)</script>"
HEIC = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA"
    "AAAAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAABoAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAA"
    "AAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34"
    "+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5"
    "uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAA"
    "AAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAA"
    "AAAAAAEAAQWBAgMFhAAAACJtZGF0AAAAFigBrxmA70mlv//bMwRzR2/1+taY+bg="
)
"""64 by 48 pixels of one colour, by libheif: the wheels in use read HEIC and cannot write it."""


def jpeg(size: tuple[int, int] = (64, 64)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG")
    return out.getvalue()


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG of so many grey pixels, made without ever holding them."""
    packer = zlib.compressobj(9)
    row = b"\0" * (width + 1)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), *chunks, (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))
        for name, data in parts
    )


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), body)
    return out.getvalue()


def refused() -> Iterator[tuple[str, bytes, str]]:
    """Yield (what it is, its bytes, the refusal)."""
    bomb = zipped(zeros=b"\0" * 20_000_000)
    macro = zipped(word__document_dot_xml=b"<w:document/>", word__vbaProject_dot_bin=b"Auto_Open")
    yield "zip bomb", bomb, "file.wrong_type"
    yield "zip bomb in a zip", zipped(inner=bomb), "file.wrong_type"
    yield "macro in a .docx", macro, "file.wrong_type"
    yield "macro in a .doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file.wrong_type"
    yield "GIF that is a script", b"GIF89a/*" + b"\0" * 60 + b"*/=1;alert(1)", "file.wrong_type"
    yield "SVG", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file.wrong_type"
    yield "SVG behind a mark", b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "file.wrong_type"
    yield "page", b"<!doctype html>" + SCRIPT, "file.wrong_type"
    yield "page, then PDF", b"<html>" + SCRIPT + b"%PDF-1.7\n%%EOF", "file.wrong_type"
    yield "program", b"MZ\x90\0" + b"\0" * 600, "file.wrong_type"
    yield "program of Linux", b"\x7fELF" + b"\0" * 600, "file.wrong_type"
    yield "shell", b"#!/bin/sh\nrm -rf ~\n", "file.wrong_type"
    yield "playlist", b"#EXTM3U\n#EXTINF:1,\nfile:/etc/passwd\n", "file.wrong_type"
    yield "TIFF", b"II*\0" + b"\0" * 600, "file.wrong_type"
    yield "pixels by the hundred million", png(20_000, 20_000), "file.unreadable"
    yield "sides without pixels", png(2**31 - 1, 1)[:60], "file.unreadable"
    text = b"k\0\0" + zlib.compress(b"\0" * 80_000_000, 9)
    yield "text bomb in a PNG", png(8, 8, (b"zTXt", text)), "file.unreadable"
    yield "half a picture", jpeg((800, 800))[:700], "file.unreadable"
    yield "half a PDF", b"%PDF-1.7\n1 0 obj<<>>", "file.unreadable"
    yield "film of nothing", b"\0\0\0\x18ftypisom" + b"\0" * 900, "file.unreadable"


CORPUS = {name: (body, code) for name, body, code in refused()}


@pytest.mark.parametrize("name", CORPUS)
def test_it_is_refused(name: str) -> None:
    body, code = CORPUS[name]
    with pytest.raises(Refusal) as told:
        clean(io.BytesIO(body))
    assert told.value.code == code


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("JPEG with a page behind", jpeg() + b"<html>" + SCRIPT),
        ("JPEG with a zip behind", jpeg() + zipped(evil=b"PK")),
        ("JPEG with a page in a comment", jpeg()[:2] + b"\xff\xfe\x00\x1b" + SCRIPT + jpeg()[2:]),
        ("PNG with a page in its text", png(64, 64, (b"tEXt", b"Comment\0" + SCRIPT))),
        ("PNG with a page behind", png(64, 64) + SCRIPT),
    ],
)
def test_a_polyglot_picture_comes_out_as_a_picture(name: str, body: bytes) -> None:
    made = clean(io.BytesIO(body))
    assert (made.media_type, made.extension) == ("image/jpeg", "jpg")
    assert made.body is not None
    out = made.body.read()
    assert SCRIPT not in out
    assert b"PK\x03\x04" not in out
    assert Image.open(io.BytesIO(out)).size == (64, 64)


def test_a_pdf_that_is_a_page_too_is_served_as_a_pdf_alone() -> None:
    """Its bytes stay; the origin's type, `nosniff` and policy leave nothing to guess or to run."""
    made = clean(io.BytesIO(b"%PDF-1.7\n<html>" + SCRIPT + b"\n%%EOF\n"))
    assert (made.media_type, made.extension, made.body) == ("application/pdf", "pdf", None)


def test_a_heic_named_jpg_is_told_by_its_content() -> None:
    made = clean(io.BytesIO(base64.b64decode(HEIC)))
    assert (made.media_type, made.extension) == ("image/jpeg", "jpg")
    assert (made.width, made.height) == (64, 48)
