"""Each hour: sessions, tickets and sign-ins that nobody needs any more are deleted."""

from __future__ import annotations

from procrastinate.contrib.django import app

from priyom.accounts import actions


@app.periodic(cron="17 * * * *")
@app.task(name="accounts.sweep", queueing_lock="accounts.sweep")
def sweep(timestamp: int) -> None:
    """Clear; `timestamp` is the tick (s), a missed one is made up by the next."""
    actions.sweep()
