"""Doors after the consultation: the patient's conclusion, and the link that shows it once."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from priyom.accounts import actions as accounts
from priyom.aftercare import actions, queries
from priyom.aftercare.forms import QuestionForm
from priyom.aftercare.rules import OPENINGS, READS_FOR, link_is_over
from priyom.clinics.doors import Request, attempt, patient_only, staff_only
from priyom.clinics.models import Role
from priyom.conclusions import queries as conclusions
from priyom.conclusions.doors import pdf_answer
from priyom.kernel.ids import uuid7
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import Refusal, RefusalKind, missing
from priyom.notices import actions as notices
from priyom.notices.invitation import Reminder, reminder
from priyom.ui.parts import is_part

_COOKIE = "priyom_shared"


@require_GET
@patient_only
def paper(request: Request, consultation_id: UUID) -> HttpResponse:
    """The patient reads the signed conclusion; until it is signed there is nothing here."""
    found = queries.after(request.actor, consultation_id)
    return render(request, "aftercare/paper.html", {"after": found, "papers": found.papers})


@require_POST
@patient_only
def understand(request: Request, consultation_id: UUID) -> HttpResponse:
    """«Понятно»."""
    place = request.POST.get("place", "")[:32]
    actions.understand(request.actor, consultation_id, place)
    return redirect(f"/my/consultations/{consultation_id}/conclusion/#todo")


@require_http_methods(["GET", "POST"])
@patient_only
def question(request: Request, consultation_id: UUID) -> HttpResponse:
    """«Не понятно»: a question of a few words, and how to reach who asks."""
    place = request.GET.get("place", "")[:32]
    found = queries.question(request.actor, consultation_id, place)
    first = {"client_key": uuid7(), "phone": show_phone(found.phone), "email": found.email}
    form = QuestionForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        reach = (got["client_key"], got["phone"], got["email"])
        try:
            actions.ask_about(request.actor, consultation_id, place, got["question"], reach)
        except Refusal as refusal:
            if refusal.kind is not RefusalKind.INVALID:
                raise
            form.take_refusal(refusal)
        else:
            messages.success(request, "Вопрос передан. Ответят по телефону или предложат время.")
            return redirect(f"/my/consultations/{consultation_id}/conclusion/#todo")
    context = {"form": form, "asked": found}
    return render(request, "aftercare/question.html", context, status=400 if form.errors else 200)


@require_GET
@patient_only
def calendar(request: Request, consultation_id: UUID) -> HttpResponse:
    """The day of an advice as a calendar file: no word of what it is about."""
    found = queries.after(request.actor, consultation_id)
    advice = queries.advice_at(found.papers, request.GET.get("place", "")[:32])
    if advice.due is None:
        raise missing("Напоминание")
    file = reminder(
        Reminder(
            key=f"{found.papers.current.id}-{advice.place.replace(':', '-')}",
            host=notices.host(),
            on=advice.due,
            url=f"{settings.PUBLIC_URL}{found.root}#todo",
        )
    )
    answer = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="napominanie.ics"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_GET
@staff_only(Role.DOCTOR, Role.HEAD)
def understood(request: Request, consultation_id: UUID) -> HttpResponse:
    """What the patient said of the advices: a page of its own, or a part of the paper's."""
    found = queries.understood(request.actor, consultation_id)
    template = (
        "aftercare/parts/understood.html" if is_part(request) else "aftercare/understood.html"
    )
    return render(request, template, {"found": found, "consultation": consultation_id})


@require_POST
@patient_only
def share(request: Request, consultation_id: UUID) -> HttpResponse:
    """Make a link that opens once."""
    days = request.POST.get("days", "")
    count = int(days) if days.isdecimal() and len(days) < 3 else 0
    attempt(
        request,
        lambda: actions.share(request.actor, consultation_id, count),
        "Ссылка готова. Откроется один раз: передайте её только тому, кому доверяете.",
    )
    return redirect(f"/my/consultations/{consultation_id}/conclusion/#share")


@require_POST
@patient_only
def revoke(request: Request, consultation_id: UUID, share_id: UUID) -> HttpResponse:
    """Take a link back."""
    actions.revoke(request.actor, consultation_id, share_id)
    messages.success(request, "Ссылка больше не откроется.")
    return redirect(f"/my/consultations/{consultation_id}/conclusion/#share")


@require_http_methods(["GET", "POST"])
def shared(request: Request, share_id: UUID, seal: str) -> HttpResponse:
    """Whoever holds the link: first what it is, then, by one button, the conclusion.

    Messengers look at links by themselves, so looking opens nothing. POST opens it for good.
    """
    accounts.knock("shared", request.actor.address, OPENINGS)
    here = f"/shared/{share_id}/{seal}/"
    if request.method == "POST":
        secret = actions.open_link(request.actor, share_id, seal)
        answer = redirect(here)
        answer.set_cookie(
            _COOKIE, secret, max_age=READS_FOR, path=f"/shared/{share_id}/", httponly=True,
            secure=settings.IS_HTTPS, samesite="Lax",
        )  # fmt: skip
        return _private(answer)
    row = queries.opened(share_id, seal, request.COOKIES.get(_COOKIE, ""))
    if row is None:
        return _private(render(request, "aftercare/shared.html", {}))
    papers = conclusions.by_link(request.actor, row.consultation_id, here)
    return _private(render(request, "aftercare/shared.html", {"papers": papers}))


@require_GET
def shared_pdf(request: Request, share_id: UUID, seal: str, version: int) -> HttpResponse:
    """The signed file for who has opened the link."""
    row = queries.opened(share_id, seal, request.COOKIES.get(_COOKIE, ""))
    if row is None:
        raise link_is_over()
    return pdf_answer(
        request, *conclusions.pdf_by_link(request.actor, row.consultation_id, version)
    )


def _private(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
