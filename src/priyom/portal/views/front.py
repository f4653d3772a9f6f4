"""The first page: two doors, for patients and for staff."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """Show the two doors."""
    return render(request, "portal/front.html")
