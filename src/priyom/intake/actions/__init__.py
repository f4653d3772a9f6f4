"""Acts on requests: one public function is one act is one transaction."""

from priyom.intake.actions.absences import (
    Away,
    choose_time,
    give_back,
    prepare_absence,
    settle_transfers,
    tell_absence,
    undo_absence,
)
from priyom.intake.actions.addresses import ask_address, asked_address, confirm_address
from priyom.intake.actions.asking import add, ask, enter, order
from priyom.intake.actions.booking import Choice, book
from priyom.intake.actions.deciding import (
    decline,
    expire,
    mark_duplicate,
    merge,
    reopen,
    withdraw,
)
from priyom.intake.actions.journal import contact, release, stay, take, take_next, time_out
from priyom.intake.actions.moving import (
    ask_to_move,
    cancel,
    cancel_by_patient,
    hand_over,
    miss,
    move_by_patient,
    reschedule,
    return_,
    take_over,
    withdraw_consent,
)
from priyom.intake.actions.overdue import tell_overdue
from priyom.intake.actions.proposing import (
    accept_proposal,
    decline_proposal,
    hasten,
    pass_on,
    propose,
    withdraw_proposal,
)
from priyom.intake.actions.proving import send_code
from priyom.intake.actions.reminding import remind
from priyom.intake.actions.telling import call

__all__ = [
    "Away",
    "Choice",
    "accept_proposal",
    "add",
    "ask",
    "ask_address",
    "ask_to_move",
    "asked_address",
    "book",
    "call",
    "cancel",
    "cancel_by_patient",
    "choose_time",
    "confirm_address",
    "contact",
    "decline",
    "decline_proposal",
    "enter",
    "expire",
    "give_back",
    "hand_over",
    "hasten",
    "mark_duplicate",
    "merge",
    "miss",
    "move_by_patient",
    "order",
    "pass_on",
    "prepare_absence",
    "propose",
    "release",
    "remind",
    "reopen",
    "reschedule",
    "return_",
    "send_code",
    "settle_transfers",
    "stay",
    "take",
    "take_next",
    "take_over",
    "tell_absence",
    "tell_overdue",
    "time_out",
    "undo_absence",
    "withdraw",
    "withdraw_consent",
    "withdraw_proposal",
]
