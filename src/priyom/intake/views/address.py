"""The e-mail field of the booking screen, and the page behind the link that confirms an address."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from priyom.clinics.doors import Visit, attempt, staff_only
from priyom.clinics.models import Role
from priyom.intake import actions, queries
from priyom.kernel import typed
from priyom.kernel.refusal import Refusal, RefusalKind, missing
from priyom.ui.parts import is_part


@require_http_methods(["GET", "POST"])
@staff_only(Role.REGISTRAR)
def address(request: Visit, request_id: UUID) -> HttpResponse:
    """Say what is known of the typed address; posted, send it a link to confirm it."""
    values = request.POST if request.method == "POST" else request.GET
    email, patient = values.get("email", "")[:254], typed.key(values.get("patient", ""))
    said = ""
    if request.method == "POST":
        if patient is None:
            raise missing("Карта")
        key = patient
        if not is_part(request):
            attempt(
                request,
                lambda: actions.ask_address(request.actor, request_id, key, email),
                "Ссылка отправлена.",
            )
            return redirect("intake:request", request_id)
        try:
            actions.ask_address(request.actor, request_id, patient, email)
        except Refusal as refusal:
            if refusal.kind is RefusalKind.MISSING:
                raise
            said = refusal.text
    context = {
        "to": request.path,
        "address": queries.address(request.actor, request_id, patient, email),
        "errors": {"email": said} if said else {},
    }
    return render(request, "intake/parts/address.html", context, status=400 if said else 200)


@require_http_methods(["GET", "POST"])
def confirm(request: Visit, token: str) -> HttpResponse:
    """Ask whoever opened the letter whether the address is theirs; posted, keep it as confirmed."""
    _, email = actions.asked_address(token)
    if request.method == "POST":
        actions.confirm_address(request.actor, token)
    name, _, domain = email.partition("@")
    context = {"email": f"{name[:2]}…@{domain}", "is_done": request.method == "POST"}
    return render(request, "intake/confirm.html", context)
