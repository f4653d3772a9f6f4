"""The registry's page of consultations: find, move, cancel."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Request, staff_only
from priyom.clinics.models import Role
from priyom.consultations.queries import booked, for_registry
from priyom.intake import actions as intake
from priyom.intake.queries import tellings_of
from priyom.kernel import clock, typed
from priyom.kernel.actor import ActorKind
from priyom.notices.queries import letters_about
from priyom.schedule.queries import free_times


@require_GET
@staff_only(Role.REGISTRAR, Role.HEAD)
def listing(request: Request) -> HttpResponse:
    """Show live consultations, wishes to move, or past ones; paged by the last line shown."""
    only = request.GET.get("only", "")
    lines, has_more = booked(request.actor, only, _last(request))
    return render(
        request,
        "portal/booked.html",
        {
            "lines": lines,
            "only": only,
            "now": clock.now(),
            "has_more": has_more,
            "to_call": frozenset(tellings_of(line.id for line in lines)),
        },
    )


@require_GET
@staff_only(Role.REGISTRAR, Role.HEAD)
def page(request: Request, consultation_id: UUID) -> HttpResponse:
    """Show one consultation to the registry: times, letters, what may be done; never the talk."""
    found = for_registry(request.actor, consultation_id)
    return render(
        request,
        "portal/booked_page.html",
        {
            "page": found,
            "now": clock.now(),
            "letters": letters_about(request.actor.workplace, [consultation_id]),
            "telling": tellings_of([consultation_id]).get(consultation_id),
            "doctors": free_times(
                request.actor, since=clock.today(), days=14, doctor=found.doctor.id
            )
            if found.state == "scheduled" and request.actor.kind is ActorKind.REGISTRAR
            else (),
        },
    )


@require_POST
@staff_only(Role.REGISTRAR, Role.HEAD)
def cancel(request: Request, consultation_id: UUID) -> HttpResponse:
    """The МО cancels: the request goes back to the journal, the patient is told."""
    intake.cancel(request.actor, consultation_id, request.POST.get("reason", ""))
    messages.success(request, "Консультация отменена. Заявка снова в журнале.")
    return redirect("portal:booked")


@require_POST
@staff_only(Role.REGISTRAR)
def reschedule(request: Request, consultation_id: UUID) -> HttpResponse:
    """Move to another free time; both get letters."""
    slot = typed.key(request.POST.get("slot", ""))
    if slot is None:
        messages.error(request, "Выберите новое время.")
        return redirect("portal:booked-page", consultation_id)
    reason = request.POST.get("reason", "")
    intake.reschedule(request.actor, consultation_id, slot, reason)
    messages.success(request, "Перенесено. Письма пациенту и врачу уйдут сами.")
    return redirect("portal:booked-page", consultation_id)


def _last(request: Request) -> tuple[datetime, UUID] | None:
    """Return `?at=` and `?key=` of the last line that was shown; None for the first page."""
    try:
        at = datetime.fromisoformat(request.GET.get("at", ""))
        key = UUID(request.GET.get("key", ""))
    except ValueError:
        return None
    return (at, key) if at.tzinfo else None
