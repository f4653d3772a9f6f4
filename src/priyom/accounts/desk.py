"""The staff's door: login and password, slow to guess; the same answer whatever was wrong."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from priyom.accounts import actions
from priyom.accounts.forms import SignInForm
from priyom.accounts.models import Account
from priyom.accounts.request import Visit, safe_next
from priyom.accounts.views import enter

NOT_FITTING = "Логин или пароль не подошли. Проверьте раскладку и Caps Lock и попробуйте ещё раз."
TOO_MANY = (
    "Слишком много неудачных попыток. Вход с этим логином закрыт на 15 минут. Если пароль забыт, "
    "новый даст администратор системы."
)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Visit) -> HttpResponse:
    """Ask login and password; let a member of staff in."""
    asked = request.POST if request.method == "POST" else request.GET
    next_path = safe_next(asked.get("next", ""), "/desk")
    if isinstance(request.user, Account) and request.method != "POST":
        return HttpResponseRedirect(next_path)
    if request.method != "POST":
        return _page(request, SignInForm(), next_path)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, next_path, status=400)
    account = authenticate(request, **form.cleaned_data)
    if not isinstance(account, Account):
        actions.note_refused(request.actor, "password")
        form.add_error(None, NOT_FITTING)
        return _page(request, form, next_path, status=403)
    actions.note_entered(request.actor, account)
    enter(request, account)
    return HttpResponseRedirect(next_path)


def locked_out(request: Visit, response: HttpResponse, credentials: Any = None) -> HttpResponse:
    """Say that there were too many tries; django-axes asks for this page."""
    form = SignInForm(request.POST)
    form.is_valid()
    form.add_error(None, TOO_MANY)
    page = _page(request, form, safe_next(request.POST.get("next", ""), "/desk"), status=429)
    page.headers["Cache-Control"] = "no-store"
    return page


def _page(request: Visit, form: SignInForm, next_path: str, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "next": next_path,
        "left": "left" in request.GET,
        "stale": "stale" in request.GET,
        "demo": _demo_accounts(),
    }
    return render(request, "accounts/desk_sign_in.html", context, status=status)


def _demo_accounts() -> list[dict[str, str]]:
    """Return the accounts of the demo region, which its room writes; none outside the demo.

    The file var/demo-accounts.json: [{"login", "password", "name", "role", "place"}].
    """
    path = settings.VAR / "demo-accounts.json"
    if not settings.DEMO or not path.is_file():
        return []
    found: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return found
