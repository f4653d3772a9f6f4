"""The Telemedicine portal: home by role, the doctor's day and workspace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from priyom.calls.queries import living_call
from priyom.chat.actions import seen
from priyom.chat.doors import is_looked_at
from priyom.chat.place import asked
from priyom.chat.queries import band_of, thread
from priyom.clinics.doors import Request, staff_only
from priyom.clinics.models import Role
from priyom.clinics.queries import doctors
from priyom.conclusions.queries import draft_for, of_earlier
from priyom.consultations import actions as consultations
from priyom.consultations.pages import Line
from priyom.consultations.queries import day as day_of
from priyom.consultations.queries import day_mark, earlier, files_of, for_doctor, pool
from priyom.intake import actions as intake
from priyom.kernel import clock, typed, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.patients.queries import card

_HOMES = {
    ActorKind.REGISTRAR: "/desk/journal/",
    ActorKind.DOCTOR: "/desk/day/",
    ActorKind.HEAD: "/desk/figures/",
}


@require_GET
@staff_only(Role.REGISTRAR, Role.DOCTOR, Role.HEAD)
def home(request: Request) -> HttpResponse:
    """Lead each role to its own first page."""
    return redirect(_HOMES[request.actor.kind])


@require_GET
@staff_only(Role.DOCTOR)
def day(request: Request) -> HttpResponse:
    """Show the doctor's day and what burns; `?on=2026-11-24` another day."""
    on = typed.day(request.GET.get("on", "")) or clock.today()
    context = _day_context(request.actor, on)
    lines = context["lines"]
    context["urgent"] = sorted(((why, one) for one in lines if (why := _burns(one))), key=_heat)
    context["pool"] = pool(request.actor)
    return render(request, "portal/day.html", context)


@require_GET
@staff_only(Role.DOCTOR)
def day_list(request: Request) -> HttpResponse:
    """Answer with the day's list alone: `?on=` its day, `&here=` the consultation that is open."""
    on = typed.day(request.GET.get("on", "")) or clock.today()
    here = {"id": typed.key(request.GET.get("here", ""))}
    return render(
        request, "portal/parts/day.html", _day_context(request.actor, on) | {"page": here}
    )


@require_GET
@staff_only(Role.DOCTOR)
def pulse(request: Request) -> HttpResponse:
    """Say in one word whether the day's list changed; shows nobody, so it leaves no trace."""
    on = typed.day(request.GET.get("on", "")) or clock.today()
    return JsonResponse({"mark": day_mark(request.actor, on)})


@require_GET
@staff_only(Role.DOCTOR)
def workspace(request: Request, consultation_id: UUID) -> HttpResponse:
    """Show day | chat | conclusion, card, earlier ones, files."""
    actor = request.actor
    page = for_doctor(actor, consultation_id)
    tab = request.GET.get("tab", "conclusion")
    talk = thread(actor, consultation_id, asked(request.GET))
    if is_looked_at(request):
        seen(actor, consultation_id, talk.part.last)
    context = _day_context(actor, clock.today())
    context |= {
        "page": page,
        "root": "/desk/",
        "tab": tab if tab in ("conclusion", "card", "earlier", "files") else "conclusion",
        "thread": talk,
        "band": band_of(page),
        "call": living_call(actor, consultation_id, "/desk/"),
        "conclusion": draft_for(actor, consultation_id),
        "colleagues": [one for one in doctors(actor.workplace) if one.pk != actor.doctor],
        "card": card(actor, page.patient.id, is_brief=True) if tab == "card" else None,
        "earlier": earlier(actor, consultation_id),
        "files": files_of(actor, consultation_id),
    }
    if context["tab"] == "earlier":
        context |= _past(request, consultation_id, context["earlier"])
    return render(request, "portal/workspace.html", context)


def _past(request: Request, consultation_id: UUID, lines: list[Line]) -> dict[str, Any]:
    """Return the earlier talk that `?open=` names, for reading in its pane; {} for the list."""
    key = typed.key(request.GET.get("open", ""))
    if key is None:
        return {}
    place = asked({"before": request.GET.get("before_past", "")})
    return {
        "past": thread(request.actor, key, place, through=consultation_id),
        "papers": of_earlier(request.actor, consultation_id, key),
        "past_line": next((one for one in lines if one.id == key), None),
        "here": f"?tab=earlier&open={key}",
    }


def _hand_over(actor: Actor, consultation_id: UUID, post: dict[str, str]) -> str:
    doctor = typed.key(post.get("doctor", "")) or UUID(int=0)
    intake.hand_over(actor, consultation_id, doctor, post.get("reason", ""))
    return "Консультация передана коллеге."


def _take_over(actor: Actor, consultation_id: UUID, post: dict[str, str]) -> str:
    intake.take_over(actor, consultation_id)
    return "Консультация теперь ваша. Пациент ждёт ответа."


def _return(actor: Actor, consultation_id: UUID, post: dict[str, str]) -> str:
    intake.return_(actor, consultation_id, post.get("reason", ""))
    return "Заявка вернулась в журнал, время освобождено."


def _miss(actor: Actor, consultation_id: UUID, post: dict[str, str]) -> str:
    intake.miss(actor, consultation_id)
    return "Отмечено: пациент не пришёл."


def _begin(actor: Actor, consultation_id: UUID, post: dict[str, str]) -> str:
    consultations.begin(actor, consultation_id)
    return ""


def _ask(actor: Actor, consultation_id: UUID, post: dict[str, str]) -> str:
    consultations.ask(actor, consultation_id, post.get("reason", ""))
    return "Просьба отправлена пациенту."


ACTS: dict[str, Callable[[Actor, UUID, dict[str, str]], str]] = {
    "begin": _begin,
    "ask": _ask,
    "hand_over": _hand_over,
    "take_over": _take_over,
    "miss": _miss,
    "return": _return,
}
_LEAVES = frozenset({"hand_over", "miss", "return"})


@require_POST
@staff_only(Role.DOCTOR)
def act(request: Request, consultation_id: UUID, verb: str) -> HttpResponse:
    """Do one of the doctor's acts: begin, ask, hand_over, take_over, miss, return."""
    said = ACTS[verb](request.actor, consultation_id, request.POST.dict())
    if said:
        messages.success(request, said)
    if verb in _LEAVES:
        return redirect("portal:desk-day")
    return redirect("portal:desk-consultation", consultation_id)


def _burns(line: Line) -> tuple[str, str] | None:
    """Return why a consultation comes first, in words and colour; None when it can wait."""
    asked = line.awaited
    if asked:
        until = words.by(asked.due_at, clock.today())
        return (f"обещали {until}", "bad") if asked.is_overdue else (f"ответить {until}", "warn")
    if line.state == "concluding":
        return "нет подписи", "warn"
    if line.state == "in_progress":
        return "идёт", "info dot"
    return ("вопрос до приёма", "info") if line.promise else None


def _heat(burning: tuple[tuple[str, str], Line]) -> tuple[bool, datetime]:
    _, line = burning
    asked = line.awaited
    return asked is None, asked.due_at if asked else line.starts_at


def _day_context(actor: Actor, on: date) -> dict[str, Any]:
    lines = day_of(actor, on)
    return {
        "now": clock.now(),
        "on": on,
        "yesterday": on - timedelta(days=1),
        "tomorrow": on + timedelta(days=1),
        "is_today": on == clock.today(),
        "lines": lines,
        "mark": day_mark(actor, on),
        "completed": sum(one.state == "completed" for one in lines),
        "awaited": sum(one.awaited is not None for one in lines),
        "overdue": sum(one.awaited.is_overdue for one in lines if one.awaited),
        "unsigned": sum(one.state == "concluding" for one in lines),
    }
