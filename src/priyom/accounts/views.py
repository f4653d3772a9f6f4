"""The patient's door: sign-in through ЕСИА, sign-out; and the gateway's ticket for both portals."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from priyom.accounts import actions, provider, rules
from priyom.accounts.models import Account
from priyom.accounts.request import Visit, safe_next
from priyom.kernel.actor import ActorKind
from priyom.kernel.refusal import Refusal

BACKEND = "django.contrib.auth.backends.ModelBackend"
BROWSER = f"{settings.SESSION_COOKIE_NAME}_esia"
"""Cookie of one browser's sign-in: the answer of ЕСИА must come back to it."""
_SECRET = re.compile("[A-Za-z0-9_-]{43}")
UNAVAILABLE = 503


@csrf_exempt  # only leads to ЕСИА; what comes back is bound to this browser by state and cookie
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Visit) -> HttpResponse:
    """Show the one button; POST begins the sign-in and leads to ЕСИА."""
    asked = request.POST if request.method == "POST" else request.GET
    next_path = safe_next(asked.get("next", ""), "/my")
    if request.actor.kind is ActorKind.PATIENT:
        return HttpResponseRedirect(next_path)
    if request.method != "POST":
        context = {"next": next_path, "left": "left" in request.GET}
        return render(request, "accounts/sign_in.html", context)
    browser = _browser(request) or secrets.token_urlsafe(32)
    try:
        url = provider.current().begin(actions.begin_sign_in(browser, next_path))
    except Refusal as refusal:
        return _failed(request, refusal, next_path)
    response = HttpResponseRedirect(url)
    response.set_cookie(
        BROWSER,
        browser,
        max_age=int(rules.SIGN_IN_LIVES.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@require_GET
def callback(request: Visit) -> HttpResponse:
    """Take the answer of ЕСИА and let the person in, or say why not and what to do."""
    if request.actor.kind is ActorKind.PATIENT:
        return HttpResponseRedirect("/my/")
    next_path = "/my/"
    try:
        sign_in = actions.claim_sign_in(_secret(request.GET.get("state", "")), _browser(request))
        next_path = safe_next(sign_in.next_path, "/my")
        identity = provider.current().finish(request.GET.dict(), sign_in)
        account = actions.admit(request.actor, identity)
    except Refusal as refusal:
        actions.note_refused(request.actor, refusal.code)
        return _failed(request, refusal, next_path)
    enter(request, account)
    response = HttpResponseRedirect(next_path)
    response.delete_cookie(BROWSER, samesite="Lax")
    return response


def enter(request: Visit, account: Account) -> None:
    """Begin a new session of the account in this browser; the one before ends."""
    request.session.flush()
    login(request, account, backend=BACKEND)


@require_POST
def sign_out(request: Visit) -> HttpResponse:
    """End the session with its links and sockets; what the browser kept for us is cleared."""
    portal = "/my" if request.path.startswith("/my/") else "/desk"
    if isinstance(request.user, Account):
        actor = replace(request.actor, account=request.user.pk, session=request.session.handle)
        actions.sign_out(actor)
    logout(request)
    response = HttpResponseRedirect(f"{portal}/sign-in/?left=1")
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@require_POST
def ticket(request: Visit) -> HttpResponse:
    """Give the page of a signed-in person a one-time ticket for the gateway, and its address."""
    return JsonResponse(
        {"ticket": actions.issue_ticket(request.actor), "gateway": settings.GATEWAY_URL}
    )


def _browser(request: Visit) -> str:
    return _secret(request.COOKIES.get(BROWSER, ""))


def _secret(text: str) -> str:
    """Return the text when it may be a secret of ours, else ""."""
    return text if _SECRET.fullmatch(text) else ""


def _failed(request: Visit, refusal: Refusal, next_path: str) -> HttpResponse:
    is_silent = refusal.code == rules.unavailable().code
    status = UNAVAILABLE if is_silent else refusal.status
    context = {
        "refusal": refusal,
        "next": next_path,
        "is_simple": refusal.code == "sign_in.simple",
        "is_cancelled": refusal.code == "sign_in.cancelled",
        "is_silent": is_silent,
    }
    return render(request, "accounts/failed.html", context, status=status)
