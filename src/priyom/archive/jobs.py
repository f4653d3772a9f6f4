"""Seals what closed."""

from __future__ import annotations

from procrastinate.contrib.django import app

from priyom.archive import actions


@app.periodic(cron="* * * * *")
@app.task(name="archive.seal", queueing_lock="archive.seal")
def seal(timestamp: int) -> None:
    """Run every minute: `timestamp` is the tick (s), a missed one is made up by the next."""
    actions.seal_waiting()
