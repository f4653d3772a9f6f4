"""The staff's door: login and password, slow to guess; sign-out."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from priyom.accounts.request import Visit


def locked_out(request: Visit, response: HttpResponse, credentials: Any = None) -> HttpResponse:
    """Say that there were too many tries."""
    return response
