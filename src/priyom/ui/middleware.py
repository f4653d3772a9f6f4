"""A refusal that no view translated becomes a page that says what to do next."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from priyom.kernel.refusal import Refusal

_TITLES = {
    400: "Так не получится",
    403: "Сюда нельзя",
    404: "Такой страницы нет",
    409: "Пока вы смотрели, всё изменилось",
    413: "Файл слишком большой",
    429: "Слишком часто",
}


class RefusalMiddleware:
    """Turns `Refusal` into HTML, an htmx part or JSON (RFC 9457), by what the caller asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal; leave anything else to Django, it is a bug."""
        if not isinstance(error, Refusal):
            return None
        return refused(request, error)


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
    is_part = request.headers.get("HX-Request") == "true"
    template = "ui/refused_part.html" if is_part else "ui/refused.html"
    context = {"title": title, "refusal": refusal, "back": _back(request)}
    return render(request, template, context, status=refusal.status)


def _back(request: HttpRequest) -> str:
    """Return the page the person came from, when it is one of ours and another one."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return "/"
    return "/" if referer == request.build_absolute_uri() else referer
