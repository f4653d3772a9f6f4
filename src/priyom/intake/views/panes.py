"""The panes that booking and a call share: the index, the chosen card, the doctors' times.

They show what stands on the screen now (a Draft) for what is wanted: a request, or a call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from priyom.clinics.doors import Visit
from priyom.clinics.queries import specialities
from priyom.intake import queries
from priyom.intake.pages import Chosen, Wanted
from priyom.kernel import clock, typed, words
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.patients.queries import Found, staying
from priyom.patients.queries import find as search
from priyom.patients.views import new_url, outside_url
from priyom.schedule import actions as schedule
from priyom.schedule.models import Slot
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
class Places:
    """The addresses of one screen's parts; `address` is "" where no link may be sent yet."""

    screen: str
    found: str
    person: str
    times: str
    hold: str
    book: str
    address: str = ""


def places(request_id: UUID) -> Places:
    """Return the addresses of the booking screen of a request."""
    names = ("request", "found", "person", "times", "hold", "book", "address")
    return Places(*(reverse(f"intake:{name}", args=[request_id]) for name in names))


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands on the screen now; `email` is None until the registrar touched the field."""

    q: str
    patient: UUID | None
    slot: UUID | None
    email: str | None
    no_email: bool
    is_sure: bool
    since: date | None
    speciality: UUID
    is_any: bool = False


def draft_of(wanted: Wanted, values: QueryDict) -> Draft:
    """Return what stands on the screen by what it has sent."""
    asked = typed.day(values.get("since", ""))
    chosen = typed.key(values.get("patient", ""))
    card = staying(chosen) if chosen else None
    return Draft(
        q=values.get("q", values.get("sought", wanted.sought))[:200],
        patient=(card.pk if card else chosen) or wanted.patient,
        slot=typed.key(values.get("pick", "")) or typed.key(values.get("slot", "")),
        email=values.get("email"),
        no_email="no_email" in values,
        is_sure="sure" in values,
        since=max(asked, clock.today()) if asked else None,
        speciality=typed.key(values.get("speciality", "")) or wanted.speciality,
        is_any=values.get("pick") == ANY,
    )


def missing_of(draft: Draft) -> dict[str, str]:
    """Return what a booking still needs, by its field."""
    errors = {}
    if draft.patient is None:
        errors["patient"] = "Выберите карту пациента в индексе."
    if draft.slot is None:
        errors["slot"] = "Выберите время у врача."
    if not (draft.email or "").strip() and not draft.no_email:
        errors["email"] = "Впишите почту или отметьте, что её нет."
    return errors


def times_pane(
    request: Visit, wanted: Wanted, at: Places, draft: Draft, refusal: Refusal | None = None
) -> HttpResponse:
    """Return the third pane alone; a refusal is said in it."""
    context = {
        **plan(request, wanted, draft),
        **person(request, wanted, draft),
        "page": wanted,
        "at": at,
        "draft": draft,
        "errors": {"slot": refusal.text} if refusal else {},
    }
    status = refusal.status if refusal else 200
    return render(request, "intake/parts/times_pane.html", context, status=status)


def keep_time(
    request: Visit, wanted: Wanted, at: Places, draft: Draft
) -> tuple[Slot | None, HttpResponse]:
    """Hold the chosen time; return it and the pane, or None and the pane that says why not."""
    held = typed.key(request.POST.get("held", ""))
    try:
        if draft.is_any or draft.slot is None:
            kept = schedule.hold_any(request.actor, sought(wanted, draft), instead_of=held)
        else:
            kept = schedule.hold(request.actor, draft.slot, instead_of=held)
    except Refusal as refusal:
        if refusal.kind is RefusalKind.MISSING:
            raise
        return None, times_pane(request, wanted, at, replace(draft, slot=None), refusal)
    since = draft.since if "pick" not in request.POST else words.moscow(kept.starts_at).date()
    return kept, times_pane(request, wanted, at, replace(draft, slot=kept.pk, since=since))


def sure(found: Found) -> UUID | None:
    """Return the only card found when everything that can be compared agrees, else nothing."""
    rows = [row for row in found.rows if row.is_full_match and row.compared >= SURE]
    return rows[0].id if len(found.rows) == 1 and rows else None


def index(
    request: Visit, wanted: Wanted, draft: Draft, request_id: UUID | None = None
) -> dict[str, Any]:
    """Return what the index has for the search, each card compared with what was said."""
    answer = search(request.actor, draft.q, wanted.said)
    return {
        "page": wanted,
        "draft": draft,
        "found": answer,
        "is_listed": any(row.id == draft.patient for row in answer.rows),
        "new_url": new_url(draft.q, str(request_id or "")),
        # Taking a card over leads away and back: a call's words would not wait for that.
        "outside_url": outside_url(request, draft.q, str(request_id)) if request_id else "",
    }


def person(
    request: Visit, wanted: Wanted, draft: Draft, request_id: UUID | None = None
) -> dict[str, Any]:
    """Return the chosen card, its cautions, and what is known of the address in the field."""
    chosen: Chosen | None = None
    if draft.patient is not None:
        chosen = queries.chosen(request.actor, wanted, draft.patient, draft.speciality)
    known = wanted.email or (chosen.email if chosen else "")
    email = known if draft.email is None else draft.email
    return {
        "chosen": chosen,
        "email": email,
        "address": queries.address(request.actor, request_id, draft.patient, email),
    }


def plan(request: Visit, wanted: Wanted, draft: Draft) -> dict[str, Any]:
    """Return the doctors with their times, the nearest ones above, the chosen one below."""
    near = _near(request, wanted, draft)
    since = draft.since or _shown_from(wanted, draft, near)
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
            slot.id for slot in free if any(a <= slot.starts_at < b for a, b in wanted.wished)
        ),
        "chosen_doctor": doctor,
        "chosen_slot": slot,
        "specialities": specialities(request.actor.workplace),
        "now": clock.now(),
    }


def sought(wanted: Wanted, draft: Draft) -> Sought:
    """Return what the request wishes; its doctor counts while the speciality is the asked one."""
    doctor = wanted.doctor if draft.speciality == wanted.speciality else None
    return Sought(draft.speciality, wanted.wished, doctor)


def _near(request: Visit, wanted: Wanted, draft: Draft) -> tuple[FreeTime, ...]:
    """Return the nearest times of the wished doctor, of the whole speciality when he has none."""
    wish = sought(wanted, draft)
    found = search_times(request.actor, wish, rows=NEAR)
    if found or wish.doctor is None:
        return found
    return search_times(request.actor, replace(wish, doctor=None), rows=NEAR)


def _shown_from(wanted: Wanted, draft: Draft, near: tuple[FreeTime, ...]) -> date:
    """Return the first Moscow day to show: of the chosen time, the nearest one, the first wish."""
    chosen = [one for one in near if one.slot == draft.slot] or near[:1]
    return words.moscow(chosen[0].starts_at).date() if chosen else _first_wished(wanted)


def _first_wished(wanted: Wanted) -> date:
    """Return the Moscow day from which times are shown: the first wished one that is not over."""
    ahead = [max(start, clock.now()) for start, end in wanted.wished if end > clock.now()]
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
