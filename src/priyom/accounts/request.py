"""What a request carries here: our session, the actor, a name for the logs."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from priyom.accounts.sessions import SessionStore
from priyom.kernel.actor import Actor


class Visit(HttpRequest):
    """The type for views: the middleware has put `actor` on every request."""

    session: SessionStore
    actor: Actor


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a script asks and not a person."""
    return "application/json" in request.headers.get("Accept", "")


def address_of(request: HttpRequest) -> str:
    """Return the caller's IP address or ""; uvicorn has already believed only its own proxy."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""


def safe_next(target: str, portal: str) -> str:
    """Return `target` when it is a page of this portal («/my», «/desk»), else the portal's home."""
    home = f"{portal}/"
    host = urlsplit(settings.PUBLIC_URL).netloc
    is_ours = url_has_allowed_host_and_scheme(target, {host}, require_https=settings.IS_HTTPS)
    is_path = target.startswith("/") and target.isprintable() and "\\" not in target
    if not (is_ours and is_path) or target.startswith("//"):
        return home
    allowed = (home, "/admin/") if portal == "/desk" else (home,)
    is_loop = target.startswith((f"{portal}/sign-", f"{portal}/esia/"))
    return target if target.startswith(allowed) and not is_loop else home
