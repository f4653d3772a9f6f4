"""Scripts, styles and icons travel packed; pages do not: they hold secrets beside typed words.

A page that mixes both and is packed can be guessed letter by letter from its length (BREACH).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.decorators import sync_and_async_middleware

_TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")


@sync_and_async_middleware
def packed_static(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Return the middleware that packs text files under STATIC_URL by gzip."""
    gzip = GZipMiddleware(get_response)

    def pack(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_text = response.headers.get("Content-Type", "").startswith(_TEXT)
        if response.status_code != 200 or not is_text:
            return response
        packed: HttpResponseBase = gzip.process_response(request, response)
        return packed

    def is_static(request: HttpRequest) -> bool:
        return request.path.startswith(settings.STATIC_URL)

    if iscoroutinefunction(get_response):
        answer: Callable[[HttpRequest], Awaitable[HttpResponseBase]] = get_response

        async def waiting(request: HttpRequest) -> HttpResponseBase:
            response = await answer(request)
            return pack(request, response) if is_static(request) else response

        return waiting

    def plain(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        return pack(request, response) if is_static(request) else response

    return plain
