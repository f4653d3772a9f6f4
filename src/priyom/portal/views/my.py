"""The patient's home and the page of one consultation."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from priyom.calls.queries import living_call
from priyom.chat.actions import seen
from priyom.chat.doors import is_looked_at
from priyom.chat.place import asked
from priyom.chat.queries import band_of, thread
from priyom.clinics.doors import Request, attempt, patient_only
from priyom.clinics.queries import organisations
from priyom.conclusions.queries import of_consultation, signed_for_home
from priyom.consultations import actions as consultations
from priyom.consultations.queries import at_home, consents_of, for_patient
from priyom.consultations.rules import CONSENT_VERSION, LIVE
from priyom.intake import actions as intake
from priyom.intake.queries import displaced_of, other_times
from priyom.intake.queries import home as requests_at_home
from priyom.kernel import clock, typed, words
from priyom.kernel.refusal import Refusal
from priyom.patients.actions import link


@require_GET
@patient_only
def home(request: Request) -> HttpResponse:
    """Show what happens now, what was asked, what is past; one main action."""
    try:
        link(request.actor)
    except Refusal as refusal:
        context = {"refusal": refusal, "places": organisations()}
        return render(request, "portal/no_card.html", context, status=refusal.status)
    lines = at_home(request.actor)
    live = sorted((one for one in lines if one.state in LIVE), key=lambda one: one.starts_at)
    past = [one for one in lines if one.state not in LIVE]
    signed = signed_for_home(request.actor, [one.id for one in past])
    displaced = displaced_of(request.actor, [one.id for one in live])
    return render(
        request,
        "portal/home.html",
        {
            "greeting": " ".join(request.actor.name.split()[1:]) or request.actor.name,
            "live": [(one, displaced.get(one.id)) for one in live],
            "past": [(one, signed.get(one.id)) for one in past],
            "requests": requests_at_home(request.actor),
        },
    )


@require_GET
@patient_only
def consultation(request: Request, consultation_id: UUID) -> HttpResponse:
    """Show the chat, or first the consent; a closed chat stays readable for ever."""
    page = for_patient(request.actor, consultation_id)
    needs_consent = page.state in LIVE and not page.has_consent
    if needs_consent:
        return render(request, "portal/consent.html", {"page": page, "version": CONSENT_VERSION})
    if page.has_consent:
        consultations.join(request.actor, consultation_id)
    talk = thread(request.actor, consultation_id, asked(request.GET))
    if is_looked_at(request):
        seen(request.actor, consultation_id, talk.part.last)
    return render(
        request,
        "portal/talk.html",
        {
            "page": page,
            "root": "/my/",
            "thread": talk,
            "band": band_of(page),
            "call": living_call(request.actor, consultation_id, "/my/") if page.may_write else None,
            "conclusion": of_consultation(request.actor, consultation_id),
        },
    )


@require_POST
@patient_only
def give_consent(request: Request, consultation_id: UUID) -> HttpResponse:
    """Accept the informed consent for this МО, then open the chat."""
    page = for_patient(request.actor, consultation_id)
    consultations.give_consent(request.actor, page.patient.id, page.organisation_id, "esia")
    consultations.join(request.actor, consultation_id)
    return redirect("portal:my-consultation", consultation_id)


@require_POST
@patient_only
def cancel(request: Request, consultation_id: UUID) -> HttpResponse:
    """The patient does not need it any more."""
    intake.cancel_by_patient(request.actor, consultation_id, request.POST.get("reason", ""))
    messages.success(request, "Консультация отменена, время освобождено.")
    return redirect("portal:my-home")


@require_http_methods(["GET", "POST"])
@patient_only
def reschedule(request: Request, consultation_id: UUID) -> HttpResponse:
    """Show other times of the same speciality; move to the chosen one."""
    slot = typed.key(request.POST.get("slot", ""))
    if request.method == "POST" and slot is None:
        messages.error(request, "Выберите новое время.")
    elif slot is not None:

        def do() -> str:
            moved = intake.move_by_patient(request.actor, consultation_id, slot)
            return f"Перенесено. Ждём вас: {words.promise(moved.starts_at, clock.today())}."

        if attempt(request, do):
            return redirect("portal:my-home")
    page = for_patient(request.actor, consultation_id)
    found = [one for one in page.offers if one.act == "consultation.reschedule"]
    context = {
        "page": page,
        "why_not": found[0].reason if found else "Эту консультацию перенести уже нельзя.",
        "doctors": other_times(request.actor, consultation_id),
    }
    return render(request, "portal/move.html", context)


@require_POST
@patient_only
def ask_to_move(request: Request, consultation_id: UUID) -> HttpResponse:
    """The patient asks for another time; the registry will answer."""
    intake.ask_to_move(request.actor, consultation_id, request.POST.get("reason", ""))
    messages.success(request, "Передали регистратуре. До её ответа прежнее время за вами.")
    return redirect("portal:my-home")


@require_GET
@patient_only
def consents(request: Request) -> HttpResponse:
    """Show the consents that were given: text, when, how, and how to withdraw one."""
    return render(request, "portal/consents.html", {"consents": consents_of(request.actor)})


@require_POST
@patient_only
def withdraw_consent(request: Request, consent_id: UUID) -> HttpResponse:
    """Withdraw a consent; live consultations in that МО are cancelled with it."""
    intake.withdraw_consent(request.actor, consent_id)
    messages.success(request, "Согласие отозвано. Переписка и документы остаются у вас.")
    return redirect("portal:my-consents")
