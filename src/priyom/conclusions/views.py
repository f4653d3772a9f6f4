"""Doors of the conclusion: the doctor's form and signature, the head's withdrawal, the papers."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from priyom.accounts.request import wants_json
from priyom.clinics.doors import Request, attempt, patient_only, staff_only
from priyom.clinics.models import Role
from priyom.conclusions import actions, fhir, queries
from priyom.conclusions.cda import document
from priyom.conclusions.doors import file_answer, pdf_answer
from priyom.conclusions.pages import DraftPage
from priyom.conclusions.queries.beside import SIGNATURE
from priyom.conclusions.rules import Incomplete, Stale
from priyom.conclusions.signing.hand import Offered
from priyom.conclusions.signing.refusals import NO_CERTIFICATE, SERVICE
from priyom.icd10 import actions as icd10
from priyom.kernel import words
from priyom.kernel.actor import ActorKind
from priyom.kernel.refusal import Refusal, RefusalKind, missing


@require_http_methods(["GET", "POST"])
@staff_only(Role.DOCTOR, Role.HEAD)
def desk(request: Request, consultation_id: UUID) -> HttpResponse:
    """The doctor's page: write, or see what was formed or signed; POST saves. The head's paper."""
    if request.actor.kind is ActorKind.HEAD:
        return _head(request, consultation_id)
    if request.method == "POST":
        return _save(request, consultation_id)
    page = queries.draft_for(request.actor, consultation_id, with_materials=True)
    if page.state == "formed":
        return redirect("conclusions:review", consultation_id)
    papers = queries.of_consultation(request.actor, consultation_id)
    return _desk_page(request, page, papers=papers)


@require_POST
@staff_only(Role.DOCTOR)
def form(request: Request, consultation_id: UUID) -> HttpResponse:
    """Save what the form holds, then fix it for the signature and show it for reading."""
    try:
        saved = actions.save(request.actor, consultation_id, _values(request), _revision(request))
        actions.form(request.actor, consultation_id, saved.revision)
    except Refusal as refusal:
        if refusal.code == NO_CERTIFICATE:
            return redirect("conclusions:certificate", consultation_id)
        return _written_again(request, consultation_id, refusal)
    return redirect("conclusions:review", consultation_id)


@require_http_methods(["GET", "POST"])
@staff_only(Role.DOCTOR)
def certificate(request: Request, consultation_id: UUID) -> HttpResponse:
    """«Чем подписать»: the doctor's own certificates; POST forms the document with the chosen."""
    refusal: Refusal | None = None
    if request.method == "POST":
        chosen = _bytes(request, "certificate")
        try:
            actions.form(request.actor, consultation_id, _revision(request), chosen)
        except Refusal as found:
            if found.kind is not RefusalKind.INVALID or isinstance(found, Incomplete):
                raise
            refusal = found
        else:
            return redirect("conclusions:review", consultation_id)
    page = queries.draft_for(request.actor, consultation_id)
    if page.state != "draft":
        return redirect("conclusions:desk", consultation_id)
    return _signing_page(request, "conclusions/certificate.html", page, refusal)


@require_GET
@staff_only(Role.DOCTOR)
def review(request: Request, consultation_id: UUID) -> HttpResponse:
    """«Проверьте и подпишите»: the last reading before the signature."""
    return _review(request, consultation_id, None)


@require_GET
@staff_only(Role.DOCTOR)
def plugin(request: Request) -> HttpResponse:
    """CryptoPro's own script, as the installation keeps it (PRIYOM_CADESPLUGIN)."""
    if not settings.CADESPLUGIN:
        raise missing("Страница")
    body = Path(settings.CADESPLUGIN).read_bytes()
    return HttpResponse(body, content_type="text/javascript; charset=utf-8")


@require_POST
@staff_only(Role.DOCTOR)
def revise(request: Request, consultation_id: UUID) -> HttpResponse:
    """Back to writing: the chat opens again."""
    actions.revise(request.actor, consultation_id)
    messages.info(request, "Заключение снова можно править.")
    return redirect(f"/desk/consultations/{consultation_id}/")


@require_POST
@staff_only(Role.DOCTOR)
def sign(request: Request, consultation_id: UUID) -> HttpResponse:
    """Sign what was read; the consultation ends with it. What is not taken is said on the page."""
    offered = Offered(_bytes(request, "cms"), _bytes(request, "cms_xml"))
    try:
        actions.sign(request.actor, consultation_id, request.POST.get("pdf", ""), offered)
    except Refusal as refusal:
        if refusal.kind is not RefusalKind.INVALID and not refusal.code.startswith(SERVICE):
            raise
        return _review(request, consultation_id, refusal)
    messages.success(request, "Заключение подписано. Пациент получит письмо со ссылкой.")
    return redirect("conclusions:desk", consultation_id)


@require_POST
@staff_only(Role.DOCTOR)
def amend(request: Request, consultation_id: UUID) -> HttpResponse:
    """Begin a corrected version."""
    actions.amend(request.actor, consultation_id, request.POST.get("reason", ""))
    return redirect("conclusions:desk", consultation_id)


@require_POST
@staff_only(Role.HEAD)
def withdraw(request: Request, consultation_id: UUID) -> HttpResponse:
    """Withdraw a wrong document."""
    actions.withdraw(request.actor, consultation_id, request.POST.get("reason", ""))
    messages.success(request, "Заключение отозвано. Пациент получит письмо.")
    return redirect("conclusions:desk", consultation_id)


@require_http_methods(["GET", "POST"])
@staff_only(Role.DOCTOR)
def templates(request: Request, consultation_id: UUID) -> HttpResponse:
    """Show the templates; POST saves what the form holds and keeps its words as one."""
    if request.method == "GET":
        found = queries.templates(request.actor, consultation_id)
        context = {"templates": found, "root": f"/desk/consultations/{consultation_id}/conclusion/"}
        return render(request, "conclusions/parts/template_list.html", context)

    def keep() -> None:
        title, is_shared = request.POST.get("template", ""), "template_shared" in request.POST
        actions.keep_template(request.actor, title, _values(request), is_shared=is_shared)

    return _saved_and(request, consultation_id, keep, "Шаблон сохранён: он в начале заключения.")


@require_POST
@staff_only(Role.DOCTOR)
def drop_template(request: Request, consultation_id: UUID, template_id: UUID) -> HttpResponse:
    """Save what the form holds, and delete one of one's own templates."""

    def drop() -> None:
        actions.drop_template(request.actor, template_id)

    return _saved_and(request, consultation_id, drop, "Шаблон удалён.")


@require_GET
@staff_only(Role.DOCTOR)
def preview(request: Request, consultation_id: UUID) -> HttpResponse:
    """Show the draft as it would be printed, marked as a draft."""
    return pdf_answer(request, *queries.preview(request.actor, consultation_id))


@require_GET
@staff_only(Role.DOCTOR)
def formed(request: Request, consultation_id: UUID) -> HttpResponse:
    """Show exactly the bytes that will be signed."""
    return pdf_answer(request, *queries.formed_pdf(request.actor, consultation_id))


@require_GET
@staff_only(Role.DOCTOR, Role.HEAD)
def desk_pdf(request: Request, consultation_id: UUID, version: int) -> HttpResponse:
    """Show a signed version to its consultant or the head."""
    return pdf_answer(request, *queries.pdf(request.actor, consultation_id, version))


@require_GET
@staff_only(Role.DOCTOR, Role.HEAD)
def desk_xml(request: Request, consultation_id: UUID, version: int) -> HttpResponse:
    """Give the consultant or the head the СЭМД of a signed version."""
    found = queries.xml(request.actor, consultation_id, version)
    return file_answer(*found, document.MEDIA_TYPE)


@require_GET
@staff_only(Role.DOCTOR, Role.HEAD)
def desk_signature(
    request: Request, consultation_id: UUID, version: int, which: str
) -> HttpResponse:
    """Give the consultant or the head a detached signature of a signed version."""
    return file_answer(
        *queries.signature(request.actor, consultation_id, version, which), SIGNATURE
    )


@require_GET
@staff_only(Role.DOCTOR, Role.HEAD)
def desk_fhir(request: Request, consultation_id: UUID, version: int) -> HttpResponse:
    """Give the consultant or the head a signed version as a FHIR document."""
    found = queries.bundle(request.actor, consultation_id, version)
    return file_answer(*found, fhir.MEDIA_TYPE)


@require_GET
@staff_only(Role.DOCTOR)
def earlier(request: Request, consultation_id: UUID, earlier_id: UUID) -> HttpResponse:
    """Show the paper of an earlier consultation of the patient who is consulted now."""
    papers = queries.of_earlier(request.actor, consultation_id, earlier_id)
    back = f"/desk/consultations/{consultation_id}/?tab=earlier"
    return render(request, "conclusions/desk_paper.html", {"papers": papers, "back": back})


@require_GET
@staff_only(Role.DOCTOR)
def earlier_pdf(
    request: Request, consultation_id: UUID, earlier_id: UUID, version: int
) -> HttpResponse:
    """Show its PDF."""
    found = queries.earlier_pdf(request.actor, consultation_id, earlier_id, version)
    return pdf_answer(request, *found)


@require_GET
@staff_only(Role.DOCTOR)
def materials(request: Request, consultation_id: UUID) -> HttpResponse:
    """Show the files that may be ticked: new ones come while the doctor writes."""
    found, ticked = queries.materials(request.actor, consultation_id)
    context = {"materials": found, "ticked": ticked}
    return render(request, "conclusions/parts/materials.html", context)


@require_GET
@staff_only(Role.DOCTOR)
def codes(request: Request) -> HttpResponse:
    """Show the diagnoses that fit what is typed, or one's own before that, as a list's options."""
    found = queries.diagnoses(request.actor, request.GET.get("q", "")[:100])
    if wants_json(request):
        return JsonResponse({"found": [{"code": one.code, "name": one.name} for one in found]})
    return render(request, "conclusions/parts/codes.html", {"found": found})


@require_POST
@staff_only(Role.DOCTOR)
def favourite(request: Request) -> HttpResponse:
    """Keep a diagnosis among one's own, or no longer."""
    is_wanted = request.POST.get("wanted") == "1"
    icd10.favour(request.actor, request.POST.get("code", "")[:6], is_wanted=is_wanted)
    return JsonResponse({"is_favourite": is_wanted})


@require_GET
@patient_only
def my_pdf(request: Request, consultation_id: UUID, version: int) -> HttpResponse:
    """The patient downloads the signed file."""
    return pdf_answer(request, *queries.pdf(request.actor, consultation_id, version))


@require_GET
@patient_only
def my_xml(request: Request, consultation_id: UUID, version: int) -> HttpResponse:
    """The patient downloads the СЭМД of a signed version."""
    found = queries.xml(request.actor, consultation_id, version)
    return file_answer(*found, document.MEDIA_TYPE)


@require_GET
@patient_only
def my_signature(request: Request, consultation_id: UUID, version: int, which: str) -> HttpResponse:
    """The patient downloads a detached signature of a signed version."""
    return file_answer(
        *queries.signature(request.actor, consultation_id, version, which), SIGNATURE
    )


def _review(request: Request, consultation_id: UUID, refusal: Refusal | None) -> HttpResponse:
    page = queries.draft_for(request.actor, consultation_id)
    if page.state != "formed":
        return redirect("conclusions:desk", consultation_id)
    signing = queries.signing_of(page)
    return _signing_page(request, "conclusions/review.html", page, refusal, signing=signing)


def _signing_page(
    request: Request, template: str, page: DraftPage, refusal: Refusal | None, **more: Any
) -> HttpResponse:
    context = {
        "conclusion": page, "refusal": refusal.text if refusal else "",
        "has_plugin": bool(settings.CADESPLUGIN),
    } | more  # fmt: skip
    return render(request, template, context, status=refusal.status if refusal else 200)


def _bytes(request: Request, name: str) -> bytes:
    """Return what a page's script sent as base64, b"" for anything else."""
    try:
        return base64.b64decode(request.POST.get(name, ""), validate=True)
    except ValueError:
        return b""


def _saved_and(
    request: Request, consultation_id: UUID, act: Callable[[], None], done: str
) -> HttpResponse:
    """Save the form so that nothing typed is lost, do the act, and return to the form."""
    try:
        actions.save(request.actor, consultation_id, _values(request), _revision(request))
    except Refusal as refusal:
        return _written_again(request, consultation_id, refusal)
    attempt(request, act, done)
    return redirect(f"/desk/consultations/{consultation_id}/")


def _head(request: Request, consultation_id: UUID) -> HttpResponse:
    if request.method != "GET":
        raise missing("Страница")
    papers = queries.of_consultation(request.actor, consultation_id)
    if papers is None:
        raise missing("Заключение")
    context = {
        "papers": papers, "back": "/desk/booked/", "may_withdraw": True,
        "obstacle": queries.obstacle_of(request.actor, consultation_id),
    }  # fmt: skip
    return render(request, "conclusions/desk_paper.html", context)


def _save(request: Request, consultation_id: UUID) -> HttpResponse:
    try:
        saved = actions.save(request.actor, consultation_id, _values(request), _revision(request))
    except Refusal as refusal:
        return _written_again(request, consultation_id, refusal)
    said = f"Сохранено в {words.clock_time(saved.at)}"
    if wants_json(request):
        return JsonResponse({"revision": saved.revision, "said": said})
    messages.success(request, f"{said}.")
    return redirect("conclusions:desk", consultation_id)


def _written_again(request: Request, consultation_id: UUID, refusal: Refusal) -> HttpResponse:
    """Answer a refused save or forming with everything that was typed still in its place."""
    if refusal.kind is RefusalKind.MISSING or not (
        isinstance(refusal, Stale | Incomplete) or refusal.field
    ):
        raise refusal
    if wants_json(request):
        body: dict[str, Any] = {
            "code": refusal.code, "detail": refusal.text, "field": refusal.field,
        }  # fmt: skip
        if isinstance(refusal, Stale):
            body["revision"] = refusal.revision
        return JsonResponse(body, status=refusal.status)
    found = refusal.problems if isinstance(refusal, Incomplete) else {}
    if refusal.field and not found:
        found = {refusal.field: refusal.text}
    page = queries.draft_for(request.actor, consultation_id, found, with_materials=True)
    other = page.content if isinstance(refusal, Stale) else None
    typed = _values(request)
    page = replace(page, values={name: typed.get(name, "") for name in page.values})
    stale = refusal if isinstance(refusal, Stale) else None
    return _desk_page(request, page, status=refusal.status, stale=stale, other=other)


def _desk_page(request: Request, page: Any, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"conclusion": page} | more
    return render(request, "conclusions/desk.html", context, status=status)


def _values(request: Request) -> Mapping[str, str]:
    values = {name: str(value) for name, value in request.POST.items()}
    return values | {"materials": " ".join(request.POST.getlist("materials"))}


def _revision(request: Request) -> int:
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0
