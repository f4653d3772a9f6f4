"""Reads of figures: today's, and how long people waited over weeks."""

from priyom.reports.queries.today import TITLES, Behind, BehindPage, FiguresPage, behind, figures
from priyom.reports.queries.waits import (
    BY,
    WEEKS,
    WHAT,
    Asked,
    Line,
    Wait,
    WaitsPage,
    lines,
    waits,
    waits_of,
)

__all__ = [
    "BY",
    "TITLES",
    "WEEKS",
    "WHAT",
    "Asked",
    "Behind",
    "BehindPage",
    "FiguresPage",
    "Line",
    "Wait",
    "WaitsPage",
    "behind",
    "figures",
    "lines",
    "waits",
    "waits_of",
]
