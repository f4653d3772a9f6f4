"""The schedule on the desk: one doctor's day, times closed and opened again."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Visit, staff_only
from priyom.clinics.models import Role
from priyom.kernel import clock, typed
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.schedule import actions
from priyom.schedule.queries import doctor_day, doctors_of


@require_GET
@staff_only(Role.REGISTRAR, Role.HEAD)
def day(request: Visit) -> HttpResponse:
    """Show ?doctor= on ?on= (a Moscow day): every time with its state."""
    doctors = doctors_of(request.actor)
    asked = request.GET.get("doctor", "")
    chosen = next((one for one in doctors if str(one.pk) == asked), None)
    if chosen is None and doctors:
        chosen = doctors[0]
    on = _day(request.GET.get("on", ""))
    shown = doctor_day(request.actor, chosen.pk, on) if chosen else None
    slots = [slot for one in shown.days for slot in one.slots] if shown else []
    context = {
        "doctors": doctors,
        "doctor": shown,
        "on": on,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "slots": slots,
        "free": sum(slot.state == "free" for slot in slots),
        "booked": sum(slot.state == "booked" for slot in slots),
        "may_change": on >= clock.today(),
    }
    return render(request, "schedule/day.html", context)


@require_POST
@staff_only(Role.REGISTRAR, Role.HEAD)
def block(request: Visit, slot_id: UUID) -> HttpResponse:
    """Close one free time."""
    return _change(request, slot_id, is_open=False)


@require_POST
@staff_only(Role.REGISTRAR, Role.HEAD)
def unblock(request: Visit, slot_id: UUID) -> HttpResponse:
    """Open a closed time."""
    return _change(request, slot_id, is_open=True)


def _change(request: Visit, slot_id: UUID, *, is_open: bool) -> HttpResponse:
    act = actions.unblock if is_open else actions.block
    try:
        act(request.actor, slot_id)
    except Refusal as refusal:
        if refusal.kind is RefusalKind.MISSING:
            raise
        messages.error(request, refusal.text)
    doctor, on = request.POST.get("doctor", ""), _day(request.POST.get("on", ""))
    doctor = doctor if typed.key(doctor) else ""
    return redirect(f"{reverse('schedule:day')}?doctor={doctor}&on={on}")


def _day(text: str) -> date:
    return typed.day(text) or clock.today()
