"""How a file of our own making leaves the house."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

_SHUT = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf"
)


def pdf_answer(request: HttpRequest, body: bytes, name: str) -> HttpResponse:
    """Answer with a PDF of our own making, shown in the browser unless it asks to download."""
    return file_answer(body, name, "application/pdf", is_shown="download" not in request.GET)


def file_answer(body: bytes, name: str, media_type: str, *, is_shown: bool = False) -> HttpResponse:
    """Answer with a file of our own making: it may run nothing and nobody keeps a copy."""
    response = HttpResponse(body, content_type=media_type)
    way = "inline" if is_shown else "attachment"
    response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Security-Policy"] = _SHUT
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
