"""Where on the schedule's pages somebody is: which doctor, which day, and the way back there."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from priyom.clinics.doors import Visit
from priyom.clinics.models import Doctor
from priyom.kernel import clock, typed
from priyom.kernel.actor import ActorKind
from priyom.schedule.queries import doctors_of


def place(request: Visit, page: str) -> dict[str, Any]:
    """Return what all pages show: the doctors, the asked one (or the first), the day, the tab."""
    doctors = doctors_of(request.actor)
    asked = request.GET.get("doctor", "")
    chosen = next((one for one in doctors if str(one.pk) == asked), doctors[0] if doctors else None)
    return {
        "doctors": doctors,
        "who": chosen,
        "on": day_of(request.GET.get("on", "")),
        "tab": page,
        "is_head": request.actor.kind is ActorKind.HEAD,
    }


def chosen(context: dict[str, Any]) -> Doctor | None:
    """Return the doctor of `place`."""
    found: Doctor | None = context["who"]
    return found


def day_of(text: str) -> date:
    """Return the Moscow day that was typed, today for what is none."""
    return typed.day(text) or clock.today()


def posted_doctor(request: Visit) -> UUID | None:
    """Return the doctor that a form names."""
    return typed.key(request.POST.get("doctor", ""))


def back(request: Visit, page: str, anchor: str = "") -> HttpResponse:
    """Return to the page that the form stood on, at its doctor and day."""
    query = {"doctor": str(posted_doctor(request) or ""), "on": day_of(request.POST.get("on", ""))}
    return redirect(f"{reverse(f'schedule:{page}')}?{urlencode(query)}{anchor}")
