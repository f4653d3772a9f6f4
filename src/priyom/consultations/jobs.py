"""Ends memberships whose right has ended."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from priyom.consultations import actions
from priyom.kernel import clock
from priyom.patients.queries import accounts_of_ended

LATELY = timedelta(hours=2)
"""Longer than the hourly job is away, so that a worker that stood still misses nobody."""


@app.periodic(cron="2 * * * *")
@app.task(name="consultations.end_memberships", queueing_lock="consultations.end_memberships")
def end_memberships(timestamp: int) -> None:
    """Run every hour: a birthday begins at midnight in Moscow."""
    actions.end_memberships()


@app.periodic(cron="* * * * *")
@app.task(name="consultations.end_ended", queueing_lock="consultations.end_ended")
def end_ended(timestamp: int) -> None:
    """Run every minute for those few whose right to a card a registrar has just ended."""
    accounts = accounts_of_ended(clock.now() - LATELY)
    if accounts:
        actions.end_memberships(accounts)
