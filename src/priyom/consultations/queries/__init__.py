"""Reads of consultations: what each may see; every patient's data shown is in the audit."""

from priyom.consultations.queries.consents import consents_of, scan_of
from priyom.consultations.queries.pages import (
    BOOKED_PAGE,
    at_home,
    booked,
    doctors_who_saw,
    earlier,
    files_of,
    find,
    for_doctor,
    for_patient,
    for_registry,
    membership,
    page_of,
    sent_attachment,
    visible_to,
)
from priyom.consultations.queries.people import person_of, specialist_of
from priyom.consultations.queries.pool import late, pool
from priyom.consultations.queries.promises import interval_of, promises, running, terms_of
from priyom.consultations.queries.workday import day, day_mark

__all__ = [
    "BOOKED_PAGE",
    "at_home",
    "booked",
    "consents_of",
    "day",
    "day_mark",
    "doctors_who_saw",
    "earlier",
    "files_of",
    "find",
    "for_doctor",
    "for_patient",
    "for_registry",
    "interval_of",
    "late",
    "membership",
    "page_of",
    "person_of",
    "pool",
    "promises",
    "running",
    "scan_of",
    "sent_attachment",
    "specialist_of",
    "terms_of",
    "visible_to",
]
