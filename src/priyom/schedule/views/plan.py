"""The head's plan of a doctor: hours of the week, exceptions, what publishing would change."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Visit, attempt, staff_only
from priyom.clinics.models import Role
from priyom.kernel import words
from priyom.schedule import actions, queries
from priyom.schedule.forms import DeviationForm, HoursForm
from priyom.schedule.views.place import back, chosen, place, posted_doctor


@require_GET
@staff_only(Role.HEAD)
def plan(request: Visit) -> HttpResponse:
    """Show the plan of ?doctor= and what publishing it would do."""
    context = place(request, "plan")
    who = chosen(context)
    if who is not None:
        shown = queries.plan_of(request.actor, who.pk)
        context |= {
            "plan": shown,
            "week": list(zip(words.WEEKDAYS, shown.hours.values(), strict=True)),
            "hours": HoursForm(auto_id="hours_%s"),
            "deviation": DeviationForm(auto_id="deviation_%s"),
        }
    return render(request, "schedule/plan.html", context)


@require_POST
@staff_only(Role.HEAD)
def add_hours(request: Visit) -> HttpResponse:
    """Add hours or a break to the chosen weekdays."""
    doctor, form = posted_doctor(request), HoursForm(request.POST)
    if doctor is None or not form.is_valid():
        messages.error(request, form.first_error() or "Выберите врача.")
        return back(request, "plan")
    for stretch in form.stretches():
        if not attempt(request, partial(actions.add_hours, request.actor, doctor, stretch)):
            break
    return back(request, "plan")


@require_POST
@staff_only(Role.HEAD)
def drop_hours(request: Visit, hours_id: UUID) -> HttpResponse:
    """Take hours out of the plan."""
    attempt(request, lambda: actions.drop_hours(request.actor, hours_id))
    return back(request, "plan")


@require_POST
@staff_only(Role.HEAD)
def deviate(request: Visit) -> HttpResponse:
    """Write an exception for the doctor or for the whole МО."""
    doctor, form = posted_doctor(request), DeviationForm(request.POST)
    if doctor is None or not form.is_valid():
        messages.error(request, form.first_error() or "Выберите врача.")
        return back(request, "plan")
    whose = None if form.cleaned_data["for_all"] else doctor
    reason = form.cleaned_data["reason"]
    attempt(request, lambda: actions.deviate(request.actor, whose, form.change(), reason))
    return back(request, "plan")


@require_POST
@staff_only(Role.HEAD)
def drop_deviation(request: Visit, deviation_id: UUID) -> HttpResponse:
    """Take an exception back."""
    attempt(request, lambda: actions.drop_deviation(request.actor, deviation_id))
    return back(request, "plan")


@require_POST
@staff_only(Role.HEAD)
def publish(request: Visit) -> HttpResponse:
    """Say how many days ahead, and publish the plan as times."""
    doctor, days = posted_doctor(request), request.POST.get("days", "")
    if doctor is None or not days.isdecimal() or len(days) > 4:
        messages.error(request, "Впишите, на сколько дней вперёд публиковать.")
        return back(request, "plan")

    def do() -> str:
        actions.look_ahead(request.actor, doctor, int(days))
        told = actions.publish(request.actor, doctor)
        made = words.plural(told.made + told.reopened, "время", "времени", "времён")
        stays = f" Осталось занятых не по плану: {told.stays}." if told.stays else ""
        return f"Опубликовано: добавлено {made}, закрыто {told.closed}.{stays}"

    attempt(request, do)
    return back(request, "plan")
