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
from priyom.patients.views.doubles import compare, doubles, merge, part, undo_merge
from priyom.patients.views.outside import adopt, outside, outside_url
from priyom.patients.views.representing import (
    correct_term,
    end_representative,
    represent,
    representative,
)

__all__ = [
    "add_detail",
    "adopt",
    "amend",
    "card",
    "compare",
    "correct_term",
    "doubles",
    "end_detail",
    "end_representative",
    "merge",
    "new",
    "new_url",
    "note_death",
    "outside",
    "outside_url",
    "part",
    "prefer_detail",
    "represent",
    "representative",
    "search",
    "undo_merge",
    "verify_detail",
]
