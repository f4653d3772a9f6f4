"""What works without a network: the service worker of each portal and the page it keeps."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from priyom.accounts.middleware import portal_of

_WORKER = Path(__file__).parents[1] / "static" / "portal" / "worker.js"


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker from the portal's own folder: that is its scope."""
    return HttpResponse(_WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """Show the page that stands for all others without a network; the same for everybody."""
    return render(request, "portal/offline.html", {"portal": portal_of(request.path).strip("/")})
