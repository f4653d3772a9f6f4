"""One doctor's day: times closed and opened again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Visit, attempt, staff_only
from priyom.clinics.models import Role
from priyom.kernel import clock
from priyom.schedule import actions
from priyom.schedule.queries import doctor_day
from priyom.schedule.views.place import back, chosen, place


@require_GET
@staff_only(Role.REGISTRAR, Role.HEAD)
def day(request: Visit) -> HttpResponse:
    """Show ?doctor= on ?on= (a Moscow day): every time with its state."""
    context = place(request, "day")
    who, on = chosen(context), context["on"]
    shown = doctor_day(request.actor, who.pk, on) if who else None
    slots = [slot for one in shown.days for slot in one.slots] if shown else []
    context |= {
        "doctor": shown,
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
    attempt(request, lambda: act(request.actor, slot_id))
    return back(request, "week" if request.POST.get("page") == "week" else "day")
