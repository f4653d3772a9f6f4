"""The waiting list on the desk, and the page where a patient answers an offered time."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Visit, attempt, patient_only, say_no, staff_only
from priyom.clinics.models import Role
from priyom.intake import actions, queries
from priyom.kernel import clock, typed, words
from priyom.kernel.refusal import Refusal


@require_GET
@staff_only(Role.REGISTRAR)
def listing(request: Visit) -> HttpResponse:
    """Show the free times that somebody waits for, who they suit best and why."""
    return render(request, "intake/waiting.html", {"page": queries.waiting_page(request.actor)})


@require_POST
@staff_only(Role.REGISTRAR)
def propose(request: Visit, request_id: UUID) -> HttpResponse:
    """Offer a time to one who waits."""
    slot = typed.key(request.POST.get("slot", ""))
    if slot is None:
        messages.error(request, "Выберите время.")
        return redirect("intake:waiting")

    def do() -> str:
        made = actions.propose(request.actor, request_id, slot)
        until = words.clock_time(made.expires_at)
        return f"Предложено. Держим время до {until}, письмо уйдёт само."

    attempt(request, do)
    return redirect("intake:waiting")


@require_POST
@staff_only(Role.REGISTRAR)
def withdraw(request: Visit, proposal_id: UUID) -> HttpResponse:
    """Take an offer back."""
    attempt(
        request,
        lambda: actions.withdraw_proposal(request.actor, proposal_id),
        "Предложение отозвано, время снова свободно.",
    )
    return redirect("intake:waiting")


@require_POST
@staff_only(Role.REGISTRAR)
def hasten(request: Visit, request_id: UUID) -> HttpResponse:
    """Mark a request as urgent, or as planned again."""
    is_urgent = request.POST.get("urgent") == "1"
    attempt(request, lambda: actions.hasten(request.actor, request_id, is_urgent=is_urgent))
    return redirect("intake:request", request_id)


@require_GET
@patient_only
def proposal(request: Visit, proposal_id: UUID) -> HttpResponse:
    """Show the patient what is offered and until when."""
    page = queries.proposal(request.actor, proposal_id)
    return render(request, "intake/proposal.html", {"page": page})


@require_POST
@patient_only
def accept(request: Visit, proposal_id: UUID) -> HttpResponse:
    """Book the offered time."""
    try:
        made = actions.accept_proposal(request.actor, proposal_id)
    except Refusal as refusal:
        say_no(request, refusal)
        return redirect("intake:proposal", proposal_id)
    messages.success(request, f"Вы записаны: {words.promise(made.starts_at, clock.today())}.")
    return redirect(f"/my/consultations/{made.pk}/")


@require_POST
@patient_only
def decline(request: Visit, proposal_id: UUID) -> HttpResponse:
    """Say that it does not fit."""
    try:
        actions.decline_proposal(request.actor, proposal_id)
    except Refusal as refusal:
        say_no(request, refusal)
        return redirect("intake:proposal", proposal_id)
    messages.success(request, "Поняли. Заявка остаётся в очереди: напишем, когда появится другое.")
    return redirect("/my/")
