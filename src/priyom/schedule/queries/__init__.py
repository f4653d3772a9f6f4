"""Reads of the schedule: days of doctors, their plans, and the search for free time."""

from priyom.schedule.queries.days import (
    DayView,
    DoctorView,
    SlotView,
    doctor_day,
    doctor_days,
    doctors_of,
    free_times,
    monday_of,
    start_of,
)
from priyom.schedule.queries.free import AVAILABLE, Losses, instead_of, kinds_of, lost, search
from priyom.schedule.queries.planning import plan_of
from priyom.schedule.queries.week import month, week

__all__ = [
    "AVAILABLE",
    "DayView",
    "DoctorView",
    "Losses",
    "SlotView",
    "doctor_day",
    "doctor_days",
    "doctors_of",
    "free_times",
    "instead_of",
    "kinds_of",
    "lost",
    "monday_of",
    "month",
    "plan_of",
    "search",
    "start_of",
    "week",
]
