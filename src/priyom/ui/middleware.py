"""A refusal that no view translated becomes a page that says what to do next."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from priyom.audit.actions import record
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.ui.parts import is_part

LOG = logging.getLogger(__name__)
_TITLES = {
    400: "Так не получится",
    403: "Сюда нельзя",
    404: "Такой страницы нет",
    409: "Пока вы смотрели, всё изменилось",
    413: "Файл слишком большой",
    429: "Слишком часто",
}
_UNKEEPABLE = Refusal(
    "typed.unkeepable",
    RefusalKind.INVALID,
    "В том, что вы ввели, есть знак, который мы не можем сохранить. Наберите текст заново.",
)


class RefusalMiddleware:
    """Turns `Refusal` into HTML, an htmx part or JSON (RFC 9457), by what the caller asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal; leave anything else to Django, it is a bug."""
        if isinstance(error, DataError):
            # A NUL in a text, a number past its column: no browser sends it by itself.
            LOG.warning("the database did not take a value typed at %s", request.resolver_match)
            return refused(request, _UNKEEPABLE)
        if not isinstance(error, Refusal):
            return None
        if error.kind is RefusalKind.MISSING:
            _keep_attempt(request)
        return refused(request, error)


def _keep_attempt(request: HttpRequest) -> None:
    """Write into the audit who asked for a thing that is not theirs, or that is nobody's.

    Here and not in the rooms: their transaction is rolled back by then, and no room can forget.
    """
    actor: Actor | None = getattr(request, "actor", None)
    match = request.resolver_match
    if actor is None or actor.session is None or match is None:
        return
    keys = [(name, key) for name, key in match.kwargs.items() if isinstance(key, UUID)]
    for name, key in keys[:1]:
        record(
            actor,
            "door.refused",
            (name.removesuffix("_id"), key),
            result="refused",
            detail={"route": match.route, "method": request.method},
        )


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the refusal in the caller's form, with its status."""
    title = _TITLES.get(refusal.status, "Не получилось")
    if "application/json" in request.headers.get("Accept", ""):
        body = {
            "type": "about:blank",
            "title": title,
            "status": refusal.status,
            "detail": refusal.text,
            "text": refusal.text,
            "code": refusal.code,
            "kind": refusal.kind,
            "field": refusal.field,
        }
        return JsonResponse(body, status=refusal.status, content_type="application/problem+json")
    template = "ui/refused_part.html" if is_part(request) else "ui/refused.html"
    context = {"title": title, "refusal": refusal, "back": _back(request)}
    return render(request, template, context, status=refusal.status)


def _back(request: HttpRequest) -> str:
    """Return the page the person came from, when it is one of ours and another one."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return "/"
    return "/" if referer == request.build_absolute_uri() else referer
