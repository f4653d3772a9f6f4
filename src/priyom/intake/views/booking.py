"""The booking screen: request | card of the index | doctor and time, and one confirmation.

With script its parts come by htmx; without it the same fields are one form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Visit, staff_only
from priyom.clinics.models import Role
from priyom.clinics.queries import specialities
from priyom.intake import actions, queries
from priyom.intake.pages import Chosen, RequestPage
from priyom.intake.views.desk import journal_context
from priyom.kernel import clock, typed, words
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.patients.queries import Found, staying
from priyom.patients.queries import find as search
from priyom.patients.views import new_url
from priyom.schedule import actions as schedule
from priyom.schedule.queries import DoctorView, SlotView, free_times
from priyom.schedule.queries import search as search_times
from priyom.schedule.rules import FreeTime, Sought

DAYS = 2
NEAR = 6
"""So many of the nearest times stand above the days."""
ANY = "any"
"""Value of the button that takes the first fitting time which no colleague is just taking."""
SURE = 3
"""So many agreeing things of a request make the only card found the chosen one."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands on the screen now; `email` is None until the registrar touched the field."""

    q: str
    patient: UUID | None
    slot: UUID | None
    email: str | None
    no_email: bool
    since: date | None
    speciality: UUID
    is_any: bool = False


def _draft(page: RequestPage, values: QueryDict) -> Draft:
    asked = typed.day(values.get("since", ""))
    chosen = typed.key(values.get("patient", ""))
    card = staying(chosen) if chosen else None
    return Draft(
        q=values.get("q", values.get("sought", page.sought))[:200],
        patient=(card.pk if card else chosen) or page.patient,
        slot=typed.key(values.get("pick", "")) or typed.key(values.get("slot", "")),
        email=values.get("email"),
        no_email="no_email" in values,
        since=max(asked, clock.today()) if asked else None,
        speciality=typed.key(values.get("speciality", "")) or page.speciality,
        is_any=values.get("pick") == ANY,
    )


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
    return _screen(request, page, _draft(page, request.GET))


@require_GET
@staff_only(Role.REGISTRAR)
def found(request: Visit, request_id: UUID) -> HttpResponse:
    """Show what the index has for ?q=, each card compared with the request."""
    page = queries.page(request.actor, request_id)
    draft = _draft(page, request.GET)
    context = _index(request, page, draft) | _person(request, page, draft)
    return render(request, "intake/parts/found.html", context)


@require_GET
@staff_only(Role.REGISTRAR)
def person(request: Visit, request_id: UUID) -> HttpResponse:
    """Show the chosen card's address and what to beware of."""
    page = queries.page(request.actor, request_id)
    draft = replace(_draft(page, request.GET), email=None)
    context = {"page": page, "draft": draft, "is_part": True} | _person(request, page, draft)
    return render(request, "intake/parts/person.html", context)


@require_GET
@staff_only(Role.REGISTRAR)
def times(request: Visit, request_id: UUID) -> HttpResponse:
    """Show other days or another speciality."""
    page = queries.page(request.actor, request_id)
    return _times(request, page, _draft(page, request.GET))


@require_POST
@staff_only(Role.REGISTRAR)
def hold(request: Visit, request_id: UUID) -> HttpResponse:
    """Keep the chosen time for the registrar while the rest is filled in."""
    page = queries.page(request.actor, request_id)
    draft = _draft(page, request.POST)
    if not (draft.slot or draft.is_any) or not page.is_mine:
        return _times(request, page, draft)
    held = typed.key(request.POST.get("held", ""))
    try:
        if draft.is_any or draft.slot is None:
            sought = _sought(page, draft)
            kept = schedule.hold_any(request.actor, sought, instead_of=held)
        else:
            kept = schedule.hold(request.actor, draft.slot, instead_of=held)
    except Refusal as refusal:
        if refusal.kind is RefusalKind.MISSING:
            raise
        return _times(request, page, replace(draft, slot=None), refusal)
    actions.stay(request.actor, request_id)
    since = draft.since if "pick" not in request.POST else words.moscow(kept.starts_at).date()
    return _times(request, page, replace(draft, slot=kept.pk, since=since))


@require_POST
@staff_only(Role.REGISTRAR)
def book(request: Visit, request_id: UUID) -> HttpResponse:
    """Make the consultation; what is missing or taken is said in place, nothing is lost."""
    page = queries.page(request.actor, request_id)
    draft = _draft(page, request.POST)
    email = (draft.email or "").strip()
    errors = _missing(draft, email)
    if not errors and draft.patient and draft.slot:
        choice = actions.Choice(draft.patient, draft.slot, email)
        try:
            made = actions.book(request.actor, request_id, choice)
        except Refusal as refusal:
            if refusal.kind is RefusalKind.MISSING or not page.is_mine:
                raise
            errors = {refusal.field or "slot": refusal.text}
        else:
            when = words.promise(made.starts_at, clock.today())
            messages.success(request, f"Записано: {page.name}, {when}.")
            return redirect("intake:request", request_id)
    status = 409 if "slot" in errors and draft.slot else 400
    return _screen(request, page, draft, errors, status)


def _missing(draft: Draft, email: str) -> dict[str, str]:
    errors = {}
    if draft.patient is None:
        errors["patient"] = "Выберите карту пациента в индексе."
    if draft.slot is None:
        errors["slot"] = "Выберите время у врача."
    if not email and not draft.no_email:
        errors["email"] = "Впишите почту или отметьте, что её нет."
    return errors


def _screen(
    request: Visit,
    page: RequestPage,
    draft: Draft,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    index = _index(request, page, draft)
    if draft.patient is None:
        draft = replace(draft, patient=_sure(index["found"]))
        index["is_listed"] = True
    context = journal_context(request) | index | _person(request, page, draft)
    context |= _plan(request, page, draft) | {
        "page": page,
        "draft": draft,
        "current": str(page.id),
        "errors": errors or {},
    }
    return render(request, "intake/booking.html", context, status=status)


def _times(
    request: Visit, page: RequestPage, draft: Draft, refusal: Refusal | None = None
) -> HttpResponse:
    context = (
        _plan(request, page, draft)
        | _person(request, page, draft)
        | {
            "page": page,
            "draft": draft,
            "errors": {"slot": refusal.text} if refusal else {},
        }
    )
    status = refusal.status if refusal else 200
    return render(request, "intake/parts/times_pane.html", context, status=status)


def _index(request: Visit, page: RequestPage, draft: Draft) -> dict[str, Any]:
    answer = search(request.actor, draft.q, queries.typed(page))
    return {
        "page": page,
        "draft": draft,
        "found": answer,
        "is_listed": any(row.id == draft.patient for row in answer.rows),
        "new_url": new_url(draft.q, str(page.id)),
    }


def _sure(found: Found) -> UUID | None:
    """Return the only card found when everything that can be compared agrees, else nothing."""
    rows = [row for row in found.rows if row.is_full_match and row.compared >= SURE]
    return rows[0].id if len(found.rows) == 1 and rows else None


def _person(request: Visit, page: RequestPage, draft: Draft) -> dict[str, Any]:
    chosen: Chosen | None = None
    if draft.patient is not None:
        chosen = queries.chosen(request.actor, page, draft.patient)
    known = page.email or (chosen.email if chosen else "")
    return {"chosen": chosen, "email": known if draft.email is None else draft.email}


def _plan(request: Visit, page: RequestPage, draft: Draft) -> dict[str, Any]:
    near = _near(request, page, draft)
    since = draft.since or _shown_from(page, draft, near)
    doctors = free_times(request.actor, since=since, days=DAYS, speciality=draft.speciality)
    doctor, slot = _chosen_time(doctors, draft.slot)
    earlier = since - timedelta(days=DAYS)
    free = list(_free(doctors))
    shown = {slot.id for slot in free}
    return {
        "near": near,
        # What the days below show already is not said twice.
        "beyond": [one for one in near[1:] if one.slot not in shown],
        "doctors": doctors,
        "since": since,
        "earlier": max(earlier, clock.today()) if since > clock.today() else None,
        "later": since + timedelta(days=DAYS),
        "fits": frozenset(
            slot.id for slot in free if any(a <= slot.starts_at < b for a, b in page.wished)
        ),
        "chosen_doctor": doctor,
        "chosen_slot": slot,
        "specialities": specialities(request.actor.workplace),
        "now": clock.now(),
    }


def _sought(page: RequestPage, draft: Draft) -> Sought:
    """Return what the request wishes; its doctor counts while the speciality is the asked one."""
    doctor = page.doctor if draft.speciality == page.speciality else None
    return Sought(draft.speciality, page.wished, doctor)


def _near(request: Visit, page: RequestPage, draft: Draft) -> tuple[FreeTime, ...]:
    """Return the nearest times of the wished doctor, of the whole speciality when he has none."""
    sought = _sought(page, draft)
    found = search_times(request.actor, sought, rows=NEAR)
    if found or sought.doctor is None:
        return found
    return search_times(request.actor, replace(sought, doctor=None), rows=NEAR)


def _shown_from(page: RequestPage, draft: Draft, near: tuple[FreeTime, ...]) -> date:
    """Return the first Moscow day to show: of the chosen time, the nearest one, the first wish."""
    chosen = [one for one in near if one.slot == draft.slot] or near[:1]
    return words.moscow(chosen[0].starts_at).date() if chosen else _first_wished(page)


def _first_wished(page: RequestPage) -> date:
    """Return the Moscow day from which times are shown: the first wished one that is not over."""
    ahead = [max(start, clock.now()) for start, end in page.wished if end > clock.now()]
    return words.moscow(min(ahead)).date() if ahead else clock.today()


def _free(doctors: tuple[DoctorView, ...]) -> Iterator[SlotView]:
    for doctor in doctors:
        for day in doctor.days:
            yield from (slot for slot in day.slots if slot.is_free)


def _chosen_time(
    doctors: tuple[DoctorView, ...], key: UUID | None
) -> tuple[DoctorView | None, SlotView | None]:
    for doctor in doctors:
        for day in doctor.days:
            for slot in day.slots:
                if slot.id == key and slot.is_free:
                    return doctor, slot
    return None, None
