"""Doors of the registry: how one document stands, the head's overview, sending again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Request, staff_only
from priyom.clinics.models import Role
from priyom.registry import actions, queries
from priyom.ui.parts import is_part


@require_GET
@staff_only(Role.DOCTOR, Role.HEAD)
def one(request: Request, consultation_id: UUID) -> HttpResponse:
    """How the versions of one conclusion stand: a page of its own, or a part of the paper's."""
    found = queries.of_consultation(request.actor, consultation_id)
    template = "registry/parts/lines.html" if is_part(request) else "registry/one.html"
    return render(request, template, {"found": found, "consultation": consultation_id})


@require_POST
@staff_only(Role.DOCTOR, Role.HEAD)
def resend(request: Request, consultation_id: UUID, registration_id: UUID) -> HttpResponse:
    """Send a document again that was not taken."""
    actions.resend(request.actor, consultation_id, registration_id)
    messages.success(request, "Документ отправляется ещё раз. Ответ появится здесь.")
    return redirect("registry:one", consultation_id)


@require_GET
@staff_only(Role.HEAD)
def overview(request: Request) -> HttpResponse:
    """How many documents stand where, and what needs somebody."""
    return render(request, "registry/overview.html", {"page": queries.overview(request.actor)})
