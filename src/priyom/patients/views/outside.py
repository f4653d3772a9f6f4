"""Doors to the region's index: whom it knows, and taking one over."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Visit, say_no, staff_only
from priyom.clinics.models import Role
from priyom.kernel.refusal import Refusal
from priyom.patients import actions, queries
from priyom.ui.parts import is_part


@require_GET
@staff_only(Role.REGISTRAR)
def outside(request: Visit) -> HttpResponse:
    """Show whom the region's index knows for ?q=; a part for htmx, a page without script."""
    text = request.GET.get("q", "")
    context = {
        "beside": queries.beside(request.actor, text),
        "text": text,
        "request_id": request.GET.get("request", ""),
    }
    template = "patients/parts/outside.html" if is_part(request) else "patients/outside.html"
    return render(request, template, context)


@require_POST
@staff_only(Role.REGISTRAR)
def adopt(request: Visit) -> HttpResponse:
    """Make the other index's card one of this base; it is read anew, the browser brings no data."""
    asked = request.POST.get("request", "")
    try:
        source, found = queries.stranger(request.actor, request.POST.get("number", ""))
        card = actions.adopt(request.actor, source, found)
    except Refusal as refusal:
        say_no(request, refusal)
        return redirect("patients:search")
    messages.success(request, "Карта взята из другого индекса. Сверьте её с документами.")
    tail = f"?{urlencode({'made': '1', 'request': asked})}" if asked else ""
    return redirect(f"{reverse('patients:card', args=[card.id])}{tail}")


def outside_url(request: Visit, text: str, request_id: str) -> str:
    """Return where the page gets the other index's answer from, "" when it is not asked."""
    if not queries.asks_outside(request.actor, text):
        return ""
    asked = {"q": text, "request": request_id}
    return f"{reverse('patients:outside')}?{urlencode({k: v for k, v in asked.items() if v})}"
