"""The switches of the look, the one style sheet, and the living page of all components."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from priyom.ui import gallery
from priyom.ui.context import PALETTES, SIZES, THEME_COOKIE, THEMES, VISION_COOKIE, look_of
from priyom.ui.sheet import sheet

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponse:
    """Redirect to `next` when it is an address of ours, else to the front page."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(target if safe else "/")


def _keep(response: HttpResponse, name: str, value: str) -> HttpResponse:
    if value:
        response.set_cookie(
            name,
            value,
            max_age=YEAR,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    else:
        response.delete_cookie(name, samesite="Lax")
    return response


@csrf_exempt  # changes only how pages look to this browser; works for pages that were kept open
@require_http_methods(["GET", "POST"])
def vision(request: HttpRequest) -> HttpResponse:
    """Switch «версия для слабовидящих»: ?to=high|inverse|yellow|off, &size=20|24|28; then back."""
    asked = request.POST if request.method == "POST" else request.GET
    now = look_of(request)
    palette = asked.get("to", now.palette)
    size = asked.get("size", now.size)
    value = ""
    if palette in PALETTES:
        value = f"{palette}.{size if size in SIZES else '20'}"
    return _keep(_back(request), VISION_COOKIE, value)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def theme(request: HttpRequest) -> HttpResponse:
    """Switch the theme: ?to=light|dark, anything else follows the system again."""
    asked = request.POST if request.method == "POST" else request.GET
    to = asked.get("to", "")
    return _keep(_back(request), THEME_COOKIE, to if to in THEMES else "")


@require_GET
def styles(request: HttpRequest, digest: str) -> HttpResponse:
    """Serve the joined style sheet; its address changes with its text, so it is kept for a year."""
    found = sheet()
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        found.packed if packed else found.text, content_type="text/css; charset=utf-8"
    )
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    lasting = digest == found.digest and not settings.DEBUG
    response.headers["Cache-Control"] = (
        f"public, max-age={YEAR}, immutable" if lasting else "no-cache"
    )
    return response


def _shown_only_in_development() -> None:
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404


@require_http_methods(["GET", "POST"])
def living(request: HttpRequest) -> HttpResponse:
    """Show all components and states, or one sample page (?page=); never in production."""
    _shown_only_in_development()
    page = request.GET.get("page", "index")
    if page not in gallery.PAGES:
        raise Http404
    status = gallery.PAGES[page].status
    return render(
        request, gallery.PAGES[page].template, gallery.context(page, request), status=status
    )
