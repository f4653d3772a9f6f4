"""The booking screen: request | card of the index | doctor and time, and one confirmation.

With script its parts come by htmx; without it the same fields are one form.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Visit, staff_only
from priyom.clinics.models import Role
from priyom.intake import actions, queries
from priyom.intake.pages import RequestPage
from priyom.intake.rules import DECLINES
from priyom.intake.views import panes
from priyom.intake.views.desk import journal_context, sifted
from priyom.intake.views.panes import Draft, draft_of
from priyom.kernel import clock, words
from priyom.kernel.refusal import Refusal, RefusalKind


@require_GET
@staff_only(Role.REGISTRAR)
def screen(request: Visit, request_id: UUID) -> HttpResponse:
    """Show a request; to its holder with the index and the times, to others as it stands."""
    page = queries.page(request.actor, request_id)
    if not page.is_mine:
        context = journal_context(request) | {
            "page": page,
            "current": str(page.id),
            "booked": queries.booked(request.actor, page),
        }
        return render(request, "intake/request.html", context)
    return _screen(request, page, draft_of(page, request.GET))


@require_GET
@staff_only(Role.REGISTRAR)
def found(request: Visit, request_id: UUID) -> HttpResponse:
    """Show what the index has for ?q=, each card compared with the request."""
    page = queries.page(request.actor, request_id)
    draft = draft_of(page, request.GET)
    context = panes.index(request, page, draft, page.id) | {"at": panes.places(page.id)}
    context |= panes.person(request, page, draft, page.id)
    return render(request, "intake/parts/found.html", context)


@require_GET
@staff_only(Role.REGISTRAR)
def person(request: Visit, request_id: UUID) -> HttpResponse:
    """Show the chosen card's address and what to beware of."""
    page = queries.page(request.actor, request_id)
    draft = replace(draft_of(page, request.GET), email=None)
    context = {"page": page, "draft": draft, "is_part": True, "at": panes.places(page.id)}
    context |= panes.person(request, page, draft, page.id)
    return render(request, "intake/parts/person.html", context)


@require_GET
@staff_only(Role.REGISTRAR)
def times(request: Visit, request_id: UUID) -> HttpResponse:
    """Show other days or another speciality."""
    page = queries.page(request.actor, request_id)
    return panes.times_pane(request, page, panes.places(page.id), draft_of(page, request.GET))


@require_POST
@staff_only(Role.REGISTRAR)
def hold(request: Visit, request_id: UUID) -> HttpResponse:
    """Keep the chosen time for the registrar while the rest is filled in."""
    page = queries.page(request.actor, request_id)
    draft, at = draft_of(page, request.POST), panes.places(page.id)
    if not (draft.slot or draft.is_any) or not page.is_mine:
        return panes.times_pane(request, page, at, draft)
    kept, pane = panes.keep_time(request, page, at, draft)
    if kept is not None:
        actions.stay(request.actor, request_id)
    return pane


@require_POST
@staff_only(Role.REGISTRAR)
def book(request: Visit, request_id: UUID) -> HttpResponse:
    """Make the consultation; what is missing or taken is said in place, nothing is lost."""
    page = queries.page(request.actor, request_id)
    draft = draft_of(page, request.POST)
    errors = panes.missing_of(draft)
    if not errors and draft.patient and draft.slot:
        email = (draft.email or "").strip()
        choice = actions.Choice(draft.patient, draft.slot, email, is_sure=draft.is_sure)
        try:
            made = actions.book(request.actor, request_id, choice)
        except Refusal as refusal:
            if refusal.kind is RefusalKind.MISSING or not page.is_mine:
                raise
            errors = {refusal.field or "slot": refusal.text}
        else:
            when = words.promise(made.starts_at, clock.today())
            messages.success(request, f"Записано: {page.name}, {when}.")
            return sifted(request, "intake:request", request_id)
    status = 409 if "slot" in errors and draft.slot else 400
    return _screen(request, page, draft, errors, status)


def _screen(
    request: Visit,
    page: RequestPage,
    draft: Draft,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    index = panes.index(request, page, draft, page.id)
    if draft.patient is None:
        draft = replace(draft, patient=panes.sure(index["found"]))
        index["is_listed"] = True
    context = journal_context(request) | index | panes.person(request, page, draft, page.id)
    context |= panes.plan(request, page, draft) | {
        "page": page,
        "at": panes.places(page.id),
        "draft": draft,
        "current": str(page.id),
        "errors": errors or {},
        "twins": queries.twins(request.actor, page),
        "declines": DECLINES,
        "today": clock.today(),
    }
    return render(request, "intake/booking.html", context, status=status)
