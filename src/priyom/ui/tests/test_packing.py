"""Static text travels packed, pages and typefaces as they are."""

from __future__ import annotations

import zlib

from asgiref.sync import async_to_sync
from django.contrib.staticfiles import finders
from django.test import AsyncClient, Client

SCRIPT = "ui/vendor/htmx/htmx.min.js"
HEADERS = {"Accept-Encoding": "gzip"}


def _whole() -> bytes:
    with open(str(finders.find(SCRIPT)), "rb") as file:
        return file.read()


def _first_member(body: bytes) -> bytes:
    """Return what a browser reads: the first gzip member and nothing behind it."""
    return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body)


def test_a_script_travels_packed_and_whole() -> None:
    answer = Client().get(f"/static/{SCRIPT}", headers=HEADERS)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert _first_member(answer.content) == _whole()
    assert len(answer.content) < len(_whole()) / 2


def test_the_asynchronous_server_packs_it_whole_too() -> None:
    answer = async_to_sync(AsyncClient().get)(f"/static/{SCRIPT}", headers=HEADERS)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert _first_member(answer.content) == _whole()


def test_who_cannot_unpack_gets_it_as_it_is() -> None:
    answer = Client().get(f"/static/{SCRIPT}")
    assert "Content-Encoding" not in answer.headers
    assert b"".join(answer) == _whole()


def test_a_page_and_a_typeface_travel_as_they_are(db: None) -> None:
    for path in ("/", "/static/ui/vendor/golos/golos-latin.woff2"):
        assert "Content-Encoding" not in Client().get(path, headers=HEADERS).headers, path
