"""Acts on cards: one public function is one act is one transaction."""

from priyom.patients.actions.cards import confirm_email, register
from priyom.patients.actions.linking import link, represent

__all__ = [
    "confirm_email",
    "link",
    "register",
    "represent",
]
