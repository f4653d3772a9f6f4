"""Each portal has its own session cookie; the answers of both stay out of every cache."""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.middleware import SessionMiddleware
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


class PortalSessionMiddleware(SessionMiddleware):
    """Gives `request.session`; sets a cookie only when somebody wrote into the session."""

    async_capable = False

    def process_request(self, request: HttpRequest) -> None:
        """Name the session of this portal's cookie; it is loaded when somebody asks."""
        cookie = cookie_of(request.path)
        key = request.COOKIES.get(cookie, "")
        request.session = SessionStore(key if _KEY.fullmatch(key) else None, _owner(cookie))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Keep the session, mark what must not be cached."""
        session = request.session
        if isinstance(session, SessionStore):
            _keep(request, response, session, cookie_of(request.path))
        if portal_of(request.path):
            response.headers["Cache-Control"] = "no-store"
            response.headers["Permissions-Policy"] = PERMISSIONS
        return response


def cookie_of(path: str) -> str:
    """Return the name of the session cookie for a path: each portal has its own."""
    name: str = settings.PORTAL_COOKIES.get(portal_of(path), settings.SESSION_COOKIE_NAME)
    return name


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
        # What a page asks by itself is no sign of a person; nobody can lengthen a session by this.
        if session.accessed and request.headers.get("X-Idle") != "1":
            session.touch()
        return
    if response.status_code >= 500:
        return
    try:
        session.save()
    except UpdateError:  # signed out elsewhere while this page was made
        response.delete_cookie(cookie, samesite="Lax")
        return
    response.set_cookie(
        cookie,
        session.session_key or "",
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
