"""How tests of every room come in: `enter(client, account, "/my")` without the sign-in page."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest
from django.test import Client

from priyom.accounts.middleware import cookie_of
from priyom.accounts.models import Account
from priyom.accounts.sessions import SessionStore
from priyom.accounts.views import BACKEND


def enter(client: Client, account: Account, portal: str) -> SessionStore:
    """Give the client a session of the account on the portal «/my» or «/desk»; return it."""
    request = HttpRequest()
    request.session = SessionStore(portal=portal)
    login(request, account, backend=BACKEND)
    request.session.save()
    client.cookies[cookie_of(f"{portal}/")] = request.session.session_key or ""
    return request.session
