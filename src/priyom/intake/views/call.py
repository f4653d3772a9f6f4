"""The console of a phone call: script | index and card | times, and one confirmation.

What was said is one form. With script its parts come by htmx; without it the buttons send the form
and it comes back with what was found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from priyom.clinics.doors import Visit, staff_only
from priyom.clinics.models import Doctor, Role
from priyom.clinics.queries import doctors
from priyom.intake import actions
from priyom.intake.forms import CallForm, whom_choices
from priyom.intake.models import Request
from priyom.intake.pages import Caller
from priyom.intake.rules import RED_FLAGS
from priyom.intake.views import panes
from priyom.intake.views.panes import Draft, Places
from priyom.kernel import clock, typed, words
from priyom.kernel.names import absent_or, compare_key
from priyom.kernel.phones import normal_phone
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.patients.queries import Typed
from priyom.patients.understand import understand

THERAPY = "49"
"""Code of the speciality whose times are shown while none was asked for."""
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_ON_FORM = frozenset({"complaint", "speciality", "times", "phone", "family"})
"""Fields that say a refusal of the act beside themselves."""


@require_http_methods(["GET", "POST"])
@staff_only(Role.REGISTRAR)
def enter(request: Visit) -> HttpResponse:
    """Show the console or take what was said: booked at once, or into the journal («later»)."""
    here = doctors(request.actor.workplace)
    values = request.POST if request.method == "POST" else request.GET
    is_sent = request.method == "POST" and bool({"book", "later"} & values.keys())
    form = CallForm(
        values if is_sent else None,
        initial=_first(values),
        choices=whom_choices(here, is_child=True),
        now=clock.now(),
    )
    caller, draft = _said(request, values, here)
    errors = panes.missing_of(draft) if is_sent and "later" not in values else {}
    if is_sent and form.is_valid() and not errors:
        try:
            made = _enter(request, form, caller, draft)
        except Refusal as refusal:
            if refusal.kind is RefusalKind.MISSING:
                raise
            if refusal.field in _ON_FORM:
                form.take_refusal(refusal)
            else:
                errors = {refusal.field or "slot": refusal.text}
        else:
            return redirect("intake:request", made.pk)
    return _screen(request, form, caller, draft, errors)


@require_GET
@staff_only(Role.REGISTRAR)
def found(request: Visit) -> HttpResponse:
    """Show what the index has, each card compared with what was said."""
    caller, draft = _said(request, request.GET)
    context = panes.index(request, caller, draft) | panes.person(request, caller, draft)
    return render(request, "intake/parts/found.html", context | {"at": places()})


@require_GET
@staff_only(Role.REGISTRAR)
def person(request: Visit) -> HttpResponse:
    """Show the chosen card's address and what to ask and beware of."""
    caller, draft = _said(request, request.GET)
    draft = replace(draft, email=None)
    context = {"page": caller, "draft": draft, "is_part": True, "at": places()}
    context |= panes.person(request, caller, draft)
    return render(request, "intake/parts/person.html", context)


@require_GET
@staff_only(Role.REGISTRAR)
def times(request: Visit) -> HttpResponse:
    """Show other days or another doctor."""
    caller, draft = _said(request, request.GET)
    return panes.times_pane(request, caller, places(), draft)


@require_POST
@staff_only(Role.REGISTRAR)
def hold(request: Visit) -> HttpResponse:
    """Keep the chosen time while the rest is asked."""
    caller, draft = _said(request, request.POST)
    if not (draft.slot or draft.is_any):
        return panes.times_pane(request, caller, places(), draft)
    return panes.keep_time(request, caller, places(), draft)[1]


def places() -> Places:
    """Return the addresses of the console's parts; a link to an address waits for its request."""
    names = ("enter", "call-found", "call-person", "call-times", "call-hold", "enter")
    return Places(*(reverse(f"intake:{name}") for name in names))


def _said(
    request: Visit, values: QueryDict, here: Sequence[Doctor] | None = None
) -> tuple[Caller, Draft]:
    """Return what was said so far, and what stands on the screen."""
    caller = _caller(request, values, here or doctors(request.actor.workplace))
    draft = panes.draft_of(caller, values)
    # The caller's own number is sought while nothing else was typed.
    q = draft.q.strip() or caller.phone
    return caller, replace(draft, q=q, speciality=caller.speciality)


def _caller(request: Visit, values: QueryDict, here: Sequence[Doctor]) -> Caller:
    kind, _, key = values.get("whom", "").partition(":")
    doctor = next((one for one in here if kind == "d" and str(one.pk) == key), None)
    asked = typed.key(key if kind == "s" else values.get("speciality", ""))
    # Whoever has said nothing yet most likely wants a therapist.
    usual = sorted(here, key=lambda one: one.speciality.code != THERAPY)
    first = usual[0].speciality_id if usual else request.actor.workplace
    phone = normal_phone(values.get("phone", "")) or ""
    query = understand(values.get("q", "")[:200])
    name = query.readings[0] if query.readings else None
    parts = (name.family, name.given, name.patronymic) if name else ("", "", "")
    return Caller(
        organisation=request.actor.workplace,
        speciality=doctor.speciality_id if doctor else asked or first,
        doctor=doctor.pk if doctor else None,
        sought=values.get("q", "") or phone,
        said=Typed(*parts, query.born, phone),
        phone=phone,
    )


def _enter(request: Visit, form: CallForm, caller: Caller, draft: Draft) -> Request:
    """Do the act and say what was made."""
    got, said = form.cleaned_data, caller.said
    heard = [_as_typed(draft.q, key) for key in (said.family, said.given, said.patronymic)]
    written = (got["family"], got["given"], absent_or(got["patronymic"]))
    data = form.asked(
        caller.organisation,
        doctors(caller.organisation),
        patient=draft.patient,
        name=written if any(written) else tuple(heard),
        birth_on=got["birth_on"] or said.birth_on,
        for_whom=got["for_whom"],
        asked_by_name=got["asked_by_name"],
        email=(draft.email or "").strip(),
    )
    choice = None
    if "later" not in request.POST and draft.patient and draft.slot:
        choice = actions.Choice(draft.patient, draft.slot, data.email, is_sure=draft.is_sure)
    made = actions.enter(
        request.actor, data, at_desk=got["at_desk"], has_agreed=got["agreed"], choice=choice
    )
    if made.consultation is None:
        messages.success(request, f"Заявка № {made.number} записана, она у вас.")
    else:
        when = words.promise(made.consultation.starts_at, clock.today())
        messages.success(request, f"Записано: {made.family} {made.given}, {when}.")
    return made


def _as_typed(q: str, key: str) -> str:
    """Return the word of the search that was read as this part of a name: «Петров-Водкин»."""
    word = next((one for one in _WORD.findall(q) if compare_key(one) == key), key)
    return word.title() if word.islower() else word


def _screen(
    request: Visit, form: CallForm, caller: Caller, draft: Draft, errors: dict[str, str]
) -> HttpResponse:
    index = panes.index(request, caller, draft)
    if draft.patient is None:
        draft = replace(draft, patient=panes.sure(index["found"]))
        index["is_listed"] = True
    context = index | panes.person(request, caller, draft) | panes.plan(request, caller, draft)
    context |= {
        "form": form,
        "page": caller,
        "at": places(),
        "draft": draft,
        "errors": errors,
        "red_flags": RED_FLAGS,
        "clinic": request.post.organisation if request.post else None,
        "me": request.actor.name,
    }
    status = 400 if errors or (form.is_bound and form.errors) else 200
    if "slot" in errors and draft.slot:
        status = 409
    return render(request, "intake/call.html", context, status=status)


def _first(values: QueryDict) -> dict[str, object]:
    """Return what the form shows first: all that was said so far."""
    first: dict[str, object] = {
        name: values[name] for name in values if name not in ("times", "csrfmiddlewaretoken")
    }
    if "times" in values:
        first["times"] = values.getlist("times")
    if not first.get("phone"):
        first["phone"] = understand(values.get("q", "")[:200]).phone
    return first
