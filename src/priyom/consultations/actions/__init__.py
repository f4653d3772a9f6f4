"""Acts on a consultation: one public function is one act is one transaction."""

from priyom.consultations.actions.booking import (
    Booking,
    ask_to_move,
    book,
    cancel,
    reschedule,
    return_,
)
from priyom.consultations.actions.consent import give_consent, withdraw_consent
from priyom.consultations.actions.living import Turn, living, note
from priyom.consultations.actions.membership import end_memberships, join
from priyom.consultations.actions.sealing import seal
from priyom.consultations.actions.talk import (
    ask,
    attach,
    attached,
    begin,
    complete,
    form,
    hand_over,
    miss,
    permit_uploads,
    revise,
    take_over,
)

__all__ = [
    "Booking",
    "Turn",
    "ask",
    "ask_to_move",
    "attach",
    "attached",
    "begin",
    "book",
    "cancel",
    "complete",
    "end_memberships",
    "form",
    "give_consent",
    "hand_over",
    "join",
    "living",
    "miss",
    "note",
    "permit_uploads",
    "reschedule",
    "return_",
    "revise",
    "seal",
    "take_over",
    "withdraw_consent",
]
