"""Whether this process can serve: for balancers, the supervisor and Prometheus."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST

from priyom.portal.queries import database_answers, exposition


@never_cache
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 «ok» when the database answers, else 503."""
    if database_answers():
        return HttpResponse("ok", content_type="text/plain")
    return HttpResponse("database", status=503, content_type="text/plain")


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with counts by state, for Prometheus; no personal data."""
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
