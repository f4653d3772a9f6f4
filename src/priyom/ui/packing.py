"""Scripts, styles and icons travel packed; pages do not: they hold secrets beside typed words.

A page that mixes both and is packed can be guessed letter by letter from its length (BREACH).
"""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import lru_cache
from typing import Any, cast

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware

_TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")
_SMALL = 600
"""Bytes under which packing gains nothing."""
_FILES = 256
"""So many packed files are kept at hand: there are fewer."""


@sync_and_async_middleware
def packed_static(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Return the middleware that packs text files under STATIC_URL by gzip, each once."""
    if iscoroutinefunction(get_response):
        answer: Callable[[HttpRequest], Awaitable[HttpResponseBase]] = get_response

        async def waiting(request: HttpRequest) -> HttpResponseBase:
            response = await answer(request)
            if not _is_meant(request, response):
                return response
            stream = cast("AsyncIterator[bytes]", response)
            return _packed(response, b"".join([part async for part in stream]))

        return waiting

    def plain(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not _is_meant(request, response):
            return cast("HttpResponseBase", response)
        return _packed(response, b"".join(cast("Iterable[bytes]", response)))

    return plain


def _is_meant(request: HttpRequest, response: HttpResponseBase) -> bool:
    return (
        request.method == "GET"
        and request.path.startswith(settings.STATIC_URL)
        and response.status_code == 200
        and isinstance(response, StreamingHttpResponse)
        and "Content-Encoding" not in response.headers
        and response.headers.get("Content-Type", "").startswith(_TEXT)
        and "gzip" in request.headers.get("Accept-Encoding", "")
    )


def _packed(response: HttpResponseBase, body: bytes) -> HttpResponse:
    """Return the whole body in one gzip member: browsers read only the first."""
    is_small = len(body) < _SMALL
    made = HttpResponse(body if is_small else _pack(body), headers=dict(response.headers))
    made.headers["Content-Length"] = str(len(made.content))
    patch_vary_headers(made, ("Accept-Encoding",))
    if not is_small:
        made.headers["Content-Encoding"] = "gzip"
        tag = made.headers.get("ETag", "")
        if tag and not tag.startswith("W/"):
            made.headers["ETag"] = f"W/{tag}"
    response.close()
    return made


@lru_cache(maxsize=_FILES)
def _pack(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)
