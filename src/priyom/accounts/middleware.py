"""Each portal has its own session cookie; the answers of both stay out of every cache."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from priyom.accounts.rules import LONGEST
from priyom.accounts.sessions import SessionStore

_KEY = re.compile("[a-z0-9]{32}")
PERMISSIONS = "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()"


def portal_of(path: str) -> str:
    """Return the portal's prefix («/my», «/desk», «/admin»), or "" for everything else."""
    head = "/" + path.lstrip("/").partition("/")[0]
    return head if head in settings.PORTAL_COOKIES else ""


class PortalSessionMiddleware:
    """Gives `request.session`; sets a cookie only when somebody wrote into the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Load lazily before the view, keep after it, mark what must not be cached."""
        portal = portal_of(request.path)
        cookie = settings.PORTAL_COOKIES.get(portal, settings.SESSION_COOKIE_NAME)
        key = request.COOKIES.get(cookie, "")
        session = SessionStore(key if _KEY.fullmatch(key) else None, _owner(cookie))
        request.session = session
        response = self.get_response(request)
        _keep(request, response, session, cookie)
        if portal:
            response.headers["Cache-Control"] = "no-store"
            response.headers["Permissions-Policy"] = PERMISSIONS
        return response


def _owner(cookie: str) -> str:
    """Return the portal that a cookie belongs to: /admin shares the one of /desk."""
    return next((path for path, name in settings.PORTAL_COOKIES.items() if name == cookie), "")


def _keep(request: HttpRequest, response: HttpResponse, session: SessionStore, cookie: str) -> None:
    if session.accessed:
        patch_vary_headers(response, ["Cookie"])
    if cookie in request.COOKIES and session.accessed and session.is_empty():
        response.delete_cookie(cookie, samesite="Lax")
        return
    if not session.modified or session.is_empty():
        if session.accessed:
            session.touch()
        return
    if response.status_code >= 500:
        return
    try:
        session.save()
    except UpdateError:
        raise SessionInterrupted("signed out elsewhere while this page was made") from None
    response.set_cookie(
        cookie,
        session.session_key or "",
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
