"""Acts on cards: one public function is one act is one transaction."""

from priyom.patients.actions.adopting import adopt
from priyom.patients.actions.amending import (
    add_detail,
    amend,
    end_detail,
    note_death,
    prefer_detail,
    verify_detail,
)
from priyom.patients.actions.cards import confirm_email, register
from priyom.patients.actions.doubling import find_doubles
from priyom.patients.actions.importing import begin_import, end_import, import_batch
from priyom.patients.actions.linking import link
from priyom.patients.actions.merging import merge, part, undo_merge
from priyom.patients.actions.representing import correct_term, end_representative, represent

__all__ = [
    "add_detail",
    "adopt",
    "amend",
    "begin_import",
    "confirm_email",
    "correct_term",
    "end_detail",
    "end_import",
    "end_representative",
    "find_doubles",
    "import_batch",
    "link",
    "merge",
    "note_death",
    "part",
    "prefer_detail",
    "register",
    "represent",
    "undo_merge",
    "verify_detail",
]
