"""The head's first page and the lists behind its figures."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from priyom.clinics.doors import Request, staff_only
from priyom.clinics.models import Role
from priyom.reports import queries


@require_GET
@staff_only(Role.HEAD)
def figures(request: Request) -> HttpResponse:
    """Show who waits how long and who is overloaded."""
    page = queries.figures(request.actor)
    top = max((count for _, count in page.chart), default=0) or 1
    bars = [
        {
            "on": on,
            "count": count,
            "y": 100 - round(100 * count / top),
            "height": round(100 * count / top),
        }
        for on, count in page.chart
    ]
    return render(request, "reports/figures.html", {"page": page, "bars": bars})


@require_GET
@staff_only(Role.HEAD)
def behind(request: Request, key: str) -> HttpResponse:
    """Show the rows that one figure counts."""
    page = queries.behind(request.actor, key)
    return render(request, "reports/behind.html", {"page": page})
