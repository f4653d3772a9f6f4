"""Doors to who stands for a patient: found in the index, entered, put right, ended."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from priyom.clinics.doors import Visit, staff_only
from priyom.clinics.models import Role
from priyom.kernel import typed
from priyom.kernel.refusal import Refusal, RefusalKind, missing
from priyom.patients import actions, queries
from priyom.patients.forms import BondForm, EndForm, TermForm
from priyom.ui.parts import is_part


@require_http_methods(["GET", "POST"])
@staff_only(Role.REGISTRAR)
def represent(request: Visit, patient: UUID) -> HttpResponse:
    """Show the search for who stands for the patient, then (?patient=) the form about that person.

    The found rows lead here with the chosen card, as they do to whoever asked the search.
    """
    chosen = request.GET.get("patient", "")
    person = typed.key(chosen)
    if chosen and person is None:
        raise missing("Карта")
    one, other = queries.for_bond(request.actor, patient, person)
    if other is None:
        return _search(request, one)
    form = BondForm(request.POST or None, parties=(one.party, other.party))
    if request.method == "POST" and form.is_valid():
        try:
            actions.represent(request.actor, one.id, other.id, form.bond())
        except Refusal as refusal:
            _say(form, refusal)
        else:
            messages.success(request, "Представитель записан.")
            return redirect(f"{reverse('patients:card', args=[one.id])}#representatives")
    context = {"form": form, "one": one, "other": other}
    return render(request, "patients/represent.html", context, status=400 if form.errors else 200)


def _search(request: Visit, one: queries.Human) -> HttpResponse:
    if request.method == "POST":
        raise missing("Карта")
    here = reverse("patients:represent", args=[one.id])
    context = {
        "found": queries.find(request.actor, request.GET.get("q", "")),
        "one": one,
        "search_url": here,
        "choose_url": here,
    }
    template = "patients/parts/found.html" if is_part(request) else "patients/representing.html"
    return render(request, template, context)


@require_GET
@staff_only(Role.REGISTRAR)
def representative(request: Visit, bond: UUID) -> HttpResponse:
    """Show a representative: the paper, the term, what can be put right."""
    return _page(request, bond)


@require_POST
@staff_only(Role.REGISTRAR)
def correct_term(request: Visit, bond: UUID) -> HttpResponse:
    """Put the last day right."""
    form = TermForm(request.POST)
    if form.is_valid():
        try:
            row = actions.correct_term(request.actor, bond, form.cleaned_data["until"])
        except Refusal as refusal:
            _say(form, refusal)
        else:
            messages.success(request, "Срок исправлен.")
            return redirect("patients:representative", row.id)
    return _page(request, bond, term=form)


@require_POST
@staff_only(Role.REGISTRAR)
def end_representative(request: Visit, bond: UUID) -> HttpResponse:
    """End the right at once."""
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            row = actions.end_representative(request.actor, bond, form.cleaned_data["why"])
        except Refusal as refusal:
            _say(form, refusal)
        else:
            messages.success(request, "Право прекращено. Запись осталась в истории.")
            return redirect("patients:representative", row.id)
    return _page(request, bond, end=form)


def _page(
    request: Visit, bond: UUID, *, term: TermForm | None = None, end: EndForm | None = None
) -> HttpResponse:
    shown = queries.representative(request.actor, bond)
    first = {"until": shown.standing.valid_until}
    context = {
        "shown": shown,
        "one": shown.standing,
        "term": term or TermForm(initial=first),
        "end": end or EndForm(),
        "wrong": term or end,
    }
    status = 400 if term or end else 200
    return render(request, "patients/representative.html", context, status=status)


def _say(form: BondForm | TermForm | EndForm, refusal: Refusal) -> None:
    """Put what a rule said no to beside its field, or on top of the form."""
    if refusal.kind is RefusalKind.MISSING:
        raise refusal
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.text)
