"""The head's grid: a week and a month of a doctor; times added, moved, copied."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Visit, attempt, staff_only
from priyom.clinics.models import Role
from priyom.kernel import clock, typed, words
from priyom.schedule import actions, queries
from priyom.schedule.exchange import cut
from priyom.schedule.forms import TimesForm
from priyom.schedule.rules import list_times
from priyom.schedule.views.place import back, chosen, day_of, place, posted_doctor

SHOWN_OVER = 6
"""So many of the times that had no room are named."""


@require_GET
@staff_only(Role.REGISTRAR, Role.HEAD)
def week(request: Visit) -> HttpResponse:
    """Show the week of ?on= of ?doctor=."""
    context = place(request, "week")
    who, on = chosen(context), context["on"]
    first = queries.monday_of(on)
    if who is not None:
        context["week"] = queries.week(request.actor, who.pk, on)
        context["form"] = TimesForm(initial={"day": max(on, clock.today())})
    context |= {
        "first": first,
        "label": f"{words.day(first, on)} – {words.day(first + timedelta(days=6), on)}",
        "before": first - timedelta(days=7),
        "after": first + timedelta(days=7),
        "today": clock.today(),
    }
    return render(request, "schedule/week.html", context)


@require_GET
@staff_only(Role.REGISTRAR, Role.HEAD)
def month(request: Visit) -> HttpResponse:
    """Show the month of ?on= of ?doctor=: how much is free and booked each day."""
    context = place(request, "month")
    who, on = chosen(context), context["on"]
    if who is not None:
        context["weeks"] = queries.month(request.actor, who.pk, on)
    first = on.replace(day=1)
    context |= {
        "first": first,
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": (first + timedelta(days=32)).replace(day=1),
        "weekdays": words.WEEKDAYS_SHORT,
        "today": clock.today(),
    }
    return render(request, "schedule/month.html", context)


@require_POST
@staff_only(Role.HEAD)
def add(request: Visit) -> HttpResponse:
    """Add times by hand: a day, hours, how long each is."""
    doctor, form = posted_doctor(request), TimesForm(request.POST)
    if doctor is None or not form.is_valid():
        messages.error(request, form.first_error() or "Выберите врача.")
        return back(request, "week")
    spans = cut([form.span()], form.cleaned_data["minutes"])

    def do() -> str:
        told = actions.add(request.actor, doctor, list(spans), **form.use())
        return _added(request, told, "Добавлено")

    attempt(request, do)
    return back(request, "week")


@require_POST
@staff_only(Role.HEAD)
def shift(request: Visit) -> HttpResponse:
    """Move a free time to another day and hour."""
    slot, to = typed.key(request.POST.get("slot", "")), _instant(request)
    if slot is None or to is None:
        messages.error(request, "Выберите время, новый день и час.")
        return back(request, "week")

    def do() -> str:
        moved = actions.shift(request.actor, slot, to)
        return f"Перенесено: {words.promise(moved.starts_at, clock.today())}."

    attempt(request, do)
    return back(request, "week", f"#slot-{slot}")


@require_POST
@staff_only(Role.HEAD)
def copy(request: Visit) -> HttpResponse:
    """Copy the shown week into the week of the day that was typed."""
    doctor, target = posted_doctor(request), typed.day(request.POST.get("target", ""))
    if doctor is None or target is None:
        messages.error(request, "Выберите неделю, на которую копировать.")
        return back(request, "week")
    source = day_of(request.POST.get("on", ""))

    def do() -> str:
        told = actions.copy_week(request.actor, doctor, source, target)
        return _added(request, told, "Скопировано")

    attempt(request, do)
    return back(request, "week")


def _added(request: Visit, told: actions.Added, verb: str) -> str:
    if told.overlapping:
        begins = [begin for begin, _ in told.overlapping]
        named = list_times(begins[:SHOWN_OVER], clock.today())
        more = f" и ещё {len(begins) - SHOWN_OVER}" if len(begins) > SHOWN_OVER else ""
        text = "На эти минуты у врача уже есть другое время, они не добавлены"
        messages.warning(request, f"{text}: {named}{more}.")
    return f"{verb}: {words.plural(told.made, 'время', 'времени', 'времён')}."


def _instant(request: Visit) -> datetime | None:
    on = typed.day(request.POST.get("day", ""))
    try:
        at = datetime.strptime(request.POST.get("at", ""), "%H:%M").time()  # noqa: DTZ007
    except ValueError:
        return None
    return datetime.combine(on, at, clock.MOSCOW) if on else None
