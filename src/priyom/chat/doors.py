"""What the doors of the talk know of a browser's request."""

from __future__ import annotations

from django.http import HttpRequest


def is_looked_at(request: HttpRequest) -> bool:
    """Tell whether a person opened this page; a script that renews a part of it reads nothing.

    Browsers that do not say are taken for people (Fetch Metadata, W3C).
    """
    return request.headers.get("Sec-Fetch-Dest", "document") in ("document", "iframe")
