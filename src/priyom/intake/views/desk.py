"""The registrar's journal and the simple acts on one request."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from priyom.clinics.doors import Visit, attempt, staff_only
from priyom.clinics.models import Role
from priyom.clinics.queries import specialities
from priyom.intake import actions, queries
from priyom.intake.rules import Contact
from priyom.kernel import clock, typed
from priyom.kernel.refusal import Refusal, missing
from priyom.notices import actions as notices

FILTERS = (
    ("", "Все", "all", ""),
    ("new", "Новые", "new", "info"),
    ("mine", "Мои", "mine", ""),
    ("others", "У коллег", "others", ""),
    ("call", "Перезвонить", "call", ""),
    ("soon", "Скоро срок", "soon", "warn"),
    ("late", "Просрочено", "late", "bad"),
)


def journal_context(request: Visit) -> dict[str, Any]:
    """Return what the left pane shows, as the address asks: only, source, kind, who, after."""
    sift = _sift(request)
    found = queries.journal(request.actor, sift, seen=request.GET.get("seen", ""))
    kept = {"source": sift.source, "kind": str(sift.speciality or ""), "who": sift.sought}
    kept = {name: value for name, value in kept.items() if value}
    return {
        "journal": found,
        "sift": sift,
        "chips": [
            (urlencode({"only": key} | kept), key, label, found.counts[count], look)
            for key, label, count, look in FILTERS
        ],
        "query": urlencode({"only": found.only} | kept),
        "sources": queries.SOURCES,
        "kinds": partial(specialities, request.actor.workplace),  # asked only where it is shown
        "current": request.GET.get("current", ""),
        "now": clock.now(),
    }


def _sift(request: Visit) -> queries.Sift:
    asked = request.GET
    return queries.Sift(
        only=asked.get("only", ""),
        source=asked.get("source", ""),
        speciality=typed.key(asked.get("kind", "")),
        sought=asked.get("who", "")[:100],
        cursor=asked.get("after", ""),
    )


@require_GET
@staff_only(Role.REGISTRAR)
def journal(request: Visit) -> HttpResponse:
    """Show the journal; to a poll its list alone, or nothing when nothing changed."""
    context = journal_context(request)
    if "part" in request.GET:
        if request.GET.get("seen") == context["journal"].digest:
            return HttpResponse(status=204)
        return render(request, "intake/parts/journal.html", context)
    return render(request, "intake/journal.html", context)


@require_POST
@staff_only(Role.REGISTRAR)
def take_next(request: Visit) -> HttpResponse:
    """Take the request that has waited longest, of the shown kind, and open it."""
    asked = request.POST
    try:
        taken = actions.take_next(
            request.actor,
            source=asked.get("source", ""),
            speciality=typed.key(asked.get("kind", "")),
        )
    except Refusal as refusal:
        messages.error(request, refusal.text)
        return sifted(request, "intake:journal")
    return sifted(request, "intake:request", taken.pk)


@require_POST
@staff_only(Role.REGISTRAR)
def take(request: Visit, request_id: UUID) -> HttpResponse:
    """Take this request."""
    return _act(request, request_id, lambda: actions.take(request.actor, request_id))


@require_POST
@staff_only(Role.REGISTRAR)
def release(request: Visit, request_id: UUID) -> HttpResponse:
    """Put it back into the journal."""
    return _act(
        request,
        request_id,
        lambda: actions.release(request.actor, request_id),
        "Заявка снова в журнале.",
        "intake:journal",
    )


@require_POST
@staff_only(Role.REGISTRAR)
def stay(request: Visit, request_id: UUID) -> HttpResponse:
    """Prolong the registrar's time with it; 409 when it has gone back to the journal."""
    return HttpResponse(status=204 if actions.stay(request.actor, request_id) else 409)


@require_POST
@staff_only(Role.REGISTRAR)
def decline(request: Visit, request_id: UUID) -> HttpResponse:
    """Refuse it with a reason the patient sees, a ready or an own one."""
    reason = request.POST.get("reason", "").strip() or request.POST.get("ready", "")
    return _act(
        request,
        request_id,
        lambda: actions.decline(request.actor, request_id, reason),
        "Отказ записан. Пациент увидит причину.",
    )


@require_POST
@staff_only(Role.REGISTRAR)
def mark_duplicate(request: Visit, request_id: UUID) -> HttpResponse:
    """Mark it as a repeat of the request whose number was typed."""
    number = request.POST.get("reason", "")
    return _act(
        request,
        request_id,
        lambda: actions.mark_duplicate(request.actor, request_id, number),
        "Отмечено как повтор.",
    )


@require_POST
@staff_only(Role.REGISTRAR)
def merge(request: Visit, request_id: UUID) -> HttpResponse:
    """Bring another request of the same person into this one."""
    other = typed.key(request.POST.get("of", ""))
    if other is None:
        raise missing("Заявка")
    return _act(
        request,
        request_id,
        lambda: actions.merge(request.actor, request_id, other),
        "Заявки объединены: слова и удобное время обеих здесь.",
    )


@require_POST
@staff_only(Role.REGISTRAR)
def reopen(request: Visit, request_id: UUID) -> HttpResponse:
    """Bring it back into the journal."""
    reason = request.POST.get("reason", "")
    return _act(
        request,
        request_id,
        lambda: actions.reopen(request.actor, request_id, reason),
        "Заявка снова в журнале.",
    )


@require_POST
@staff_only(Role.REGISTRAR)
def contact(request: Visit, request_id: UUID) -> HttpResponse:
    """Write a call: kind, note, and when to call back (Moscow time)."""
    kind = request.POST.get("kind", "")
    if kind not in set(Contact):
        messages.error(request, "Отметьте, чем кончился звонок.")
        return redirect("intake:request", request_id)
    on = typed.day(request.POST.get("call_back_on", ""))
    hour = request.POST.get("call_back", "")
    return _act(
        request,
        request_id,
        lambda: actions.contact(
            request.actor,
            request_id,
            Contact(kind),
            request.POST.get("note", ""),
            typed.moment(f"{on}T{hour}" if on else hour),
        ),
        "Записано.",
    )


@require_GET
@staff_only(Role.REGISTRAR)
def letters(request: Visit) -> HttpResponse:
    """Show the letters that did not arrive: whom to call, which address to correct."""
    return render(
        request, "intake/letters.html", {"letters": queries.failed_letters(request.actor)}
    )


@require_POST
@staff_only(Role.REGISTRAR)
def retry(request: Visit, notice_id: UUID) -> HttpResponse:
    """Send a failed letter again, to a corrected address if one was typed."""
    to = request.POST.get("to", "")
    attempt(
        request, lambda: notices.retry(request.actor, notice_id, to=to), "Письмо снова в очереди."
    )
    return redirect("intake:letters")


def _act(
    request: Visit,
    request_id: UUID,
    act: Callable[[], object],
    done: str = "",
    target: str = "intake:request",
) -> HttpResponse:
    """Do the act and go on; what a rule said no to is said on the request's page."""
    if not attempt(request, act, done) or target != "intake:journal":
        return sifted(request, "intake:request", request_id)
    return sifted(request, target)


def sifted(request: Visit, name: str, *args: object) -> HttpResponse:
    """Lead to a page with the journal beside it sifted as on the page that was left."""
    left = parse_qs(urlsplit(request.headers.get("Referer", "")).query)
    names: tuple[str, ...] = ("only", "source", "kind", "who")
    kept = {name: left[name][-1] for name in names if name in left}
    address = reverse(name, args=args)
    return redirect(f"{address}?{urlencode(kept)}" if kept else address)
