"""Looks for cards that may be one person's, every night."""

from __future__ import annotations

from procrastinate.contrib.django import app

from priyom.kernel.actor import SYSTEM
from priyom.patients import actions


@app.periodic(cron="40 0 * * *")
@app.task(name="patients.find_doubles", queueing_lock="patients.find_doubles")
def find_doubles(timestamp: int) -> None:
    """Run at 3:40 in Moscow, when nobody books."""
    actions.find_doubles(SYSTEM)
