"""Doors to the changes of a card: correction, further details, death."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from priyom.clinics.doors import Visit, staff_only
from priyom.clinics.models import Role
from priyom.kernel.refusal import Refusal
from priyom.patients import actions, queries
from priyom.patients.details import DetailData, DetailKind
from priyom.patients.forms import AmendForm, DetailForm
from priyom.patients.rules import NumberTaken


@require_http_methods(["GET", "POST"])
@staff_only(Role.REGISTRAR)
def amend(request: Visit, patient: UUID) -> HttpResponse:
    """Show or take the card's fields; two registrars at once do not overwrite each other."""
    if request.method == "GET":
        seen = queries.newest_change(patient)
        first = queries.fields(request.actor, patient)
        return _amending(request, patient, AmendForm(initial={**first, "seen": seen}))
    queries.editable(patient)
    form = AmendForm(request.POST)
    if not form.is_valid():
        return _amending(request, patient, form, status=400)
    try:
        actions.amend(request.actor, patient, form.card(), form.cleaned_data["seen"])
    except Refusal as refusal:
        form.add_error(refusal.field or None, refusal.text)
        taken = refusal.patient if isinstance(refusal, NumberTaken) else None
        return _amending(request, patient, form, taken=taken, status=refusal.status)
    return _to_card(patient, "changed")


def _amending(
    request: Visit, patient: UUID, form: AmendForm, *, taken: UUID | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "patient": patient, "taken": taken}
    return render(request, "patients/amend.html", context, status=status)


@require_POST
@staff_only(Role.REGISTRAR)
def add_detail(request: Visit, patient: UUID) -> HttpResponse:
    """Add a phone, e-mail, address, document or policy."""
    queries.editable(patient)
    form = DetailForm(request.POST)
    if form.is_valid():
        got = form.cleaned_data
        kind, _, sort = got["form"].partition(".")
        data = DetailData(DetailKind(kind), sort, got["value"], got["note"])
        try:
            actions.add_detail(request.actor, patient, data)
            return _to_card(patient, "added")
        except Refusal as refusal:
            form.add_error("value", refusal.text)
    context = {"detail_form": form, "patient": patient}
    return render(request, "patients/detail.html", context, status=400)


@require_POST
@staff_only(Role.REGISTRAR)
def end_detail(request: Visit, detail: UUID) -> HttpResponse:
    """Say that a detail is true no longer."""
    return _to_card(actions.end_detail(request.actor, detail).patient_id)


@require_POST
@staff_only(Role.REGISTRAR)
def verify_detail(request: Visit, detail: UUID) -> HttpResponse:
    """Say that the person has confirmed a phone or e-mail."""
    return _to_card(actions.verify_detail(request.actor, detail).patient_id)


@require_POST
@staff_only(Role.REGISTRAR)
def prefer_detail(request: Visit, detail: UUID) -> HttpResponse:
    """Make a detail the main one."""
    return _to_card(actions.prefer_detail(request.actor, detail).patient_id)


@require_POST
@staff_only(Role.REGISTRAR)
def note_death(request: Visit, patient: UUID) -> HttpResponse:
    """Write the day of death down; an empty day takes it back."""
    text = request.POST.get("died_on", "")
    try:
        died_on = date.fromisoformat(text) if text else None
    except ValueError:
        died_on = date.max
    actions.note_death(request.actor, patient, died_on)
    return _to_card(patient, "changed")


def _to_card(patient: UUID, word: str = "") -> HttpResponseRedirect:
    where = reverse("patients:card", args=[patient])
    return HttpResponseRedirect(f"{where}?{word}" if word else f"{where}#details")
