"""Doors that are open to anybody: is a paper genuine? They say nothing of patient or illness."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from priyom.accounts import actions as accounts
from priyom.clinics.doors import Request
from priyom.conclusions import actions, findings, queries
from priyom.conclusions.rules import CHECKS
from priyom.kernel.refusal import Refusal, RefusalKind


@require_GET
def check(request: Request, code: str = "") -> HttpResponse:
    """Anybody asks by the code of a paper whether it is genuine, or gets the form to ask.

    Raises Refusal (too_many) for an address that asks too often.
    """
    if code or request.GET:
        accounts.knock("check", request.actor.address, CHECKS)
    typed = code or request.GET.get("code", "")
    if typed and not code:
        plain = "".join(sign for sign in typed if sign.isalnum() or sign == "-")[:60]
        return redirect("conclusions:checked", plain or "-")
    found = queries.genuine(typed) if typed else None
    status = 404 if typed and found is None else 200
    return _checked(request, checked=found, typed=typed, status=status)


@csrf_exempt  # nobody's session: a token would make one for each visitor of the check page
@require_http_methods(["GET", "POST"])
def inspect(request: Request) -> HttpResponse:
    """Take a file to be checked whole; the address of the answer is known to its sender alone.

    Raises Refusal (too_many) for an address that sends too often.
    """
    if request.method == "GET":
        return redirect("conclusions:check")
    code = "".join(sign for sign in request.POST.get("code", "") if sign.isprintable())
    file = request.FILES.get("file")
    try:
        if file is None:
            raise findings.no_file()
        token = actions.take(request.actor.address, file.read(findings.LARGEST + 1), code)
    except Refusal as refusal:
        if refusal.kind is not RefusalKind.INVALID:
            raise
        said = {"file_error": refusal.text, "file_code": code}
        return _checked(request, status=refusal.status, **said)
    return redirect("conclusions:inspection", token)


@require_GET
def inspection(request: Request, token: str) -> HttpResponse:
    """Show how far the check of a file is, then what it found."""
    try:
        page = queries.inspection(token)
    except Refusal:
        return _checked(request, is_forgotten=True, status=404)
    return _private(render(request, "conclusions/inspection.html", {"page": page}))


def _checked(request: Request, *, status: int = 200, **context: Any) -> HttpResponse:
    return _private(render(request, "conclusions/check.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
