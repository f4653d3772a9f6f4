"""Doors to the index: search, a card, a new card."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from priyom.clinics.doors import Visit, staff_only
from priyom.clinics.models import Role
from priyom.kernel.actor import Actor, ActorKind
from priyom.patients import actions, queries
from priyom.patients.forms import CardForm, DetailForm
from priyom.patients.rules import CardData, NumberTaken
from priyom.patients.understand import QueryKind, understand
from priyom.patients.views.outside import outside_url
from priyom.ui.parts import is_part


@require_GET
@staff_only()
def search(request: Visit) -> HttpResponse:
    """Show what the index has for ?q=; the same address gives the page and, to htmx, its part.

    ?request= is opaque here: it goes on to the links, for the page of the request to pick it up.
    """
    text = request.GET.get("q", "")
    found = queries.find(request.actor, text)
    context = {
        "found": found,
        "request_id": request.GET.get("request", ""),
        "may_register": request.actor.kind is ActorKind.REGISTRAR,
        "new_url": new_url(text, request.GET.get("request", "")),
        "outside_url": outside_url(request, text, request.GET.get("request", "")),
        # A doctor comes here to order a consultation; the page stands in a room above.
        "choose_url": "/desk/order/" if request.actor.kind is ActorKind.DOCTOR else "",
    }
    template = "patients/parts/found.html" if is_part(request) else "patients/search.html"
    return render(request, template, context)


def new_url(text: str, request_id: str = "") -> str:
    """Return the address of a new card with the words of the search already in it."""
    asked = {"q": text, "request": request_id}
    return f"{reverse('patients:new')}?{urlencode({k: v for k, v in asked.items() if v})}"


@require_GET
@staff_only()
def card(request: Visit, patient: UUID) -> HttpResponse:
    """Show one card; opening it is in the audit."""
    actor = request.actor
    context = {
        "card": queries.card(actor, patient),
        "is_new": "made" in request.GET,
        "is_changed": "changed" in request.GET or "added" in request.GET,
        "may_change": actor.kind is ActorKind.REGISTRAR,
        "detail_form": DetailForm(),
        "request_id": request.GET.get("request", ""),
    }
    return render(request, "patients/card.html", context)


@require_http_methods(["GET", "POST"])
@staff_only(Role.REGISTRAR)
def new(request: Visit) -> HttpResponse:
    """Show or take the form of a new card; similar cards are shown before anything is saved."""
    actor = request.actor
    if request.method == "GET":
        return _form(request, CardForm(initial=_from_search(request.GET.get("q", ""))))
    form = CardForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=400)
    data = form.card()
    if "anyway" not in request.POST:
        near = queries.similar(data)
        if near or form.warnings:
            return _form(request, form, similar=near, status=409 if near else 200)
    return _made(request, form, actor, data)


def _made(request: Visit, form: CardForm, actor: Actor, data: CardData) -> HttpResponse:
    try:
        made = actions.register(actor, data)
    except NumberTaken as refusal:
        form.add_error(refusal.field, refusal.text)
        return _form(request, form, taken=refusal.patient, status=refusal.status)
    asked = request.POST.get("request", "")
    tail = urlencode({"made": "1", "request": asked} if asked else {"made": "1"})
    return HttpResponseRedirect(f"{reverse('patients:card', args=[made.id])}?{tail}")


def _form(
    request: Visit,
    form: CardForm,
    *,
    similar: tuple[queries.Row, ...] = (),
    taken: UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    request_id = request.POST.get("request") or request.GET.get("request", "")
    sought = request.GET.get("q", "")
    context = {
        "form": form,
        "similar": similar,
        "taken": taken,
        "warnings": form.warnings if form.is_bound else [],
        "request_id": request_id,
        "outside_url": "" if form.is_bound else outside_url(request, sought, request_id),
    }
    return render(request, "patients/new.html", context, status=status)


def _from_search(text: str) -> dict[str, object]:
    """Return the first values of the form: what the registrar has just typed into the search."""
    query = understand(text)
    first: dict[str, object] = {
        "snils": query.snils, "enp": query.enp, "phone": query.phone,
        "document": query.document.replace(":", " "),
    }  # fmt: skip
    if query.kind is QueryKind.PERSON and query.readings:
        reading = query.readings[0]
        first |= {
            "family": reading.family.title().replace(" ", "-"),
            "given": reading.given.title(),
            "patronymic": reading.patronymic.title(),
        }
    if query.born:
        first["birth_on"] = query.born
    return {name: value for name, value in first.items() if value}
