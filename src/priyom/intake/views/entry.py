"""A doctor orders a consultation during a visit, with the consent on the spot."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from priyom.clinics.doors import Visit, attempt, staff_only
from priyom.clinics.models import Role
from priyom.clinics.queries import doctors
from priyom.files.actions import receive
from priyom.files.models import Blob
from priyom.intake import actions, queries
from priyom.intake.forms import OrderForm, whom_choices
from priyom.intake.pages import Ordered
from priyom.kernel import clock, typed, words
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import Refusal, RefusalKind, missing
from priyom.schedule.queries import DayView, DoctorView, free_times

DAYS = 7
SHOWN_DAYS = 2


@require_http_methods(["GET", "POST"])
@staff_only(Role.DOCTOR)
def order(request: Visit, patient: UUID) -> HttpResponse:
    """Show or take a doctor's order: consent on the spot, the time at once or by the registry."""
    person = queries.for_order(request.actor, patient)
    if "send_code" in request.POST:
        _send_code(request, person)
    here = doctors(request.actor.workplace)
    whom = request.POST.get("whom") or request.GET.get("whom", "")
    is_child = words.years(person.birth_on, clock.today()) < 18
    first = {"phone": show_phone(person.phone), "email": person.email, "whom": whom}
    first |= {name: request.POST[name] for name in ("complaint", *first) if name in request.POST}
    form = OrderForm(
        request.POST if request.POST.get("send") else None,
        request.FILES if request.POST.get("send") else None,
        initial=first,
        choices=whom_choices(here, is_child=is_child),
        now=clock.now(),
    )
    if form.is_bound and form.is_valid():
        done = _ordered(request, form, person)
        if done is not None:
            return done
    kind, _, key = whom.partition(":")
    named = next((one for one in here if kind == "d" and str(one.pk) == key), None)
    offered: tuple[DoctorView, ...] = ()
    if key and (named or kind == "s"):
        offered = free_times(
            request.actor,
            since=clock.today(),
            days=DAYS,
            doctor=named.pk if named else None,
            speciality=None if named else typed.key(key),
        )
    offered = tuple(replace(one, days=_first_days(one)) for one in offered)
    context = {"form": form, "person": person, "doctors": offered, "whom": whom}
    return render(request, "intake/order.html", context, status=400 if form.errors else 200)


@require_GET
@staff_only(Role.DOCTOR)
def order_for(request: Visit) -> HttpResponse:
    """Lead from a row of the index (?patient=) to the order for that person."""
    key = typed.key(request.GET.get("patient", ""))
    if key is None:
        raise missing("Карта")
    return redirect("intake:order", key)


def _ordered(request: Visit, form: OrderForm, person: Ordered) -> HttpResponse | None:
    """Do the order and lead back to the card; None when a rule said no beside a field."""
    got = form.cleaned_data
    data = form.asked(request.actor.workplace, doctors(request.actor.workplace), patient=person.id)
    try:
        sheet = _sheet(got["scan"])
        made = actions.order(
            request.actor,
            data,
            has_consent=got["has_consent"],
            slot_id=got.get("slot"),
            code=got["code"],
            scan=sheet,
        )
    except Refusal as refusal:
        if refusal.kind is RefusalKind.MISSING:
            raise
        form.take_refusal(refusal)
        return None
    if made.consultation is None:
        messages.success(request, f"Заявка № {made.number} у регистратуры: время назначат они.")
    else:
        when = words.promise(made.consultation.starts_at, clock.today())
        messages.success(request, f"Записано: {person.name}, {when}.")
    return redirect("intake:order", person.id)


def _sheet(sent: UploadedFile | None) -> Blob | None:
    """Keep the picture of the signed sheet. Raises Refusal (invalid) beside its field."""
    if sent is None or sent.file is None:
        return None
    return receive(sent.file, sent.name or "")[0]


def _send_code(request: Visit, person: Ordered) -> None:
    """Send the code to the typed address; the page comes back with all that was typed."""
    attempt(
        request,
        lambda: actions.send_code(request.actor, person.id, request.POST.get("email", "")),
        "Код отправлен. Пусть пациент назовёт его.",
    )


def _first_days(doctor: DoctorView) -> tuple[DayView, ...]:
    return tuple(day for day in doctor.days if day.has_free)[:SHOWN_DAYS]
