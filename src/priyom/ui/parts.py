"""Pages that htmx asks for by parts."""

from __future__ import annotations

from django.http import HttpRequest


def is_part(request: HttpRequest) -> bool:
    """Tell whether a page's script asks for a part, to be put into what is shown already."""
    return request.headers.get("HX-Request") == "true"
