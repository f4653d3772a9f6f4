"""The index on the Telemedicine portal."""

from priyom.patients.views.cards import card, new, new_url, search
from priyom.patients.views.changing import (
    add_detail,
    amend,
    end_detail,
    note_death,
    prefer_detail,
    verify_detail,
)

__all__ = [
    "add_detail",
    "amend",
    "card",
    "end_detail",
    "new",
    "new_url",
    "note_death",
    "prefer_detail",
    "search",
    "verify_detail",
]
