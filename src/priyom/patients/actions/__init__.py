"""Acts on cards: one public function is one act is one transaction."""

from priyom.patients.actions.cards import confirm_email, register
from priyom.patients.actions.importing import begin_import, end_import, import_batch
from priyom.patients.actions.linking import link, represent

__all__ = [
    "begin_import",
    "confirm_email",
    "end_import",
    "import_batch",
    "link",
    "register",
    "represent",
]
