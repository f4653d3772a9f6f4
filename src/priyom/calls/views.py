"""Doors of the calls: POST acts and the part of the page that shows the living call."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from priyom.accounts.middleware import portal_of
from priyom.accounts.request import wants_json
from priyom.calls import actions, queries
from priyom.calls.models import Call
from priyom.clinics.doors import Request
from priyom.kernel.actor import Actor

ACTS: dict[str, Callable[[Actor, UUID], Call]] = {
    "accept": actions.accept,
    "decline": actions.decline,
    "leave": actions.leave,
    "rejoin": actions.rejoin,
    "end": actions.end,
    "beat": actions.beat,
}


@require_POST
def ring(request: Request, consultation_id: UUID) -> HttpResponse:
    """Start a call: the consultant's button."""
    call = actions.ring(request.actor, consultation_id)
    return _answer(request, call)


@require_POST
def act(request: Request, call_id: UUID, verb: str) -> HttpResponse:
    """Do one of accept, decline, leave, rejoin, end, beat."""
    call = ACTS[verb](request.actor, call_id)
    return _answer(request, call)


@require_GET
def part(request: Request, consultation_id: UUID) -> HttpResponse:
    """Show the call part of the consultation's page, for a page that wants it fresh."""
    root = f"{portal_of(request.path)}/"
    page = queries.living_call(request.actor, consultation_id, root)
    return render(request, "calls/parts/call.html", {"call": page, "root": root})


def _answer(request: Request, call: Call) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"call": str(call.pk), "state": call.state})
    return redirect(f"{portal_of(request.path)}/consultations/{call.consultation_id}/")
