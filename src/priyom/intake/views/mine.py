"""The patient asks, looks, adds, withdraws."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from priyom.clinics.doors import Visit, attempt, patient_only
from priyom.clinics.queries import doctors, organisations
from priyom.intake import actions, queries
from priyom.intake.forms import AskForm, whom_choices
from priyom.intake.rules import RED_FLAGS
from priyom.kernel import clock, typed, words
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.patients.actions import link
from priyom.patients.queries import Person, people_of, staying

GROWN_UP = 18


@require_http_methods(["GET", "POST"])
@patient_only
def new(request: Visit) -> HttpResponse:
    """Show or take the request; ?for= is the card, ?at= the МО, both default to the own ones."""
    link(request.actor)
    # What is new goes to the card that stays; earlier ones of the same people are for reading.
    people = tuple(one for one in people_of(request.actor) if not one.is_merged)
    person = _person(people, request.GET.get("for", ""))
    place = _place(request, person)
    here = doctors(place) if place else []
    is_child = words.years(person.birth_on, clock.today()) < GROWN_UP
    choices = whom_choices(here, is_child=is_child)
    own = next((one for one in people if one.is_self), person)  # letters about a child go there
    first = {"phone": show_phone(person.phone or own.phone), "email": person.email or own.email}
    form = AskForm(request.POST or None, initial=first, choices=choices, now=clock.now())
    if request.method == "POST" and place and form.is_valid():
        relation = {"": "self", "guardian": "ward"}.get(person.relation, "child")
        try:
            made = actions.ask(
                request.actor, form.asked(place, here, patient=person.id, for_whom=relation)
            )
        except Refusal as refusal:
            if refusal.kind is not RefusalKind.INVALID:
                raise
            form.take_refusal(refusal)
        else:
            due = words.promise(made.answer_due_at, clock.today())
            messages.success(
                request,
                f"Заявка принята. Время пока не назначено: регистратура ответит до {due}.",
            )
            return redirect("intake:my-request", made.pk)
    context = {
        "form": form,
        "people": people,
        "person": person,
        "places": organisations(),
        "place": place,
        "red_flags": RED_FLAGS,
        "has_doctors": bool(choices),
    }
    return render(request, "intake/new.html", context, status=400 if form.errors else 200)


@require_GET
@patient_only
def one(request: Visit, request_id: UUID) -> HttpResponse:
    """Show a request in plain words: what was, what is now, what follows."""
    found = queries.for_patient(request.actor, request_id)
    return render(request, "intake/mine.html", {"one": found})


@require_POST
@patient_only
def add(request: Visit, request_id: UUID) -> HttpResponse:
    """Add to a request that waits."""
    return _act(
        request,
        request_id,
        lambda: actions.add(request.actor, request_id, request.POST.get("text", "")),
        "Дополнили. Регистратура и врач это увидят.",
    )


@require_POST
@patient_only
def withdraw(request: Visit, request_id: UUID) -> HttpResponse:
    """Take the request back."""
    return _act(
        request,
        request_id,
        lambda: actions.withdraw(request.actor, request_id, request.POST.get("reason", "")),
        "Заявка отозвана.",
    )


def _act(request: Visit, request_id: UUID, act: Callable[[], object], done: str) -> HttpResponse:
    """Do the act and return to the request; what a rule said no to is said there."""
    attempt(request, act, done)
    return redirect("intake:my-request", request_id)


def _person(people: tuple[Person, ...], asked: str) -> Person:
    """Return whom the request is for: the asked one if the account may act, else oneself."""
    key = typed.key(asked)
    card = staying(key) if key else None
    return next((one for one in people if card and one.id == card.pk), people[0])


def _place(request: Visit, person: Person) -> UUID | None:
    """Return the МО: the asked one, else the person's attachment, else the first."""
    known = [place.pk for place in organisations()]
    asked = request.GET.get("at", "")
    for place in known:
        if str(place) == asked:
            return place
    own = queries.attachment_of(request.actor, person.id)
    return own if own in known else next(iter(known), None)
