"""Ends calls that nobody took or whose both sides vanished."""

from __future__ import annotations

from procrastinate.contrib.django import app

from priyom.calls import actions


@app.periodic(cron="* * * * * */15")
@app.task(name="calls.expire", queueing_lock="calls.expire")
def expire(timestamp: int) -> None:
    """Run every 15 seconds."""
    actions.expire()
