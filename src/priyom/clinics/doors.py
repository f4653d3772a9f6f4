"""Who may enter a view: `@patient_only`, `@staff_only(Role.REGISTRAR)`; strangers see «не найдена».

Nobody signed in: a page leads to the sign-in and back, htmx follows, a script gets 401 as JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.views.csrf import csrf_failure as django_csrf_failure

from priyom.accounts import request as accounts_request
from priyom.accounts.middleware import portal_of
from priyom.accounts.models import Account
from priyom.accounts.rules import signed_out
from priyom.clinics.models import Post, Role
from priyom.kernel.actor import ActorKind
from priyom.kernel.refusal import Refusal, RefusalKind, missing
from priyom.ui.middleware import refused
from priyom.ui.parts import is_part

P = ParamSpec("P")
POST_PAGE = "/desk/post/"


class Visit(accounts_request.Visit):
    """The type of `request` in views: `actor`, `session`, and on /desk the `post`."""

    post: Post | None


Request = Visit
"""The same, for views that call it so."""

View = Callable[Concatenate[Visit, P], HttpResponseBase]


def patient_only(view: View[P]) -> View[P]:
    """Let in whoever signed in on the patient portal; the view asks what is theirs."""

    def inner(request: Visit, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.actor.kind is not ActorKind.PATIENT:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    update_wrapper(inner, view)
    return inner


def staff_only(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Let in staff with one of the roles, any role when none is named; other staff see a 404."""
    kinds = {ActorKind(role) for role in roles or tuple(Role)}

    def decorate(view: View[P]) -> View[P]:
        def inner(request: Visit, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.actor.is_staff:
                return to_sign_in(request)
            if request.actor.kind not in kinds:
                raise missing()
            return view(request, *args, **kwargs)

        update_wrapper(inner, view)
        return inner

    return decorate


def say_no(request: HttpRequest, refusal: Refusal) -> None:
    """Say what a rule said no to on the page that comes next; strangers get their 404 at once."""
    if refusal.kind is RefusalKind.MISSING:
        raise refusal
    messages.error(request, refusal.text)


def attempt(request: HttpRequest, act: Callable[[], object], done: str = "") -> bool:
    """Do the act and say `done`, or the text that the act returns, or what a rule said no to.

    Returns whether it was done. Raises Refusal (missing).
    """
    try:
        told = act()
    except Refusal as refusal:
        say_no(request, refusal)
        return False
    text = told if isinstance(told, str) else done
    if text:
        messages.success(request, text)
    return True


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Return the way to the sign-in of this portal and back to where the person was."""
    portal = portal_of(request.path)
    page = "/my/sign-in/" if portal == "/my" else "/desk/sign-in/"
    if portal == "/desk" and isinstance(request.user, Account):
        return HttpResponseRedirect(POST_PAGE)
    address = f"{page}?{urlencode({'next': _page_of(request)})}"
    if accounts_request.wants_json(request):
        refusal = signed_out()
        body = {
            "code": refusal.code, "kind": refusal.kind, "text": refusal.text, "sign_in": address,
        }  # fmt: skip
        return JsonResponse(body, status=401)
    if is_part(request):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _page_of(request: HttpRequest) -> str:
    """Return the page to come back to: the one that was read, not the address of a form."""
    if request.method == "GET" and not is_part(request):
        return request.get_full_path()
    come_from = urlsplit(request.headers.get("Referer", ""))
    if come_from.netloc != request.get_host():
        return ""
    return come_from.path + (f"?{come_from.query}" if come_from.query else "")


def csrf_failure(request: Visit, reason: str = "") -> HttpResponse:
    """Answer a form whose secret does not fit: mostly its session has ended meanwhile."""
    if request.path.endswith("/sign-in/"):
        return HttpResponseRedirect(f"{request.path}?stale=1")
    if portal_of(request.path) and request.actor.kind is ActorKind.ANONYMOUS:
        return to_sign_in(request)
    if accounts_request.wants_json(request) or is_part(request):
        return refused(
            request,
            Refusal(
                "csrf",
                RefusalKind.FORBIDDEN,
                "Страница слишком долго была открыта. Обновите её и повторите.",
            ),
        )
    return django_csrf_failure(request, reason)
