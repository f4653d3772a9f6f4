"""What the server says one may do now, or why not yet: pages and apps show it and never guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Style = Literal["quiet", "main", "danger"]


@dataclass(frozen=True)
class Offer:
    """One act and whether this actor may do it now.

    `act` is the verb of the house («consultation.begin»), `label` the words of the button in
    Russian, `reason` a sentence for the page when not allowed, `available_from` an aware instant
    (UTC) from which it will be. `url` takes the POST. With `needs_reason` the form asks for a text
    named `reason`.
    """

    act: str
    label: str
    allowed: bool
    reason: str = ""
    available_from: datetime | None = None
    url: str = ""
    style: Style = "quiet"
    needs_reason: bool = False
