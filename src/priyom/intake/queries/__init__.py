"""Reads of requests; each read of a person's data is kept in the audit."""

from priyom.intake.queries.absences import absence, absences, displaced_of, transfer
from priyom.intake.queries.desk import (
    address,
    booked,
    chosen,
    failed_letters,
    for_order,
    page,
    twins,
)
from priyom.intake.queries.journal import FILTERS, SOURCES, Sift, journal
from priyom.intake.queries.mine import attachment_of, for_patient, home, other_times
from priyom.intake.queries.sight import find, visible_to
from priyom.intake.queries.telling import tellings, tellings_of
from priyom.intake.queries.waiting import proposal, waiting_page

__all__ = [
    "FILTERS",
    "SOURCES",
    "Sift",
    "absence",
    "absences",
    "address",
    "attachment_of",
    "booked",
    "chosen",
    "displaced_of",
    "failed_letters",
    "find",
    "for_order",
    "for_patient",
    "home",
    "journal",
    "other_times",
    "page",
    "proposal",
    "tellings",
    "tellings_of",
    "transfer",
    "twins",
    "visible_to",
    "waiting_page",
]
