"""A person of the cast, already signed in, behind Django's test client."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from priyom.accounts.models import Account
from priyom.accounts.sessions import SessionStore
from priyom.testing.cast import Clerk, Consultant, Visitor


def visit(person: Visitor | Consultant | Clerk, *, csrf: bool = False) -> Client:
    """Return the person's browser: patients on /my, staff on /desk.

    `csrf=True` lets Django check the forms' tokens, as it does for real browsers.
    """
    return enter(person.account, "/my" if isinstance(person, Visitor) else "/desk", csrf=csrf)


def enter(account: Account, portal: str, *, csrf: bool = False) -> Client:
    """Return a browser with the account's session on one portal («/my», «/desk»)."""
    session = SessionStore(portal=portal)
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    browser = Client(enforce_csrf_checks=csrf)
    browser.cookies[settings.PORTAL_COOKIES[portal]] = session.session_key or ""
    return browser
