"""Reads of the schedule: days of doctors, and the search for free time."""

from priyom.schedule.queries.days import (
    DayView,
    DoctorView,
    SlotView,
    doctor_day,
    doctors_of,
    free_times,
    start_of,
)
from priyom.schedule.queries.free import AVAILABLE, kinds_of, lost, search

__all__ = [
    "AVAILABLE",
    "DayView",
    "DoctorView",
    "SlotView",
    "doctor_day",
    "doctors_of",
    "free_times",
    "kinds_of",
    "lost",
    "search",
    "start_of",
]
