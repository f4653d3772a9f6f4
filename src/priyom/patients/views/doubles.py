"""Doors to the doubles: the list of pairs, two cards side by side, merging, parting, undoing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Visit, say_no, staff_only
from priyom.clinics.models import Role
from priyom.kernel.refusal import Refusal, RefusalKind, missing
from priyom.patients import actions, queries
from priyom.patients.forms import MergeForm


@require_GET
@staff_only(Role.REGISTRAR)
def doubles(request: Visit) -> HttpResponse:
    """Show the likeliest pairs that nobody has decided."""
    context = {"doubles": queries.doubles(request.actor)}
    return render(request, "patients/doubles.html", context)


@require_GET
@staff_only(Role.REGISTRAR)
def compare(request: Visit, double: UUID) -> HttpResponse:
    """Show two cards side by side; ?swap= lets the other one stay."""
    pair = queries.comparison(request.actor, double, swapped="swap" in request.GET)
    return render(request, "patients/compare.html", {"pair": pair})


@require_POST
@staff_only(Role.REGISTRAR)
def merge(request: Visit, double: UUID) -> HttpResponse:
    """Make one card of two, each field from the card that was chosen.

    What a rule said no to is said on the comparison as it is now, with the same choices.
    """
    form = MergeForm(request.POST)
    if not form.is_valid():
        raise missing("Пара карт")
    got = form.cleaned_data
    taken = [name for name, card in request.POST.items() if card == "other"]
    pair = queries.comparison(request.actor, double, survivor=got["survivor"], taken=taken)
    try:
        seen = (got["seen"], got["seen_other"])
        actions.merge(request.actor, pair.one.id, pair.other.id, taken, seen)
    except Refusal as refusal:
        if refusal.kind is RefusalKind.MISSING:
            raise
        context = {"pair": pair, "refused": refusal.text}
        return render(request, "patients/compare.html", context, status=refusal.status)
    messages.success(request, "Карты объединены. Это можно отменить внизу карты.")
    return redirect("patients:card", pair.one.id)


@require_POST
@staff_only(Role.REGISTRAR)
def part(request: Visit, double: UUID) -> HttpResponse:
    """Say that these are two people."""
    pair = queries.pair(double)
    actions.part(request.actor, *pair)
    messages.success(request, "Отмечено: разные люди. Эту пару больше не предложим.")
    return redirect("patients:doubles")


@require_POST
@staff_only(Role.REGISTRAR)
def undo_merge(request: Visit, merge: UUID) -> HttpResponse:
    """Make two cards of one again; say what others changed since."""
    try:
        done, kept = actions.undo_merge(request.actor, merge)
    except Refusal as refusal:
        say_no(request, refusal)
        return redirect("patients:search")
    text = "Карты снова две, каждое поле как до объединения."
    if kept:
        names = ", ".join(queries.LABELS[name].lower() for name in kept)
        text = f"Карты снова две. Изменённое после объединения осталось как есть: {names}."
    messages.success(request, text)
    return redirect("patients:card", done.survivor_id)
