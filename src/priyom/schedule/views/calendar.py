"""The schedule as a calendar file: out, and in after a look at what it would change."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from priyom.clinics.doors import Visit, attempt, staff_only
from priyom.clinics.models import Role
from priyom.kernel import clock, words
from priyom.kernel.refusal import Refusal
from priyom.schedule import actions, exchange, queries
from priyom.schedule.forms import CalendarForm
from priyom.schedule.rules import Span
from priyom.schedule.views.place import back, chosen, place, posted_doctor

DAYS = 60
"""So far ahead the file reaches, and as far behind by a week."""


@require_GET
@staff_only(Role.REGISTRAR, Role.HEAD)
def export(request: Visit) -> HttpResponse:
    """Give the coming times of ?doctor= as .ics; nobody who is booked is named in it."""
    who = chosen(place(request, "week"))
    since = clock.today() - timedelta(days=7)
    slots = queries.doctor_days(request.actor, who.pk, since, DAYS) if who else ()
    times = [
        exchange.Time(
            slot.id,
            slot.starts_at,
            slot.ends_at,
            "held" if slot.state in ("mine", "past") else slot.state,
        )
        for slot in slots
    ]
    name = f"Приём: {who}" if who else "Приём"
    answer = HttpResponse(
        exchange.export(times, name, request.get_host().partition(":")[0]),
        content_type="text/calendar; charset=utf-8",
    )
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote('расписание.ics')}"
    return answer


@require_http_methods(["GET", "POST"])
@staff_only(Role.HEAD)
def bring(request: Visit) -> HttpResponse:
    """Take an .ics: first show what it would change, then do it when told so."""
    context = place(request, "plan")
    if request.method == "GET":
        return render(request, "schedule/bring.html", context | {"form": CalendarForm()})
    doctor = posted_doctor(request)
    if doctor is not None and request.POST.get("spans"):
        return _do(request)
    form = CalendarForm(request.POST, request.FILES)
    found: tuple[Span, ...] = ()
    if form.is_valid():
        try:
            found = exchange.spans(form.cleaned_data["file"].read(), clock.now())
        except Refusal as refusal:
            form.add_error("file", refusal.text)
    context["who"] = next((one for one in context["doctors"] if one.pk == doctor), context["who"])
    context |= {"form": form, "is_read": form.is_valid()}
    if form.is_valid():
        is_times = form.cleaned_data["meaning"] == "times"
        times = exchange.cut(found, form.cleaned_data["minutes"]) if is_times else found
        context |= {
            "meaning": form.cleaned_data["meaning"],
            "found": found,
            "times": times,
            "spans": " ".join(f"{begin.isoformat()}/{end.isoformat()}" for begin, end in times),
        }
    return render(request, "schedule/bring.html", context, status=400 if form.errors else 200)


def _do(request: Visit) -> HttpResponse:
    doctor, spans = posted_doctor(request), _spans(request.POST["spans"])
    if doctor is None or spans is None:
        messages.error(request, "Загрузите файл ещё раз.")
        return back(request, "plan")

    def do() -> str:
        if request.POST.get("meaning") == "away":
            closed = actions.close_between(request.actor, doctor, spans)
            return f"Закрыто: {words.plural(closed, 'время', 'времени', 'времён')}."
        told = actions.add(request.actor, doctor, spans)
        over = f" Не добавлено, потому что занято другим: {len(told.overlapping)}."
        done = f"Добавлено: {words.plural(told.made, 'время', 'времени', 'времён')}."
        return done + (over if told.overlapping else "")

    attempt(request, do)
    return back(request, "week")


def _spans(text: str) -> list[Span] | None:
    try:
        pairs = [part.split("/") for part in text.split()]
        made = [(datetime.fromisoformat(one), datetime.fromisoformat(two)) for one, two in pairs]
    except ValueError:
        return None
    return made if all(one.tzinfo and two.tzinfo for one, two in made) else None
