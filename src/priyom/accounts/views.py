"""The patient's door: sign-in through ЕСИА, sign-out; and the gateway's ticket for both portals."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from priyom.accounts import actions
from priyom.accounts.request import Visit


@require_POST
def ticket(request: Visit) -> HttpResponse:
    """Give the page of a signed-in person a one-time ticket for the gateway, and its address."""
    return JsonResponse(
        {"ticket": actions.issue_ticket(request.actor), "gateway": settings.GATEWAY_URL}
    )
