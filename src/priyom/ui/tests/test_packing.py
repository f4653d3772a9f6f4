"""Static text travels packed, pages and typefaces as they are."""

from __future__ import annotations

import gzip

from django.contrib.staticfiles import finders
from django.test import Client

SCRIPT = "ui/vendor/htmx/htmx.min.js"


def _get(path: str) -> tuple[str, bytes]:
    answer = Client().get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    body = b"".join(answer) if answer.streaming else answer.content
    return answer.headers.get("Content-Encoding", ""), body


def test_a_script_travels_packed_and_whole() -> None:
    coding, body = _get(f"/static/{SCRIPT}")
    assert coding == "gzip"
    with open(str(finders.find(SCRIPT)), "rb") as file:
        whole = file.read()
    assert gzip.decompress(body) == whole
    assert len(body) < len(whole) / 2


def test_a_page_and_a_typeface_travel_as_they_are(db: None) -> None:
    assert _get("/")[0] == ""
    assert _get("/static/ui/vendor/golos/golos-latin.woff2")[0] == ""
