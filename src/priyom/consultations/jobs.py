"""Ends memberships whose right has ended."""

from __future__ import annotations

from procrastinate.contrib.django import app

from priyom.consultations import actions


@app.periodic(cron="2 * * * *")
@app.task(name="consultations.end_memberships", queueing_lock="consultations.end_memberships")
def end_memberships(timestamp: int) -> None:
    """Run every hour: a birthday begins at midnight in Moscow."""
    actions.end_memberships()
